package run_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
)

func small(t *testing.T) run.Run {
	t.Helper()
	r, _ := runtest.Begin(t, runtest.MustVersion(t, []byte(`{"id":"p","name":"P","steps":[
		{"key":"a","title":"A","slots":[{"name":"x","type":"string","required":false},{"name":"pin","type":"number","sensitive":true,"required":false},
		 {"name":"m","type":"multi_enum","options":["o"],"required":false},{"name":"b","type":"boolean","required":false}],
		 "checklist_items":[{"key":"i","label":"I"}]},{"key":"b","title":"B"}]}`), cel.Language{}))
	return r
}

func TestTheMachineHasTheseMovesAndNoOthers(t *testing.T) {
	allowed := map[run.State][]run.State{
		run.Pending:    {run.InProgress, run.Failed},
		run.InProgress: {run.Completed, run.Failed},
	}
	for _, from := range run.States {
		for _, to := range run.States {
			want := false
			for _, ok := range allowed[from] {
				want = want || ok == to
			}
			require.Equal(t, want, from.Allows(to), "%s to %s", from, to)
		}
		require.Equal(t, from == run.Completed || from == run.Failed, from.Final())
	}
}

func TestAnEventThatCannotHaveHappenedIsNotApplied(t *testing.T) {
	r := small(t)
	started, err := run.Evolve(r, run.Event{Fact: run.Started{}})
	require.NoError(t, err)
	failed, err := run.Evolve(r, run.Event{Fact: run.RunFailed{Reason: "x"}})
	require.NoError(t, err)
	for name, c := range map[string]struct {
		run  run.Run
		fact run.Fact
	}{
		"anything before the beginning":  {run.Run{}, run.Started{}},
		"a second beginning":             {r, run.Created{Version: r.Version}},
		"a beginning of nothing":         {run.Run{}, run.Created{}},
		"a second start":                 {started, run.Started{}},
		"a step opened beside another":   {r, run.Opened{Step: 1, Visit: 1}},
		"a step that is not there":       {r, run.Opened{Step: 9, Visit: 1}},
		"a draft before the start":       {r, run.DraftSaved{}},
		"a draft of another step":        {started, run.DraftSaved{Content: run.Content{Step: 1, Visit: 1}}},
		"a draft of another visit":       {started, run.DraftSaved{Content: run.Content{Step: 0, Visit: 2}}},
		"a draft of no step":             {started, run.DraftSaved{Content: run.Content{Step: -1, Visit: 1}}},
		"a draft of no slot":             {started, run.DraftSaved{Content: run.Content{Step: 0, Visit: 1, Slots: []run.Entry{{Slot: 9}}}}},
		"a commit before the start":      {r, run.StepCommitted{Content: run.Content{Visit: 1}}},
		"an amendment of an open step":   {started, run.Amended{Content: run.Content{Visit: 1}}},
		"an amendment of a failed run":   {failed, run.Amended{Content: run.Content{Visit: 1}}},
		"a completion with a step open":  {started, run.RunCompleted{}},
		"a failure of a run that failed": {failed, run.RunFailed{}},
	} {
		_, err := run.Fold(c.run, []run.Event{{Fact: c.fact}})
		require.ErrorIs(t, err, run.ErrInapplicable, name)
	}
}

func TestUnknownFactsAndCommandsAreErrors(t *testing.T) {
	r := small(t)
	_, err := run.Evolve(r, run.Event{})
	require.ErrorIs(t, err, run.ErrInapplicable)
	_, err = run.Decide(r, nil, run.Stamp{})
	require.True(t, fault.Is(err, fault.Internal))
}

func TestOnlyRefusedDataOrderAndStateAreRecorded(t *testing.T) {
	r := small(t)
	for kind, want := range map[fault.Kind]bool{
		fault.Invalid: true, fault.Conflict: true, fault.NotFound: false, fault.Stale: false, fault.Internal: false, fault.Unavailable: false,
	} {
		_, recorded := run.Refusal(r, run.Fail{}, fault.New(kind, "x", nil), run.Stamp{}, 0)
		require.Equal(t, want, recorded, kind)
	}
	_, recorded := run.Refusal(r, run.Fail{}, errors.New("boom"), run.Stamp{}, 0)
	require.False(t, recorded)
}

func TestLongParamsAreNotRecordedAgain(t *testing.T) {
	refusal := fault.WithIssues("x", []fault.Issue{
		{
			Field:  "slots.a",
			Code:   "validation.enum",
			Params: fault.Params{"allowed": strings.Split(strings.Repeat("option ", 200), " ")},
		},
		{Field: "slots.b", Code: "validation.enum", Params: fault.Params{"allowed": []string{"a"}}},
	})
	e, ok := run.Refusal(small(t), run.Fail{}, refusal, run.Stamp{}, 0)
	require.True(t, ok)
	issues := e.Fact.(run.Refused).Issues
	require.Nil(t, issues[0].Params)
	require.NotNil(t, issues[1].Params)
}

func TestWithoutSaltsNothingSensitiveIsAccepted(t *testing.T) {
	c := run.Commit{Submission: run.Submission{Step: "a", Slots: map[string][]byte{"pin": []byte("1")}}}
	_, err := run.Decide(small(t), c, run.Stamp{})
	require.True(t, fault.Is(err, fault.Internal))
	e, ok := run.Refusal(small(t), c, fault.New(fault.Invalid, "x", nil), run.Stamp{}, 0)
	require.True(t, ok)
	require.NotContains(t, e.Fact.(run.Refused).Input, "1")
	require.Zero(t, run.SaltsNeeded(small(t), run.Fail{}))
	require.Equal(t, run.Fail{Reason: "x"}, run.WithSalts(run.Fail{Reason: "x"}, nil))
}

func TestProgressHasOneDecimalHalfUpAndNoneOfNothing(t *testing.T) {
	for _, c := range []struct{ done, total, tenths int }{{0, 3, 0}, {1, 3, 333}, {2, 3, 667}, {1, 8, 125}, {1, 16, 63}, {3, 3, 1000}, {1, 2000, 1}} {
		tenths, ok := run.ChecklistProgress{Total: c.total, Completed: c.done}.Tenths()
		require.True(t, ok)
		require.Equal(t, c.tenths, tenths, "%d/%d", c.done, c.total)
	}
	_, ok := run.ChecklistProgress{}.Tenths()
	require.False(t, ok)
}

func TestDifferencesNameWhatDiffers(t *testing.T) {
	r := small(t)
	other, err := run.Fold(r, []run.Event{{Fact: run.Started{}}, {Fact: run.RunFailed{Reason: "x"}}})
	require.NoError(t, err)
	require.NotEmpty(t, projection.Differences(r, other))
	require.Contains(
		t, projection.Compare(run.Run{}, projection.RunRowOf(r, ""), projection.RowsOf(r)),
		"the trail has no beginning",
	)
	require.NotEmpty(t, projection.Differences(run.Run{}, r))
}
