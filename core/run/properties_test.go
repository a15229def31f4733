package run_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/encoding"
	"github.com/procedo/procedo/core/run/runtest"
	"github.com/procedo/procedo/core/slot"
)

// story is a run being walked at random, with everything that happened to it.
type story struct {
	run    run.Run
	events []run.Event
	chain  []audit.Event
}

func (s *story) record(t *rapid.T, events []run.Event) {
	for _, e := range events {
		payload, err := encoding.Marshal(s.run.Version, e.Fact)
		require.NoError(t, err)
		head := audit.Head{}
		if n := len(s.chain); n > 0 {
			head = s.chain[n-1].Head()
		}
		sealed, err := audit.Seal(
			audit.Run(s.run.ID), head,
			audit.Entry{Action: string(e.Fact.Action()), Actor: e.Actor, OccurredAt: e.At, Payload: payload},
		)
		require.NoError(t, err)
		s.chain = append(s.chain, sealed)
	}
	s.events = append(s.events, events...)
}

// walk draws a procedure and commands, and calls check after each of them.
func walk(t *rapid.T, check func(before run.Run, c run.Command, d run.Decision, err error, s *story)) {
	v := runtest.Version(cel.Language{}).Draw(t, "version")
	r, events := runtest.BeginWith(
		t,
		v,
		rapid.SampledFrom([][]byte{nil, []byte(`{"on":true}`), []byte(`{"n":2}`)}).Draw(t, "metadata"),
	)
	s := &story{run: r}
	s.record(t, events)
	for n := range rapid.IntRange(1, 25).Draw(t, "commands") {
		c := runtest.Command(t, s.run)
		c = run.WithSalts(c, runtest.Salts(run.SaltsNeeded(s.run, c)))
		before, stamp := s.run, run.Stamp{Actor: "carol", At: runtest.Epoch.Add(time.Duration(n+1) * time.Second)}
		d, err := run.Decide(before, c, stamp)
		recorded := d.Events
		if err != nil {
			require.Empty(t, d.Events, "a refusal does nothing")
			require.Empty(t, d.PlainValues)
			if e, ok := run.Refusal(before, c, err, stamp, 0); ok {
				recorded = []run.Event{e}
			}
		}
		after, foldErr := run.Fold(before, recorded)
		require.NoError(t, foldErr, "Decide accepted what Evolve cannot apply: %T %+v", c, c)
		s.run = after
		s.record(t, recorded)
		check(before, c, d, err, s)
	}
}

func TestDecideNeverAcceptsWhatEvolveCannotApplyAndChangesNothingItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		walk(t, func(before run.Run, c run.Command, d run.Decision, err error, s *story) {
			copied := before
			copied.Steps = append([]run.Step(nil), before.Steps...)
			again, againErr := run.Decide(before, c, run.Stamp{Actor: "carol", At: s.run.UpdatedAt})
			require.Equal(t, err == nil, againErr == nil, "the same decides the same")
			require.Len(t, again.Events, len(d.Events))
			require.True(t, reflect.DeepEqual(copied.Steps, before.Steps), "the run that was asked about is as it was")
		})
	})
}

func TestRevisionRisesByOnePerAcceptedChangeAndSeqByEachEvent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		walk(t, func(before run.Run, c run.Command, d run.Decision, err error, s *story) {
			want := before.Revision
			if _, erases := c.(run.Erase); len(d.Events) > 0 && !erases {
				want++
			}
			require.Equal(t, want, s.run.Revision)
			require.EqualValues(t, len(s.events), s.run.Seq)
			if err != nil {
				require.Equal(t, before.Steps, s.run.Steps, "a refusal changes no step")
			}
		})
	})
}

func TestExactlyOneStepIsOpenUntilTheRunIsFinalAndNoneAfter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		walk(t, func(_ run.Run, _ run.Command, _ run.Decision, _ error, s *story) {
			open := 0
			for _, st := range s.run.Steps {
				if st.State == run.Open {
					open++
				}
			}
			if s.run.State.Final() {
				require.Zero(t, open)
			} else {
				require.Equal(t, 1, open)
			}
		})
	})
}

func TestAFinalRunNeverChangesStateOrPath(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		walk(t, func(before run.Run, _ run.Command, _ run.Decision, _ error, s *story) {
			if !before.State.Final() {
				return
			}
			require.Equal(t, before.State, s.run.State)
			require.Equal(t, before.ClosedAt, s.run.ClosedAt)
			for i := range before.Steps {
				require.Equal(t, before.Steps[i].State, s.run.Steps[i].State)
				require.Equal(t, before.Steps[i].Number, s.run.Steps[i].Number)
			}
		})
	})
}

func TestProgressNeverExceedsItsTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		walk(t, func(_ run.Run, _ run.Command, _ run.Decision, _ error, s *story) {
			p := s.run.Progress()
			require.LessOrEqual(t, p.Steps.Committed+p.Steps.Skipped+p.Steps.NotApplicable, p.Steps.Total)
			require.LessOrEqual(t, p.Checklist.Completed, p.Checklist.Total)
			if tenths, ok := p.Checklist.Tenths(); ok {
				require.LessOrEqual(t, tenths, 1000)
			}
			if s.run.State == run.Completed {
				require.Equal(t, p.Steps.Total, p.Steps.Committed+p.Steps.Skipped+p.Steps.NotApplicable)
				require.False(t, p.Provisional)
			}
		})
	})
}

