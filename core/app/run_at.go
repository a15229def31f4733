package app

import (
	"context"
	"errors"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
)

// events hands on every event of a run after the given seq, oldest first, until each returns false.
func (s *Service) events(ctx context.Context, runID string, after int64, each func(audit.Event) (more bool, err error)) error {
	for {
		page, err := s.Trail.Events(ctx, audit.Run(runID), after, eventPage)
		if err != nil {
			return err
		}
		for _, e := range page {
			if more, err := each(e); err != nil || !more {
				return err
			}
			after = e.Seq
		}
		if len(page) < eventPage {
			return nil
		}
	}
}

// RunAt shows a run as it stood once its event with the seq had been written: the fold of its trail up to there. A run that has
// no such event yet is NotFound.
func (s *Service) RunAt(ctx context.Context, id string, seq int64) (RunView, error) {
	rec, err := s.Runs.Load(ctx, id)
	if err != nil {
		return RunView{}, err
	}
	if seq < 1 || seq > rec.Run.Seq {
		return RunView{}, fault.New(fault.NotFound, "run.event_not_found", fault.Params{"seq": rec.Run.Seq})
	}
	fold := NewFold(rec.Run.Version, id)
	err = s.events(ctx, id, 0, func(e audit.Event) (bool, error) {
		var broken error
		fold.Next(e, func(_ int64, problem string) { broken = errors.New(problem) })
		return e.Seq < seq, broken
	})
	if err != nil {
		return RunView{}, fault.From(err)
	}
	return RunView{fold.Run}, nil
}
