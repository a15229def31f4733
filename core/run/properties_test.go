package run_test

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/encoding"
	"github.com/procedo/procedo/core/run/runtest"
	"github.com/procedo/procedo/core/slot"
)

// history is a run with its events, both decoded and sealed into an audit chain.
type history struct {
	run    run.Run
	events []run.Event
	chain  []audit.Event

	secrets runtest.Secrets
}

// record adds events to the history and seals them.
func (h *history) record(t *rapid.T, events []run.Event) {
	for _, e := range events {
		head := audit.Head{}
		if n := len(h.chain); n > 0 {
			head = h.chain[n-1].Head()
		}
		sealed := runtest.Sealed(t, h.run, head, e, h.secrets.Salt)
		h.chain = append(h.chain, sealed)
	}
	h.events = append(h.events, events...)
}

// executed is a command that was executed on a run, with the result.
type executed struct {
	before   run.Run
	command  run.Command
	stamp    run.Stamp
	decision run.Decision
	err      error // the refusal; nil where the command was accepted
}

// execute draws a procedure and executes random commands on a run of it. It calls check after each command.
func execute(t *rapid.T, check func(x executed, h *history)) *history {
	v := runtest.Version(cel.Language{}).Draw(t, "version")
	metadata := rapid.SampledFrom([][]byte{nil, []byte(`{"on":true}`), []byte(`{"n":2}`)}).Draw(t, "metadata")
	r, events := runtest.BeginWith(t, v, metadata)
	h := &history{run: r}
	h.record(t, events)
	for n := range rapid.IntRange(1, 25).Draw(t, "commands") {
		x := executed{before: h.run, command: runtest.Command(t, h.run)}
		x.command = h.secrets.Add(h.run, x.command)
		x.stamp = run.Stamp{By: access.Unproven("carol"), At: runtest.Epoch.Add(time.Duration(n+1) * time.Second)}
		if rapid.IntRange(0, 3).Draw(t, "agent") == 0 {
			x.stamp.By = assistant("carol")
		}
		x.decision, x.err = run.Decide(context.Background(), x.before, x.command, x.stamp)
		if x.err != nil {
			require.Empty(t, x.decision.Events, "a refusal changes nothing")
			require.Empty(t, x.decision.PlainValues)
		}
		h.secrets.Keep(x.decision)
		recorded := recordedEvents(x)
		after, err := run.Fold(x.before, recorded)
		require.NoError(t, err, "Evolve cannot apply the events of %T %+v", x.command, x.command)
		h.run = after
		h.record(t, recorded)
		check(x, h)
	}
	return h
}

// recordedEvents returns the events to append to the trail: those of the decision, or the event of the refusal.
func recordedEvents(x executed) []run.Event {
	if x.err == nil {
		return x.decision.Events
	}
	if e, ok := run.Refusal(x.before, x.command, x.err, x.stamp); ok {
		return []run.Event{e}
	}
	return nil
}

func ignore(executed, *history) {}

func TestDecideIsDeterministicAndDoesNotChangeTheRun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		execute(t, func(x executed, h *history) {
			copied := append([]run.Step(nil), x.before.Steps...)
			second, err := run.Decide(context.Background(), x.before, x.command, run.Stamp{By: x.stamp.By, At: h.run.UpdatedAt})
			require.Equal(t, x.err == nil, err == nil, "the same command is accepted or refused again")
			require.Len(t, second.Events, len(x.decision.Events))
			require.True(t, reflect.DeepEqual(copied, x.before.Steps), "the run is unchanged")
		})
	})
}

func TestRevisionCountsAcceptedChangesAndSeqCountsEvents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		execute(t, func(x executed, h *history) {
			want := x.before.Revision
			_, erases := x.command.(run.Erase)
			_, reveals := x.command.(run.Reveal)
			if len(x.decision.Events) > 0 && !erases && !reveals {
				want++
			}
			require.Equal(t, want, h.run.Revision)
			require.EqualValues(t, len(h.events), h.run.Seq)
			if x.err != nil {
				require.Equal(t, x.before.Steps, h.run.Steps, "a refusal changes no step")
			}
		})
	})
}

func TestExactlyOneStepIsOpenUntilTheRunIsFinal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		execute(t, func(_ executed, h *history) {
			open := 0
			for _, st := range h.run.Steps {
				if st.State == run.Open {
					open++
				}
			}
			if h.run.State.Final() {
				require.Zero(t, open)
			} else {
				require.Equal(t, 1, open)
			}
		})
	})
}

func TestFinalRunNeverChangesStateOrPath(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		execute(t, func(x executed, h *history) {
			if !x.before.State.Final() {
				return
			}
			require.Equal(t, x.before.State, h.run.State)
			require.Equal(t, x.before.ClosedAt, h.run.ClosedAt)
			for i, before := range x.before.Steps {
				require.Equal(t, before.State, h.run.Steps[i].State)
				require.Equal(t, before.Number, h.run.Steps[i].Number)
			}
		})
	})
}

func TestProgressNeverExceedsItsTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		execute(t, func(_ executed, h *history) {
			p := h.run.Outlook(context.Background()).Progress
			require.LessOrEqual(t, p.Steps.Committed+p.Steps.Skipped+p.Steps.NotApplicable, p.Steps.Total)
			require.LessOrEqual(t, p.Checklist.Completed, p.Checklist.Total)
			if tenths, ok := p.Checklist.Tenths(); ok {
				require.LessOrEqual(t, tenths, 1000)
			}
			if h.run.State == run.Completed {
				require.Equal(t, p.Steps.Total, p.Steps.Committed+p.Steps.Skipped+p.Steps.NotApplicable)
				require.False(t, p.Provisional)
			}
		})
	})
}

