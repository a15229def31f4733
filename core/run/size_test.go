package run_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
)

// TestTheSizeOfARunIsTheSameFromItsEventsAndFromItsRows compares the running count of Evolve with a count of the whole
// run, and with that of the run that is restored from its rows.
func TestTheSizeOfARunIsTheSameFromItsEventsAndFromItsRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		execute(t, func(_ executed, h *history) {
			measured := run.Measured(h.run)
			require.Equal(t, measured.Size(), h.run.Size())
			rows := projection.RowsOf(h.run)
			rows.Sort()
			restored, err := projection.Restore(h.run.Version, projection.RunRowOf(h.run, audit.Head{}.Hash), rows)
			require.NoError(t, err)
			require.Equal(t, h.run.Size(), restored.Size())
			require.GreaterOrEqual(t, h.run.Size(), valueBytes(h.run))
		})
	})
}

// valueBytes returns the length of the metadata and of all values that have not been erased, as canonical JSON.
func valueBytes(r run.Run) int {
	n := len(r.Metadata)
	for i := range r.Steps {
		for _, v := range r.Steps[i].Visits() {
			for _, s := range v.Slots {
				if !s.Value.IsAbsent() && !s.IsErased() {
					n += len(s.Value.AppendCanonical(nil))
				}
			}
		}
	}
	return n
}

// TestADecisionIsRefusedExactlyIfItPassesTheLimit asks of each accepted decision whether it would be refused under
// limits around the sizes before and after it.
func TestADecisionIsRefusedExactlyIfItPassesTheLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		execute(t, func(x executed, h *history) {
			if x.err != nil {
				return
			}
			before, after := x.before.Size(), h.run.Size()
			low, high := min(before, after), max(before, after)
			limit := rapid.IntRange(max(0, low-5), high+5).Draw(t, "limit")
			err := run.CheckSize(x.before, x.decision.Events, limit)
			if after <= max(limit, before) {
				require.NoError(t, err)
				return
			}
			require.Equal(t, run.TooLarge, fault.From(err).Code)
			require.Equal(t, fault.Params{"max": limit, "size": after}, fault.From(err).Params)
		})
	})
}

// sized returns a run of which step a is committed with the given value of t and step b is open. Step b leads back to a
// until its slot done is true.
func sized(t *testing.T, value string) run.Run {
	t.Helper()
	v := runtest.MustVersion(t, []byte(`{"id":"p","name":"P","max_visits":1000,"steps":[
		{"key":"a","title":"A","on_return":"keep","slots":[
			{"name":"t","type":"text","required":false},{"name":"u","type":"text","required":false}]},
		{"key":"b","title":"B","skippable":true,"slots":[
			{"name":"t","type":"text","required":false},{"name":"done","type":"boolean","required":false}],
		 "transitions":[{"when":"!has(done) || done || !has(t)","to":"c"},{"to":"a"}]},
		{"key":"c","title":"C","skippable":true}]}`), cel.Language{})
	return committedWith(t, v, value)
}

// committedWith applies events without asking Decide, as in a trail of an earlier release.
func committedWith(t *testing.T, v *procedure.Version, value string) run.Run {
	t.Helper()
	r, _ := runtest.Begin(t, v)
	content := run.Content{Step: 0, Visit: 1, Slots: []run.Entry{{Slot: 0, SlotValue: run.SlotValue{
		Value: v.Steps[0].Slots[0].ReadUnchecked([]byte(`"` + value + `"`)), Origin: "manual",
	}}}}
	r, err := run.Fold(r, []run.Event{
		{Fact: run.Started{}}, {Fact: run.StepCommitted{Content: content}}, {Fact: run.Opened{Step: 1, Visit: 1}},
	})
	require.NoError(t, err)
	return r
}

func decided(t *testing.T, r run.Run, c run.Command) (run.Run, error) {
	t.Helper()
	d, err := run.Decide(context.Background(), r, c, stamp)
	if err != nil {
		return r, err
	}
	r, err = run.Fold(r, d.Events)
	require.NoError(t, err)
	return r, nil
}

func given(step string, slots map[string]string) run.Submission {
	s := submission(slots)
	s.Step = step
	for name, value := range slots {
		if value == "null" || value == "false" {
			s.Slots[name] = []byte(value)
		}
	}
	return s
}

