package app

import (
	"context"

	"github.com/procedo/procedo/core/projection"
)

// ListRuns returns runs, newest first.
func (s *Service) ListRuns(ctx context.Context, f RunFilter) ([]projection.RunRow, error) {
	return s.ports.RunList.ListRuns(ctx, f)
}