func TestDecodedTrailVerifiesAndFoldsToTheSameRun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := execute(t, ignore)
		var folded run.Run
		chain := audit.Chain{Entity: audit.Run(h.run.ID)}
		for _, e := range h.chain {
			opened, findings := chain.Check(&e)
			require.Empty(t, findings)
			fact, err := encoding.Unmarshal(h.run.Version, h.run.ID, e.Action, opened)
			require.NoError(t, err)
			folded, err = run.Evolve(folded, run.Event{Stamp: run.Stamp{By: audit.PrincipalOf(e.Actor, opened), At: e.OccurredAt}, Fact: fact})
			require.NoError(t, err)
		}
		require.Empty(t, projection.Differences(folded, h.run))
		require.Equal(t, projection.Changes{}, projection.Diff(folded, h.run, nil))
	})
}

func TestRunsAndEventsDoNotContainSensitiveValues(t *testing.T) {
	doc := []byte(`{"name":"S","id":"s","steps":[{"key":"a","title":"A","slots":[
		{"name":"pin","type":"string","sensitive":true,"required":false},
		{"name":"code","type":"integer","sensitive":true,"required":false},
		{"name":"open","type":"string"}]}]}`)
	const text, number = "hunter2-hunter2", "987654321987"
	rapid.Check(t, func(t *rapid.T) {
		r, events := runtest.Begin(t, runtest.MustVersion(t, doc, cel.Language{}))
		h := &history{run: r}
		h.record(t, events)
		for range rapid.IntRange(1, 8).Draw(t, "n") {
			sub := run.Submission{Step: "a", Slots: map[string][]byte{
				"pin": []byte(`"` + text + `"`), "code": []byte(number), "open": []byte(`"x"`),
			}}
			if rapid.Bool().Draw(t, "refused") {
				sub.Slots["open"], sub.Slots["unexpected"] = []byte("1"), []byte(`"`+text+`"`)
			}
			c := rapid.SampledFrom([]run.Command{
				run.Draft{Submission: sub}, run.Commit{Submission: sub}, run.Amend{Submission: sub, Reason: "r"},
			}).Draw(t, "command")
			x := executed{before: h.run, command: h.secrets.Add(h.run, c), stamp: run.Stamp{At: runtest.Epoch}}
			x.decision, x.err = run.Decide(context.Background(), h.run, x.command, x.stamp)
			h.secrets.Keep(x.decision)
			recorded := recordedEvents(x)
			var err error
			h.run, err = run.Fold(h.run, recorded)
			require.NoError(t, err)
			h.record(t, recorded)
		}
		for _, e := range h.chain {
			require.False(t, strings.Contains(e.Canonical+e.Disclosures, text) || strings.Contains(e.Canonical+e.Disclosures, number))
		}
		for _, s := range h.run.Steps[0].Slots[:2] {
			require.Contains(t, []slot.Shape{slot.AbsentShape, slot.SealedShape}, s.Value.Shape())
		}
	})
}

func TestChainCheckFindsEveryChangeOfAnEvent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := execute(t, ignore)
		i := rapid.IntRange(0, len(h.chain)-1).Draw(t, "event")
		chain := append([]audit.Event(nil), h.chain...)
		const remove, swap = 8, 9
		switch change := rapid.IntRange(0, swap).Draw(t, "change"); change {
		case remove:
			if i == len(chain)-1 {
				return // a chain without its last event is valid; only the stored head shows the loss
			}
			chain = append(chain[:i], chain[i+1:]...)
		case swap:
			j := (i + 1) % len(chain)
			chain[i], chain[j] = chain[j], chain[i]
		default:
			changeMember(t, &chain[i], change)
		}
		found := 0
		c := audit.Chain{Entity: audit.Run(h.run.ID)}
		for _, e := range chain {
			_, findings := c.Check(&e)
			found += len(findings)
		}
		require.Positive(t, found)
	})
}

// changeMember changes one member of an event; n selects the member. It adds a microsecond to the time, and flips one
// bit of any other member.
func changeMember(t *rapid.T, e *audit.Event, n int) {
	flip := func(s string) string {
		b := []byte(s)
		b[rapid.IntRange(0, len(b)-1).Draw(t, "byte")] ^= 1
		return string(b)
	}
	switch n {
	case 0:
		e.Action = flip(e.Action)
	case 1:
		e.Actor = flip(e.Actor)
	case 2:
		if e.Disclosures == "" {
			e.Disclosures = "{}"
			return
		}
		e.Disclosures = flip(e.Disclosures)
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
	default:
		t.Fatalf("there is no member %d", n)
	}
}

func TestRefusalIsNotFoundConflictOrInvalid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		execute(t, func(x executed, _ *history) {
			switch {
			case x.err == nil:
			case x.stamp.By.IsAgent() && fault.Is(x.err, fault.Forbidden):
				require.Equal(t, run.AgentRefused, fault.From(x.err).Code)
			default:
				require.Contains(t, []fault.Kind{fault.NotFound, fault.Conflict, fault.Invalid}, fault.From(x.err).Kind)
			}
		})
	})
}
