package run_test

import (
	"context"
	"errors"
	"os"
	"strconv"
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
	"github.com/procedo/procedo/core/run/runtest"
)

// newRun returns a new run of a procedure with two steps. The first has slots of several types, one of them sensitive.
func newRun(t *testing.T) run.Run {
	t.Helper()
	r, _ := runtest.Begin(t, runtest.MustVersion(t, []byte(`{"id":"p","name":"P","steps":[
		{"key":"a","title":"A","slots":[
			{"name":"x","type":"string","required":false},
			{"name":"pin","type":"number","sensitive":true,"required":false},
			{"name":"m","type":"multi_enum","options":["o"],"required":false},
			{"name":"b","type":"boolean","required":false}],
		 "checklist_items":[{"key":"i","label":"I"}]},
		{"key":"b","title":"B"}]}`), cel.Language{}))
	return r
}

func TestStateMachineAllowsExactlyTheseTransitions(t *testing.T) {
	allowed := map[run.Transition]bool{
		{From: run.Pending, To: run.InProgress}:   true,
		{From: run.Pending, To: run.Failed}:       true,
		{From: run.InProgress, To: run.Completed}: true,
		{From: run.InProgress, To: run.Failed}:    true,
	}
	for _, from := range run.States {
		for _, to := range run.States {
			t.Run(string(from)+" to "+string(to), func(t *testing.T) {
				require.Equal(t, allowed[run.Transition{From: from, To: to}], from.Allows(to))
			})
		}
		require.Equal(t, from == run.Completed || from == run.Failed, from.Final())
	}
}

func TestEvolveRejectsEventsThatTheRunCannotHave(t *testing.T) {
	created := newRun(t)
	started, err := run.Evolve(created, run.Event{Fact: run.Started{}})
	require.NoError(t, err)
	failed, err := run.Evolve(created, run.Event{Fact: run.RunFailed{Reason: "x"}})
	require.NoError(t, err)
	draft := func(c run.Content) run.Fact { return run.DraftSaved{Content: c} }
	slotAt := func(i int) run.Content { return run.Content{Visit: 1, Slots: []run.Entry{{Slot: i}}} }
	for name, c := range map[string]struct {
		run  run.Run
		fact run.Fact
	}{
		"started before created":                {run.Run{}, run.Started{}},
		"created twice":                         {created, run.Created{Version: created.Version}},
		"created without a version":             {run.Run{}, run.Created{}},
		"started twice":                         {started, run.Started{}},
		"a second open step":                    {created, run.Opened{Step: 1, Visit: 1}},
		"an unknown step opened":                {created, run.Opened{Step: 9, Visit: 1}},
		"a draft before the start":              {created, run.DraftSaved{}},
		"a draft of a locked step":              {started, draft(run.Content{Step: 1, Visit: 1})},
		"a draft of another visit":              {started, draft(run.Content{Step: 0, Visit: 2})},
		"a draft of an unknown step":            {started, draft(run.Content{Step: -1, Visit: 1})},
		"a draft of the slot behind the last":   {started, draft(slotAt(len(started.Steps[0].Slots)))},
		"a draft of the slot before the first":  {started, draft(slotAt(-1))},
		"a commit before the start":             {created, run.StepCommitted{Content: run.Content{Visit: 1}}},
		"an amendment of an open step":          {started, run.Amended{Content: run.Content{Visit: 1}}},
		"an amendment of a failed run":          {failed, run.Amended{Content: run.Content{Visit: 1}}},
		"a completion while a step is open":     {started, run.RunCompleted{}},
		"a failure of a run that failed before": {failed, run.RunFailed{}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := run.Fold(c.run, []run.Event{{Fact: c.fact}})
			require.ErrorIs(t, err, run.ErrInapplicable)
		})
	}
}

