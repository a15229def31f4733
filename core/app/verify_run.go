package app

import (
	"context"
	"fmt"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

func (s *rangeCheck) runs(ctx context.Context) error {
	return s.service.Scan.RunsIn(ctx, s.scope, func(r StoredRun) error {
		e := s.of(r.ID)
		if r.Err != nil {
			e.find(0, "its rows cannot be read: "+r.Err.Error())
		}
		t := &runVerifier{stored: r, fold: NewFold(r.Version, r.ID)}
		if s.verification.Rules && r.Version != nil {
			plain, _ := PlainValues(r.Version, r.Rows.Values) // one that is not of its slot's type is found among the rows
			t.rules = newRules(r.Version, plain, func(seq int64, problem string) {
				s.findings = append(s.findings, audit.Finding{Entity: audit.Run(r.ID), Seq: seq, Problem: problem, Warning: true})
			})
		}
		e.verifier = t
		return nil
	})
}

// runTeller folds a run's events and holds the result against its rows, as of the event at which the rows say they stand.
type runVerifier struct {
	stored StoredRun
	fold   *Fold
	rules  *rules // nil where they are not asked
	then   run.Run
}

func (t *runVerifier) next(e *audit.Event, find func(int64, string)) {
	before := t.fold.Run
	if fact := t.fold.Next(*e, find); fact != nil && t.rules != nil {
		t.rules.next(before, e, fact)
	}
	if e.Seq == t.stored.Head.Seq {
		t.then = t.fold.Run
	}
}

func (t *runVerifier) end(_ context.Context, head audit.Head, find func(int64, string)) error {
	if t.rules != nil {
		t.rules.end(head.Seq)
	}
	stored := t.stored
	if stored.Err != nil {
		return nil //nolint:nilerr // it was found before
	}
	if head != stored.Head {
		find(0, fmt.Sprintf("its row says the trail ends at event %d (%.8s…), the trail at %d (%.8s…)", stored.Head.Seq, stored.Head.Hash, head.Seq, head.Hash))
	}
	for _, d := range run.RowDifferences(t.then, stored.Own.run(), stored.Rows) {
		find(0, "stored rows: "+d)
	}
	if open := t.then.CurrentKey(); open != stored.Own.CurrentStep {
		find(0, fmt.Sprintf("stored rows: current_step: the trail says %q, the rows say %q", open, stored.Own.CurrentStep))
	}
	return nil
}

// Fold replays a run's trail.
type Fold struct {
	Run     run.Run
	version *procedure.Version
	runID   string
	broken  bool
}

// NewFold replays the trail of a run of the version.
func NewFold(v *procedure.Version, runID string) *Fold { return &Fold{version: v, runID: runID} }

// Next applies the next event and returns its fact; what does not fit is found, once, and ends the replay.
func (f *Fold) Next(e audit.Event, find func(seq int64, problem string)) run.Fact {
	if f.broken || f.version == nil {
		return nil
	}
	fact, err := run.UnmarshalFact(f.version, f.runID, e.Action, e.Payload)
	if err == nil {
		f.Run, err = run.Evolve(f.Run, run.Event{Stamp: run.Stamp{Actor: e.Actor, At: e.OccurredAt}, Fact: fact})
	}
	if err != nil {
		f.broken = true
		find(e.Seq, err.Error())
		return nil
	}
	return fact
}
