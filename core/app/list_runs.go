package app

import (
	"context"

	"github.com/procedo/procedo/core/projection"
)

// ListRuns returns a page of runs, newest first.
func (s *Service) ListRuns(ctx context.Context, f RunFilter) (Page[projection.RunRow], error) {
	return s.ports.RunList.ListRuns(ctx, f.Normal())
}