// Facts from a file may name any step, visit, slot or item. Evolve applies such a fact or rejects it.
func TestEvolveRejectsFactsAboutWhatTheRunDoesNotHave(t *testing.T) {
	created := newRun(t)
	started, err := run.Evolve(created, run.Event{Fact: run.Started{}})
	require.NoError(t, err)
	committed, err := run.Evolve(started, run.Event{Fact: run.StepCommitted{Content: run.Content{Visit: 1}}})
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		index, indexes := rapid.IntRange(-1, 5), rapid.SliceOfN(rapid.IntRange(-1, 5), 0, 2)
		c := run.Content{
			Step: rapid.IntRange(-1, 2).Draw(t, "step"), Visit: rapid.IntRange(0, 2).Draw(t, "visit"),
			InapplicableSlots: indexes.Draw(t, "inapplicable slots"), ApplicableSlots: indexes.Draw(t, "applicable slots"),
			InapplicableItems: indexes.Draw(t, "inapplicable items"), ApplicableItems: indexes.Draw(t, "applicable items"),
		}
		for _, j := range indexes.Draw(t, "slots") {
			c.Slots = append(c.Slots, run.Entry{Slot: j})
		}
		step, visit, j := c.Step, c.Visit, index.Draw(t, "slot")
		for _, fact := range []run.Fact{
			run.DraftSaved{Content: c}, run.StepCommitted{Content: c}, run.Amended{Content: c, Reason: "r"},
			run.Opened{Step: step, Visit: visit, Carried: c.InapplicableSlots},
			run.StepSkipped{Step: step, Visit: visit, Reason: "r"}, run.StepNotApplicable{Step: step},
			run.SlotRevealed{Step: step, Visit: visit, Slot: j}, run.ValueErased{Step: step, Visit: visit, Slot: j},
			run.ContentErased{Targets: []run.ErasedTarget{{Step: step, Visit: visit, Slot: j}}},
		} {
			for _, r := range []run.Run{created, started, committed} {
				if _, err := run.Evolve(r, run.Event{Fact: fact}); err != nil {
					require.ErrorIs(t, err, run.ErrInapplicable)
				}
			}
		}
	})
}

func TestEachChangeOfStateHasItsTime(t *testing.T) {
	created := newRun(t)
	require.Zero(t, created.StartedAt)
	require.Zero(t, created.ClosedAt)
	at := func(minutes int, f run.Fact) run.Event {
		return run.Event{Stamp: run.Stamp{At: runtest.Epoch.Add(time.Duration(minutes) * time.Minute)}, Fact: f}
	}
	started, err := run.Evolve(created, at(1, run.Started{}))
	require.NoError(t, err)
	require.Equal(t, runtest.Epoch.Add(time.Minute), started.StartedAt)
	require.Zero(t, started.ClosedAt)
	failed, err := run.Evolve(started, at(2, run.RunFailed{Reason: "x"}))
	require.NoError(t, err)
	require.Equal(t, started.StartedAt, failed.StartedAt)
	require.Equal(t, runtest.Epoch.Add(2*time.Minute), failed.ClosedAt)
}

// TestATextThatABundleWithholdsCanBeErased erases the texts of a run that was created from a bundle without them.
func TestATextThatABundleWithholdsCanBeErased(t *testing.T) {
	begun := newRun(t)
	r, err := run.Evolve(run.Run{}, run.Event{Fact: run.Created{
		Version: begun.Version, Hidden: []run.ErasedText{run.ErasedReference, run.ErasedUserID},
	}})
	require.NoError(t, err)
	erase := func(r run.Run, text run.ErasedText) run.Run {
		next, err := run.Evolve(r, run.Event{Fact: run.ContentErased{Targets: []run.ErasedTarget{{Text: text}}, Reason: "asked"}})
		require.NoError(t, err)
		return next
	}
	one := erase(r, run.ErasedReference)
	require.Equal(t, []run.ErasedText{run.ErasedUserID}, one.Withheld)
	require.Equal(t, []run.ErasedText{run.ErasedReference}, one.Erased)
	require.Len(t, r.Withheld, 2, "the run before is unchanged")
	both := erase(one, run.ErasedUserID)
	require.Nil(t, both.Withheld)
	require.Len(t, both.Erased, 2)
}

func TestMissingFactsAndCommandsAreErrors(t *testing.T) {
	r := newRun(t)
	_, err := run.Evolve(r, run.Event{})
	require.ErrorIs(t, err, run.ErrInapplicable)
	_, err = run.Decide(context.Background(), r, nil, run.Stamp{})
	require.True(t, fault.Is(err, fault.Internal))
}

func TestRefusalIsRecordedIfItDependsOnTheRun(t *testing.T) {
	r := newRun(t)
	for name, c := range map[string]struct {
		err      error
		recorded bool
	}{
		"invalid":     {fault.New(fault.Invalid, "x", nil), true},
		"conflict":    {fault.New(fault.Conflict, "x", nil), true},
		"not found":   {fault.New(fault.NotFound, "x", nil), false},
		"stale":       {fault.New(fault.Stale, "x", nil), true},
		"of an agent": {fault.New(fault.Forbidden, run.AgentRefused, nil), true},
		"of a role":   {fault.New(fault.Forbidden, access.Denied, nil), false},
		"internal":    {fault.New(fault.Internal, "x", nil), false},
		"unavailable": {fault.New(fault.Unavailable, "x", nil), false},
		"no fault":    {errors.New("boom"), false},
	} {
		t.Run(name, func(t *testing.T) {
			_, recorded := run.Refusal(r, run.Fail{}, c.err, run.Stamp{})
			require.Equal(t, c.recorded, recorded)
		})
	}
}

