package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
)

func TestRunAtReturnsTheRunAfterAnEvent(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	states := map[int64]run.Run{} // by seq
	keepState := func() {
		r, err := fx.Run(t.Context(), id)
		require.NoError(t, err)
		states[r.Seq] = r
	}
	keepState()
	for _, c := range []run.Command{
		draft(`"x"`),
		commit(`7`),
		commit(`"y"`),
		commit(`"z"`),
		run.Amend{Submission: submissionOf("s", `a="w"`, nil), Reason: "r"},
		run.Fail{Reason: "enough"},
	} {
		_, _ = fx.Execute(t.Context(), ann, id, c) // refusals are events too
		keepState()
	}
	require.Len(t, states, 7)
	for seq, want := range states {
		got, err := fx.RunAt(t.Context(), id, seq)
		require.NoError(t, err)
		require.Empty(t, projection.Differences(want, got), "at %d", seq)
	}
	created, err := fx.RunAt(t.Context(), id, 1)
	require.NoError(t, err)
	require.Empty(t, created.CurrentKey(), "no step is open yet")
}

func TestRunAtAnUnknownEventIsNotFound(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	for _, seq := range []int64{0, -1, 1000} {
		_, err := fx.RunAt(t.Context(), id, seq)
		require.Equal(t, "run.event_not_found", fault.From(err).Code)
	}
	_, err := fx.RunAt(t.Context(), "none", 1)
	require.Equal(t, "run.not_found", fault.From(err).Code)
}

// runWithExceptions returns a run with at least one exception of each kind.
func runWithExceptions(t *testing.T) (fx *fixture, id string) {
	t.Helper()
	fx = newFixture(t)
	fx.save(`{"id":"p","name":"P","steps":[
		{"key":"s","title":"S","slots":[
			{"name":"a","type":"string","required":false},
			{"name":"pin","type":"string","sensitive":true,"required":false}]},
		{"key":"t","title":"T","skippable":true,
		 "transitions":[{"when":"'a' in run.metadata && run.metadata.a == 1.0","to":"s"}]},
		{"key":"u","title":"U","slots":[{"name":"again","type":"boolean"}],
		 "transitions":[{"when":"again","to":"s"}]}]}`)
	started, err := fx.StartRun(t.Context(), ann, app.StartInput{ProcedureID: "p"})
	require.NoError(t, err)
	id = started.ID
	for _, c := range []run.Command{
		run.Commit{Submission: submissionOf("s", `a=7`, nil)},
		run.Commit{Submission: submissionOf("s", `a="by machine" pin="1234"`, map[string]string{"a": "device"})},
		run.Skip{Step: "t", Reason: "no time"},
		run.Amend{Submission: submissionOf("s", `a="by hand"`, nil), Reason: "misread"},
		run.Erase{Places: []run.ErasePlace{{Step: "s", Slot: "pin"}}, Reason: "asked"},
		run.Commit{Submission: submissionOf("u", `again=true`, nil)},
		run.Commit{Submission: submissionOf("s", `a="plain"`, nil)},
	} {
		_, _ = fx.Execute(t.Context(), ann, id, c)
	}
	return fx, id
}

func TestExceptionsAreListedInTheOrderOfTheTrail(t *testing.T) {
	fx, id := runWithExceptions(t)
	page, err := fx.Exceptions(t.Context(), id, 0, app.PageSize{Items: 100})
	require.NoError(t, err)
	require.Equal(t, app.ExceptionUnproven, page.Items[0].Kind)
	all := page.Items[1:]
	var kinds []app.ExceptionKind
	for _, x := range all {
		kinds = append(kinds, x.Kind)
	}
	require.Equal(t, []app.ExceptionKind{
		app.ExceptionRefusal, app.ExceptionOrigin, app.ExceptionSkip, app.ExceptionAmendment, app.ExceptionErasure,
		app.ExceptionRepeat, app.ExceptionRepeat,
	}, kinds)
	require.Equal(t, "slots.a", all[0].Issues[0].Field)
	require.Equal(t, "device", string(all[1].Origins["a"]))
	require.Equal(t, "no time", all[2].Reason)
	require.Equal(t, []string{"a"}, all[3].Slots)
	require.Equal(t, []string{"pin"}, all[4].Slots)
	require.Equal(t, 2, all[5].Visit)
}

func TestExceptionsCanBeReadPageByPage(t *testing.T) {
	fx, id := runWithExceptions(t)
	page, err := fx.Exceptions(t.Context(), id, 0, app.PageSize{Items: 100})
	require.NoError(t, err)
	all := page.Items
	var paged []app.Exception
	for after := int64(0); ; after = paged[len(paged)-1].Seq {
		page, err := fx.Exceptions(t.Context(), id, after, app.PageSize{Items: 1})
		require.NoError(t, err)
		require.Len(t, page.Items, 1)
		if paged = append(paged, page.Items...); !page.More {
			break
		}
	}
	require.Equal(t, all, paged)
}
