package app

import (
	"context"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/encoding"
)

// RunAt returns the state that a run had after its event with the given seq. Texts and values that were erased since
// are left out. It replays the run's events up to that event. If the run has no such event, the error is NotFound.
func (s *Service) RunAt(ctx context.Context, id string, seq int64) (run.Run, error) {
	rec, err := s.ports.Runs.Load(ctx, id)
	if err != nil {
		return run.Run{}, err
	}
	if seq < 1 || seq > rec.Run.Seq {
		return run.Run{}, fault.New(fault.NotFound, "run.event_not_found", fault.Params{"seq": rec.Run.Seq})
	}
	replay := encoding.NewReplay(rec.Run.Version, id)
	var past run.Run
	err = s.eachEvent(ctx, id, 0, func(e *audit.Event) (bool, error) {
		fact, err := replay.Next(e)
		if err != nil {
			return false, err
		}
		if e.Seq <= seq {
			past = replay.Run
		} else if erased, ok := fact.(run.ContentErased); ok {
			past = past.EraseLater(erased, run.Stamp{Actor: e.Actor, At: e.OccurredAt})
		}
		return e.Seq < seq || rec.Run.HasErasures(), nil
	})
	if err != nil {
		return run.Run{}, fault.From(err)
	}
	return past, nil
}
