package app

import (
	"context"

	"github.com/procedo/procedo/core/audit"
)

// RunEvents returns at most limit events of a run with a seq above afterSeq, oldest first. An unknown run is NotFound.
func (s *Service) RunEvents(ctx context.Context, id string, afterSeq int64, limit int) ([]audit.Event, error) {
	if _, err := s.ports.Runs.Head(ctx, id); err != nil {
		return nil, err
	}
	return s.ports.Trail.Events(ctx, audit.Run(id), afterSeq, limit)
}
