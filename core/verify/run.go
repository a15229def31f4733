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
			e.find(0, "its rows cannot be read: "+r.Err.Error())
		}
		v := &runVerifier{stored: r, replay: encoding.NewReplay(r.Version, r.Own.ID)}
		if c.options.Rules && r.Version != nil {
			plain, _ := projection.PlainValues(r.Version, r.Rows.Values) // unreadable values are found among the rows
			v.rules = newRuleCheck(r.Version, plain, func(seq int64, problem string) {
				c.findings = append(
					c.findings, audit.Finding{Entity: e.chain.Entity, Seq: seq, Problem: problem, Warning: true},
				)
			})
		}
		e.verifier = v
		return nil
	})
}

// runVerifier replays a run's events and compares the result with its rows, as of the event that the run's row names.
type runVerifier struct {
	stored StoredRun
	replay *encoding.Replay
	rules  *ruleCheck // nil where rules are not asked for
	asOf   run.Run    // the run once the event that its row names had happened
}

func (v *runVerifier) next(e *audit.Event, find findFunc) {
	before := v.replay.Run
	fact, err := v.replay.Next(e)
	if err != nil {
		find(e.Seq, err.Error())
	}
	if fact != nil && v.rules != nil {
		v.rules.next(before, e, fact)
	}
	if e.Seq == v.stored.Own.Head.Seq {
		v.asOf = v.replay.Run
	}
}

func (v *runVerifier) end(_ context.Context, head audit.Head, find findFunc) error {
	if v.rules != nil {
		v.rules.end(head.Seq)
	}
	if v.stored.Err != nil {
		return nil //nolint:nilerr // it was reported when the rows were read
	}
	compareHeads(v.stored.Own.Head, head, find)
	for _, d := range projection.Compare(v.asOf, v.stored.Own, v.stored.Rows) {
		find(0, "stored rows: "+d)
	}
	return nil
}
