package app

import (
	"context"
	"time"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/run"
)

// StepView is one step of a run, as it was at a time.
type StepView struct {
	Run  run.Run
	Step int
	At   time.Time
}

// Step returns a step of a run.
func (s *UseCases) Step(ctx context.Context, runID, key string) (_ StepView, err error) {
	ctx, begun, err := s.admit(ctx, "Step", access.Read)
	if err != nil {
		return StepView{}, err
	}
	defer begun.end(&err)
	rec, err := s.ports.Runs.Load(ctx, runID)
	if err != nil {
		return StepView{}, err
	}
	i, err := rec.Run.FindStep(key)
	return StepView{rec.Run, i, notBefore(rec.Run.LastEventAt, s.ports.Clock.Now())}, err
}
