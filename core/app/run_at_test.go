package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
)

func TestARunIsShownAsItStoodAfterEachOfItsEvents(t *testing.T) {
	w := newWorld(t)
	id := w.started()
	stood := map[int64]run.Run{}
	note := func(c run.Command) {
		if c != nil {
			_, _ = w.Execute(t.Context(), ann, id, c)
		}
		view, err := w.Run(t.Context(), id)
		require.NoError(t, err)
		stood[view.Seq] = view
	}
	for _, c := range []run.Command{nil, draft(`"x"`), commit(`7`), commit(`"y"`), commit(`"z"`), run.Amend{Submission: run.Submission{Step: "s", Slots: map[string][]byte{"a": []byte(`"w"`)}}, Reason: "r"}, run.Fail{Reason: "enough"}} {
		note(c)
	}
	require.Len(t, stood, 7)
	for seq, want := range stood {
		view, err := w.RunAt(t.Context(), id, seq)
		require.NoError(t, err)
		require.Empty(t, projection.Differences(want, view), "at %d", seq)
	}
	between, err := w.RunAt(t.Context(), id, 1)
	require.NoError(t, err)
	require.Empty(t, between.CurrentKey(), "created, nothing open yet")
	for _, seq := range []int64{0, -1, 1000} {
		_, err := w.RunAt(t.Context(), id, seq)
		require.Equal(t, "run.event_not_found", fault.From(err).Code)
	}
	_, err = w.RunAt(t.Context(), "none", 1)
	require.Equal(t, "run.not_found", fault.From(err).Code)
}

func TestExceptionsAreWhatAReviewerMustSee(t *testing.T) {
	w := newWorld(t)
	w.save(`{"id":"p","name":"P","steps":[
		{"key":"s","title":"S","slots":[{"name":"a","type":"string","required":false},{"name":"pin","type":"string","sensitive":true,"required":false}]},
		{"key":"t","title":"T","skippable":true,"transitions":[{"when":"'a' in run.metadata && run.metadata.a == 1.0","to":"s"}]},
		{"key":"u","title":"U","slots":[{"name":"again","type":"boolean"}],"transitions":[{"when":"again","to":"s"}]}]}`)
	started, err := w.StartRun(t.Context(), ann, app.StartInput{ProcedureID: "p"})
	require.NoError(t, err)
	id := started.ID
	say := func(step, slots string, origins map[string]string) run.Submission {
		return submissionOf(step, slots, origins)
	}
	for _, c := range []run.Command{
		run.Commit{Submission: say("s", `a=7`, nil)},
		run.Commit{Submission: say("s", `a="by machine" pin="1234"`, map[string]string{"a": "device"})},
		run.Skip{Step: "t", Reason: "no time"},
		run.Amend{Submission: say("s", `a="by hand"`, nil), Reason: "misread"},
		run.Erase{Step: "s", Slot: "pin", Reason: "asked"},
		run.Commit{Submission: say("u", `again=true`, nil)},
		run.Commit{Submission: say("s", `a="plain"`, nil)},
	} {
		_, _ = w.Execute(t.Context(), ann, id, c)
	}
	all, err := w.Exceptions(t.Context(), id, 0, 100)
	require.NoError(t, err)
	var kinds []app.ExceptionKind
	for _, x := range all {
		kinds = append(kinds, x.Kind)
	}
	require.Equal(
		t,
		[]app.ExceptionKind{
			app.ExceptionRefusal,
			app.ExceptionOrigin,
			app.ExceptionSkip,
			app.ExceptionAmendment,
			app.ExceptionErasure,
			app.ExceptionRepeat,
			app.ExceptionRepeat,
		},
		kinds,
	)
	require.Equal(t, "slots.a", all[0].Issues[0].Field)
	require.Equal(t, "device", string(all[1].Origins["a"]))
	require.Equal(t, "no time", all[2].Reason)
	require.Equal(t, []string{"a"}, all[3].Slots)
	require.Equal(t, []string{"pin"}, all[4].Slots)
	require.Equal(t, 2, all[5].Visit)
	var paged []app.Exception
	for after := int64(0); ; after = paged[len(paged)-1].Seq {
		page, err := w.Exceptions(t.Context(), id, after, 1)
		require.NoError(t, err)
		if len(page) == 0 {
			break
		}
		paged = append(paged, page...)
	}
	require.Equal(t, all, paged)
}
