package app

import (
	"context"

	"github.com/procedo/procedo/core/run"
)

// Run returns a run.
func (s *Service) Run(ctx context.Context, id string) (run.Run, error) {
	rec, err := s.ports.Runs.Load(ctx, id)
	return rec.Run, err
}
