package app

import (
	"context"
	"time"

	"github.com/procedo/procedo/core/run"
)

// StepView is one step of a run, as it was at a time.
type StepView struct {
	Run  run.Run
	Step int
	At   time.Time
}

// Step returns a step of a run.
func (s *Service) Step(ctx context.Context, runID, key string) (StepView, error) {
	rec, err := s.ports.Runs.Load(ctx, runID)
	if err != nil {
		return StepView{}, err
	}
	i, err := rec.Run.FindStep(key)
	return StepView{rec.Run, i, notBefore(rec.Run.LastEventAt, s.ports.Clock.Now())}, err
}
