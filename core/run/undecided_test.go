package run_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
)

// chained is a procedure in which slot c has a condition on b, and b itself has a condition on a.
const chained = `{"id":"p","name":"P","steps":[{"key":"s","title":"S","slots":[
	{"name":"a","type":"enum","options":["y","n"]},
	{"name":"b","type":"string","when":"a == 'y'"},
	{"name":"c","type":"string","when":"has(b) && b.startsWith('k')"},
	{"name":"d","type":"string","required":false,"required_when":"a == 'y'"},
	{"name":"e","type":"string"}],
	"checklist_items":[{"key":"i","label":"I","required":true,"when":"a == 'y'"}]},{"key":"t","title":"T"}]}`

// A condition that reads a slot with an issue is undecided: it is not evaluated and causes no issue.
func TestConditionsThatReadASlotWithAnIssueAreUndecided(t *testing.T) {
	r, _ := runtest.Begin(t, runtest.MustVersion(t, []byte(chained), cel.Language{}))
	slots := func(pairs ...string) run.Submission {
		s := run.Submission{Step: "s", Slots: map[string][]byte{}}
		for i := 0; i < len(pairs); i += 2 {
			s.Slots[pairs[i]] = []byte(pairs[i+1])
		}
		return s
	}
	ticked := slots("a", `"y"`, "b", `"x"`, "d", `"x"`, "e", `"x"`)
	ticked.Ticks = []checklist.Tick{{Key: "i", Completed: true}}
	for name, c := range map[string]struct {
		command run.Command
		issues  []string
	}{
		"nothing given": {run.Commit{Submission: slots()}, []string{"slots.a required", "slots.e required"}},
		"an unknown option": {run.Commit{Submission: slots("a", `"z"`)},
			[]string{"slots.a enum", "slots.e required"}},
		"a value for an undecided slot": {
			run.Commit{Submission: slots("a", `"z"`, "b", `"x"`, "c", `"x"`, "e", `"x"`)}, []string{"slots.a enum"},
		},
		"a wrong value for an undecided slot": {
			run.Commit{Submission: slots("a", `"z"`, "b", `1`, "e", `"x"`)}, []string{"slots.a enum", "slots.b type"},
		},
		"a missing value that another condition reads": {
			run.Commit{Submission: slots("a", `"y"`, "e", `"x"`)},
			[]string{"slots.b required", "slots.d required", "checklist.i required"},
		},
		"slots and items that certainly apply are required": {
			run.Commit{Submission: slots("a", `"y"`, "b", `"kx"`, "d", `"x"`, "e", `"x"`)},
			[]string{"slots.c required", "checklist.i required"},
		},
		"a value for a slot that certainly does not apply": {
			run.Commit{Submission: slots("a", `"n"`, "b", `"x"`, "e", `"x"`)}, []string{"slots.b not_applicable"},
		},
		"a draft": {run.Draft{Submission: slots("a", `"z"`, "b", `"x"`)}, []string{"slots.a enum"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := run.Decide(context.Background(), r, c.command, stamp)
			var got []string
			for _, is := range fault.From(err).Issues {
				got = append(got, is.Field+" "+is.Code[len("validation."):])
			}
			require.Equal(t, c.issues, got)
		})
	}
	_, err := run.Decide(context.Background(), r, run.Commit{Submission: slots("a", `"n"`, "e", `"x"`)}, stamp)
	require.NoError(t, err)
	_, err = run.Decide(context.Background(), r, run.Commit{Submission: ticked}, stamp)
	require.NoError(t, err)
}

func TestSimulationListsMissingFieldsAndContinues(t *testing.T) {
	v := runtest.MustVersion(t, []byte(chained), cel.Language{})
	done := run.Simulate(context.Background(), run.StartParams{ID: "r", Version: v}, nil, stamp)
	require.NoError(t, done.Stopped)
	require.Len(t, done.Path, 2)
	require.Equal(t, []string{"slots.a", "slots.e"}, done.Path[0].Missing)
}
