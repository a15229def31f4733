package app

import (
	"context"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/encoding"
)

// RunAt returns the state that a run had after its event with the given seq. Texts and values that were erased since
// are left out. If the run has no such event, the error is NotFound.
func (s *UseCases) RunAt(ctx context.Context, id string, seq int64) (_ run.Run, err error) {
	ctx, begun, err := s.admit(ctx, "RunAt", access.Read)
	if err != nil {
		return run.Run{}, err
	}
	defer begun.end(&err)
	past, _, err := s.runAt(ctx, id, seq)
	return past, err
}

// runAt is like RunAt, and reports whether something in the run was erased later. It replays the run's events up to
// the given one, unless that is the last event.
func (s *UseCases) runAt(ctx context.Context, id string, seq int64) (past run.Run, erasedSince bool, err error) {
	rec, err := s.ports.Runs.Load(ctx, id)
	if err != nil {
		return run.Run{}, false, err
	}
	if seq < 1 || seq > rec.Run.Seq {
		return run.Run{}, false, fault.New(fault.NotFound, "run.event_not_found", fault.Params{"seq": rec.Run.Seq})
	}
	if seq == rec.Run.Seq {
		return rec.Run, false, nil
	}
	replay := encoding.NewReplay(rec.Run.Version, id)
	erased := rec.Run.HasErasures()
	err = s.eachEvent(ctx, id, 0, func(e *audit.Event) (bool, error) {
		opened := e.Open()
		fact, err := replay.Apply(e, opened)
		if err != nil {
			return false, err
		}
		if e.Seq <= seq {
			past = replay.Run
		} else if content, ok := fact.(run.ContentErased); ok {
			erasedSince = true
			past = past.EraseLater(content, run.Stamp{By: audit.PrincipalOf(e.Actor, opened), At: e.OccurredAt})
		}
		erased = erased || len(opened.Hidden) > 0 // also after the run was loaded
		return e.Seq < seq || erased, nil
	})
	if err != nil {
		return run.Run{}, false, fault.From(err)
	}
	return past, erasedSince, nil
}
