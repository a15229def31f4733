package app

import (
	"context"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/projection"
)

// ListRuns returns a page of runs, newest first.
func (s *UseCases) ListRuns(ctx context.Context, f RunFilter) (_ Page[projection.RunRow], err error) {
	ctx, begun, err := s.admit(ctx, "ListRuns", access.Read)
	if err != nil {
		return Page[projection.RunRow]{}, err
	}
	defer begun.end(&err)
	return s.ports.RunList.ListRuns(ctx, f.Normal())
}