func TestFoldingTheDecodedTrailGivesTheSameRunAndTheChainVerifies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var last *story
		walk(t, func(_ run.Run, _ run.Command, _ run.Decision, _ error, s *story) { last = s })
		var folded run.Run
		chain := audit.Chain{Entity: audit.Run(last.run.ID)}
		for _, e := range last.chain {
			require.Empty(t, chain.Check(&e))
			fact, err := encoding.Unmarshal(last.run.Version, last.run.ID, e.Action, e.Payload)
			require.NoError(t, err)
			folded, err = run.Evolve(folded, run.Event{Stamp: run.Stamp{Actor: e.Actor, At: e.OccurredAt}, Fact: fact})
			require.NoError(t, err)
		}
		require.Empty(t, projection.Differences(folded, last.run))
		require.Equal(t, projection.Changes{}, projection.Diff(folded, last.run, nil))
	})
}

func TestNoPlainSensitiveValueStandsInAnyStateOrEvent(t *testing.T) {
	doc := []byte(`{"name":"S","id":"s","steps":[{"key":"a","title":"A","slots":[
		{"name":"pin","type":"string","sensitive":true,"required":false},{"name":"code","type":"integer","sensitive":true,"required":false},
		{"name":"open","type":"string"}]}]}`)
	const plain, number = "hunter2-hunter2", "987654321987"
	rapid.Check(t, func(t *rapid.T) {
		r, events := runtest.Begin(t, runtest.MustVersion(t, doc, cel.Language{}))
		s := &story{run: r}
		s.record(t, events)
		for range rapid.IntRange(1, 8).Draw(t, "n") {
			sub := run.Submission{
				Step: "a",
				Slots: map[string][]byte{
					"pin":  []byte(`"` + plain + `"`),
					"code": []byte(number),
					"open": []byte(`"x"`),
				},
			}
			if rapid.Bool().Draw(t, "wrong") {
				sub.Slots["open"], sub.Slots["pinn"] = []byte("1"), []byte(`"`+plain+`"`)
			}
			c := []run.Command{run.Draft{Submission: sub}, run.Commit{Submission: sub}, run.Amend{Submission: sub, Reason: "r"}}[rapid.IntRange(0, 2).Draw(t, "c")]
			c = run.WithSalts(c, runtest.Salts(run.SaltsNeeded(s.run, c)))
			d, err := run.Decide(s.run, c, run.Stamp{At: runtest.Epoch})
			recorded := d.Events
			if err != nil {
				if e, ok := run.Refusal(s.run, c, err, run.Stamp{At: runtest.Epoch}, 0); ok {
					recorded = []run.Event{e}
				}
			}
			s.run, err = run.Fold(s.run, recorded)
			require.NoError(t, err)
			s.record(t, recorded)
		}
		for _, e := range s.chain {
			require.False(t, strings.Contains(e.Canonical, plain) || strings.Contains(e.Canonical, number), e.Canonical)
		}
		for _, h := range s.run.Steps[0].Slots[:2] {
			require.Contains(t, []slot.Shape{slot.AbsentShape, slot.SealedShape}, h.Value.Shape())
		}
	})
}

func TestEveryChangeOfAByteIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var last *story
		walk(t, func(_ run.Run, _ run.Command, _ run.Decision, _ error, s *story) { last = s })
		i := rapid.IntRange(0, len(last.chain)-1).Draw(t, "event")
		chain := append([]audit.Event(nil), last.chain...)
		flip := func(s string) string {
			b := []byte(s)
			b[rapid.IntRange(0, len(b)-1).Draw(t, "byte")] ^= 1
			return string(b)
		}
		e := &chain[i]
		switch rapid.IntRange(0, 9).Draw(t, "what") {
		case 0:
			e.Action = flip(e.Action)
		case 1:
			e.Actor = flip(e.Actor)
		case 2:
			e.Payload = []byte(flip(string(e.Payload)))
		case 3:
			e.Canonical = flip(e.Canonical)
		case 4:
			e.Hash = flip(e.Hash)
		case 5:
			e.PrevHash = flip(e.PrevHash)
		case 6:
			e.OccurredAt = e.OccurredAt.Add(time.Microsecond)
		case 7:
			e.Entity.ID = flip(e.Entity.ID)
		case 8:
			if i == len(chain)-1 {
				return // a missing tail is found by the head, not by the chain
			}
			chain = append(chain[:i], chain[i+1:]...)
		case 9:
			j := (i + 1) % len(chain)
			chain[i], chain[j] = chain[j], chain[i]
		}
		found := 0
		c := audit.Chain{Entity: audit.Run(last.run.ID)}
		for _, e := range chain {
			found += len(c.Check(&e))
		}
		require.Positive(t, found)
	})
}

func TestRefusalsAreFaultsOfTheClosedKinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		walk(t, func(_ run.Run, _ run.Command, _ run.Decision, err error, _ *story) {
			if err != nil {
				require.Contains(t, []fault.Kind{fault.NotFound, fault.Conflict, fault.Invalid}, fault.From(err).Kind)
			}
		})
	})
}
