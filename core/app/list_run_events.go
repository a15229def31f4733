package app

import (
	"context"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/audit"
)

// RunEvents returns a page of the events of a run with a seq above afterSeq, oldest first. An unknown run is NotFound.
func (s *UseCases) RunEvents(ctx context.Context, id string, afterSeq int64, limit int) (_ Page[audit.Event], err error) {
	ctx, begun, err := s.admit(ctx, "RunEvents", access.Read)
	if err != nil {
		return Page[audit.Event]{}, err
	}
	defer begun.end(&err)
	if _, err := s.ports.Runs.Head(ctx, id); err != nil {
		return Page[audit.Event]{}, err
	}
	return s.ports.Trail.Events(ctx, audit.Run(id), afterSeq, PageSize{Items: limit})
}