func TestRefusalOmitsLongIssueParams(t *testing.T) {
	options := strings.Split(strings.Repeat("option ", 200), " ")
	refusal := fault.WithIssues("x", []fault.Issue{
		{Field: "slots.a", Code: "validation.enum", Params: fault.Params{"allowed": options}},
		{Field: "slots.b", Code: "validation.enum", Params: fault.Params{"allowed": []string{"a"}}},
	})
	e, ok := run.Refusal(newRun(t), run.Fail{}, refusal, run.Stamp{})
	require.True(t, ok)
	issues := e.Fact.(run.Refused).Issues
	require.Nil(t, issues[0].Params)
	require.NotNil(t, issues[1].Params)
}

func TestSensitiveValueWithoutSaltIsNeitherAcceptedNorRecorded(t *testing.T) {
	r := newRun(t)
	c := run.Commit{Submission: run.Submission{Step: "a", Slots: map[string][]byte{"pin": []byte("1")}}}
	_, err := run.Decide(context.Background(), r, c, run.Stamp{})
	require.True(t, fault.Is(err, fault.Internal))
	e, ok := run.Refusal(r, c, fault.New(fault.Invalid, "x", nil), run.Stamp{})
	require.True(t, ok)
	require.NotContains(t, e.Fact.(run.Refused).Input, "1")
}

// TestValuesUnderUnknownNamesAreSealedInEveryStep checks that a refusal does not record a secret that was sent to the
// wrong step, to an unknown step or under a misspelt name, if any step has a sensitive slot.
func TestValuesUnderUnknownNamesAreSealedInEveryStep(t *testing.T) {
	doc, err := os.ReadFile("testdata/secret.json")
	require.NoError(t, err)
	events, err := run.Start(context.Background(), run.StartParams{
		ID: "run-1", Version: runtest.MustVersion(t, doc, cel.Language{}),
	}, run.Stamp{At: runtest.Epoch})
	require.NoError(t, err)
	r, err := run.Fold(run.Run{}, events)
	require.NoError(t, err)
	for _, step := range []string{"who", "then", "nowhere"} {
		for _, name := range []string{"iban", "ibann", "amount"} {
			c := run.Command(run.Commit{Submission: run.Submission{Step: step, Slots: map[string][]byte{
				name: []byte(`"hunter2"`), "note": []byte(`"open"`),
			}}})
			c = new(runtest.Secrets).Add(r, c)
			e, ok := run.Refusal(r, c, fault.New(fault.Stale, "run.stale", nil), run.Stamp{})
			require.True(t, ok)
			input := e.Fact.(run.Refused).Input
			require.NotContains(t, input, "hunter2", "%s in step %s", name, step)
			require.Contains(t, input, `"`+name+`":{"sealed":true}`, "step %s", step)
			require.Equal(t, step != "nowhere", strings.Contains(input, "open"), "note in step %s", step)
		}
	}
}

func TestFailNeedsNoSalts(t *testing.T) {
	n, compares := run.SensitiveSlots(newRun(t), run.Fail{})
	require.Zero(t, n)
	require.False(t, compares)
	require.Equal(t, run.Fail{Reason: "x"}, run.WithSecrets(run.Fail{Reason: "x"}, run.Secrets{}))
}

func TestProgressIsRoundedHalfUpToTenthsOfAPercent(t *testing.T) {
	for _, c := range []struct{ completed, total, tenths int }{
		{0, 3, 0},
		{1, 3, 333},
		{2, 3, 667},
		{1, 8, 125},
		{1, 16, 63},
		{3, 3, 1000},
		{1, 2000, 1},
	} {
		t.Run(strconv.Itoa(c.completed)+" of "+strconv.Itoa(c.total), func(t *testing.T) {
			tenths, ok := run.ChecklistProgress{Total: c.total, Completed: c.completed}.Tenths()
			require.True(t, ok)
			require.Equal(t, c.tenths, tenths)
		})
	}
}

func TestProgressOfAnEmptyChecklistIsUndefined(t *testing.T) {
	_, ok := run.ChecklistProgress{}.Tenths()
	require.False(t, ok)
}

func TestProjectionReportsDifferencesBetweenRuns(t *testing.T) {
	r := newRun(t)
	other, err := run.Fold(r, []run.Event{{Fact: run.Started{}}, {Fact: run.RunFailed{Reason: "x"}}})
	require.NoError(t, err)
	require.NotEmpty(t, projection.Differences(r, other))
	require.Contains(
		t, projection.Compare(run.Run{}, projection.RunRowOf(r, ""), projection.RowsOf(r)),
		audit.Wrong("no_run"),
	)
	require.NotEmpty(t, projection.Differences(run.Run{}, r))
}