// TestARunThatHasReachedItsLimitCanOnlyBeBroughtToItsEnd holds for a run just below the limit and for one of an earlier
// release that is far larger.
func TestARunThatHasReachedItsLimitCanOnlyBeBroughtToItsEnd(t *testing.T) {
	reason := strings.Repeat("r", 255)
	type values = map[string]string
	for name, length := range map[string]int{"at the limit": run.MaxSize - 60, "beyond the limit": 3 * run.MaxSize / 2} {
		full := sized(t, strings.Repeat("x", length))
		for _, c := range []struct {
			name    string
			command run.Command
			field   string // of the issue; "-" if the command is accepted
		}{
			{"a draft", run.Draft{Submission: given("b", values{"t": reason})}, "slots"},
			{"a commit", run.Commit{Submission: given("b", values{"t": reason})}, "slots"},
			{"an amendment", run.Amend{Submission: given("a", values{"u": reason}), Reason: "r"}, "slots"},
			{"a long reason", run.Skip{Step: "b", Reason: strings.Repeat("r", 4000)}, "reason"},
			{"values kept on return", run.Commit{Submission: given("b", values{"t": "y", "done": "false"})}, ""},
			{"a commit without values", run.Commit{Submission: given("b", nil)}, "-"},
			{"a skip", run.Skip{Step: "b", Reason: reason}, "-"},
			{"a failure", run.Fail{Reason: strings.Repeat("r", 4000)}, "-"},
			{"a repeat", run.Commit{Submission: given("a", nil)}, "-"},
			{"a shorter value", run.Amend{Submission: given("a", values{"t": "x"}), Reason: "r"}, "-"},
			{"no value", run.Amend{Submission: given("a", values{"t": "null"}), Reason: "r"}, "-"},
		} {
			t.Run(c.name+" "+name, func(t *testing.T) {
				_, err := decided(t, full, c.command)
				if c.field == "-" {
					require.NoError(t, err)
					return
				}
				f := fault.From(err)
				require.Equal(t, fault.Invalid, f.Kind)
				require.Equal(t, run.TooLarge, f.Code)
				require.Greater(t, f.Params["size"], run.MaxSize)
				if c.field == "" {
					require.Empty(t, f.Issues)
					return
				}
				require.Equal(t, c.field, f.Issues[0].Field)
				_, recorded := run.Refusal(full, c.command, err, stamp)
				require.True(t, recorded)
			})
		}
	}
}

// TestVisitsWithoutValuesCannotMakeARunLargeEither commits empty steps in a loop that may be repeated 1,000 times.
func TestVisitsWithoutValuesCannotMakeARunLargeEither(t *testing.T) {
	v := runtest.MustVersion(t, []byte(`{"id":"p","name":"P","max_visits":1000,"steps":[
		{"key":"a","title":"A","slots":[`+optionalSlots(2000)+`],
		 "transitions":[{"when":"has(s0)","to":"end"},{"to":"a"}]}]}`), cel.Language{})
	r, _ := runtest.Begin(t, v)
	var err error
	for visits := 0; err == nil; visits++ {
		require.Less(t, visits, 200)
		r, err = decided(t, r, run.Commit{Submission: run.Submission{Step: "a"}})
	}
	require.Equal(t, run.TooLarge, fault.From(err).Code)
	require.LessOrEqual(t, r.Size(), run.MaxSize)
	_, err = decided(t, r, run.Fail{Reason: "enough"})
	require.NoError(t, err)
}

func optionalSlots(n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf(`{"name":"s%d","type":"boolean","required":false}`, i)
	}
	return strings.Join(all, ",")
}

func TestMetadataBeyondTheLimitStartsNoRun(t *testing.T) {
	v := runtest.MustVersion(t, []byte(`{"id":"p","name":"P","steps":[{"key":"a","title":"A"}]}`), cel.Language{})
	for length, accepted := range map[int]bool{run.MaxSize - len(`{"k":""}`): true, run.MaxSize: false} {
		_, err := run.Start(context.Background(), run.StartParams{
			ID: "r", Version: v, Metadata: []byte(`{"k":"` + strings.Repeat("x", length) + `"}`),
		}, stamp)
		require.Equal(t, accepted, err == nil)
		if !accepted {
			require.Equal(t, "metadata", fault.From(err).Issues[0].Field)
		}
	}
}
