package verify

import (
	"context"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/encoding"
)

func (c *rangeCheck) readRuns(ctx context.Context) error {
	return c.ports.Rows.RunsIn(ctx, c.scope, func(r StoredRun) error {
		e := c.entity(r.Own.ID)
		if r.Err != nil {
			e.addFinding(0, audit.Wrong("rows_unreadable", "cause", r.Err.Error()))
		}
		c.counts.Sealed += projection.CountSealed(r.Rows.Values)
		v := &runVerifier{stored: r, replay: encoding.NewReplay(r.Version, r.Own.ID)}
		if c.options.Rules && r.Version != nil {
			// The error is dropped, because the comparison of the rows reports unreadable values.
			plainValues, _ := projection.PlainValues(r.Version, r.Rows.Values)
			v.rules = newRuleCheck(r.Version, run.ReadableValues(plainValues), func(seq int64, problem audit.Problem) {
				c.find(audit.Finding{Entity: e.chain.Entity, Seq: seq, Problem: problem, Warning: true})
			})
		}
		e.verifier = v
		return nil
	})
}

// runVerifier replays a run's events. The run's own row names the last event that the stored rows reflect. All rows of
// the run are compared with the replayed state after that event.
type runVerifier struct {
	stored   StoredRun
	replay   *encoding.Replay
	rules    *ruleCheck // nil without Options.Rules
	rereader run.Rereader
	unread   int     // hidden values that conditions read
	asOf     run.Run // the replayed state after the event that the run's own row names as the last
}

func (v *runVerifier) next(e *audit.Event, o audit.Opened, addFinding findingFunc) {
	before := v.replay.Run
	fact, err := v.replay.Apply(e, o)
	if err != nil {
		addFinding(e.Seq, audit.Wrong("event", "cause", err.Error()))
	}
	if fact != nil {
		v.reread(before, e, fact, addFinding)
	}
	if fact != nil && v.rules != nil {
		v.rules.next(before, e, o, fact, addFinding)
	}
	if e.Seq == v.stored.Own.Head.Seq {
		v.asOf = v.replay.Run
	}
}

// reread reports values that the event records for a condition, but that the condition cannot have read.
func (v *runVerifier) reread(before run.Run, e *audit.Event, fact run.Fact, addFinding findingFunc) {
	for _, c := range run.ConditionsOf(fact) {
		v.unread += c.Hidden
		for _, name := range v.rereader.Misread(before, v.replay.Run, fact, c) {
			addFinding(e.Seq, audit.Wrong("misread", "condition", c.Condition, "name", name))
		}
	}
	v.rereader.Next(v.replay.Run, fact)
}

func (v *runVerifier) end(_ context.Context, head audit.Head, addFinding findingFunc) error {
	if v.rules != nil {
		v.rules.end(head.Seq)
	}
	if v.stored.Err != nil {
		return nil //nolint:nilerr // readRuns has already reported the error
	}
	compareHeads(v.stored.Own.Head, head, addFinding)
	for _, d := range projection.Compare(v.asOf, v.stored.Own, v.stored.Rows) {
		addFinding(0, audit.Wrong("rows", "what", d))
	}
	return nil
}
