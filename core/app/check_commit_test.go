package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
)

// A check stores nothing. Therefore it never says that a sensitive value is the stored one, not even to the actor who
// committed it and may repeat the commit.
func TestACheckDoesNotCompareSensitiveValues(t *testing.T) {
	fx := newFixture(t)
	fx.save(`{"id":"p","name":"P","steps":[
		{"key":"s","title":"S","slots":[{"name":"pin","type":"string","sensitive":true,"validate":"[0-9]{4}"}]},
		{"key":"t","title":"T"}]}`)
	started, err := fx.StartRun(t.Context(), ann, app.StartInput{ProcedureID: "p"})
	require.NoError(t, err)
	with := func(pin string) run.Commit {
		return run.Commit{Submission: run.Submission{Step: "s", Slots: map[string][]byte{"pin": []byte(pin)}}}
	}
	before, check, err := fx.CheckCommit(t.Context(), ann, started.ID, with(`"1"`))
	require.NoError(t, err)
	require.Equal(t, "validation.pattern", check.Refusal.Issues[0].Code)
	require.Equal(t, started.Seq, before.Seq)

	_, check, err = fx.CheckCommit(t.Context(), ann, started.ID, with(`"1234"`))
	require.NoError(t, err)
	require.Nil(t, check.Refusal)
	require.Equal(t, "t", check.After.CurrentKey())

	committed, err := fx.Execute(t.Context(), ann, started.ID, with(`"1234"`))
	require.NoError(t, err)
	for _, pin := range []string{`"1234"`, `"4321"`} {
		_, _, err = fx.CheckCommit(t.Context(), ann, started.ID, with(pin))
		require.Equal(t, "step.already_committed", fault.From(err).Code)
	}
	repeated, err := fx.Execute(t.Context(), ann, started.ID, with(`"1234"`))
	require.NoError(t, err)
	require.Equal(t, committed.Seq, repeated.Seq)
	_, _, err = fx.CheckCommit(t.Context(), ann, "none", with(`"1234"`))
	require.True(t, fault.Is(err, fault.NotFound))

	after, err := fx.Run(t.Context(), started.ID)
	require.NoError(t, err)
	require.Equal(t, committed.Seq, after.Seq, "no refusal was recorded")
	view, err := fx.Step(t.Context(), started.ID, "s")
	require.NoError(t, err)
	require.Equal(t, 0, view.Step)
	_, err = fx.Step(t.Context(), started.ID, "x")
	require.True(t, fault.Is(err, fault.NotFound))
	_, err = fx.Step(t.Context(), "none", "s")
	require.True(t, fault.Is(err, fault.NotFound))
}
