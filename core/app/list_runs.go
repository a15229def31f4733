package app

import (
	"context"

	"github.com/procedo/procedo/core/projection"
)

// ListRuns returns a page of runs, newest first.
func (s *Service) ListRuns(ctx context.Context, f RunFilter) (_ Page[projection.RunRow], err error) {
	ctx, observed := s.begin(ctx, "ListRuns")
	defer observed.end(&err)
	return s.ports.RunList.ListRuns(ctx, f.Normal())
}
