package app_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
)

func TestAConflictIsDecidedAgainAndTheLastAttemptTakesTheLock(t *testing.T) {
	w := newWorld(t)
	id := w.started()
	w.faults.before = func() error { return app.ErrMoved }
	w.faults.appended = 0
	view, err := w.Execute(t.Context(), ann, id, draft(`"x"`))
	require.NoError(t, err, "contention never refuses a change")
	require.Equal(t, 4, w.faults.appended)
	require.Equal(t, 1, w.faults.exclusively)
	require.EqualValues(t, 2, view.Revision)
	require.Equal(t, []string{"run.created", "step.opened", "run.started", "step.draft_saved"}, w.actions(id))
}

func TestACommitThatMerelyLostARaceIsNotRecordedAsARefusal(t *testing.T) {
	w := newWorld(t)
	id := w.started()
	w.faults.before = func() error {
		w.faults.before = nil
		_, err := w.Execute(context.Background(), app.Request{Actor: "bob"}, id, commit(`"his"`))
		require.NoError(t, err)
		return app.ErrMoved
	}
	_, err := w.Execute(t.Context(), ann, id, commit(`"hers"`))
	require.Equal(t, "step.already_committed", fault.From(err).Code)
	require.EqualValues(t, "in_progress", fault.From(err).Params["state"], "with the current state")
	require.Equal(
		t, []string{"run.created", "step.opened", "run.started", "step.committed", "step.opened"}, w.actions(id),
	)

	same, err := w.Execute(t.Context(), ann, id, commit(`"his"`))
	require.NoError(t, err, "had she said the same, it would be the same success")
	require.EqualValues(t, 2, same.Revision)
}

func TestARefusalIsRecordedWithOneRetryThenCountedAndTheNextStatesTheCount(t *testing.T) {
	w := newWorld(t)
	id := w.started()
	failures := 0
	w.faults.before = func() error { failures++; return errBoom }
	_, err := w.Execute(t.Context(), ann, id, commit(`1`))
	require.True(t, fault.Is(err, fault.Invalid), "the caller gets the refusal all the same")
	require.Equal(t, 2, failures, "one attempt and one retry")
	require.Len(t, w.actions(id), 2)

	w.faults.before = func() error { w.faults.before = nil; return app.ErrMoved }
	_, err = w.Execute(t.Context(), ann, id, commit(`2`))
	require.Error(t, err)
	events, err := w.RunEvents(t.Context(), id, 2, 10)
	require.NoError(t, err)
	require.Len(t, events, 1)
	require.EqualValues(t, run.ActionCommitRefused, events[0].Action)
	require.Contains(t, string(events[0].Payload), `"unrecorded":1`)
	_, err = w.Execute(t.Context(), ann, id, commit(`3`))
	require.Error(t, err)
	events, err = w.RunEvents(t.Context(), id, 3, 10)
	require.NoError(t, err)
	require.NotContains(t, string(events[0].Payload), "unrecorded")
}

func TestAFailureOfStorageReachesTheCallerAndIsNoRefusal(t *testing.T) {
	w := newWorld(t)
	id := w.started()
	w.faults.before = func() error { return errBoom }
	_, err := w.Execute(t.Context(), ann, id, draft(`"x"`))
	require.ErrorIs(t, err, errBoom)
	require.Len(t, w.actions(id), 2)
	_, err = w.Execute(t.Context(), ann, "none", draft(`"x"`))
	require.Equal(t, "run.not_found", fault.From(err).Code)
	_, err = w.StartRun(t.Context(), ann, app.StartInput{ProcedureID: "p"})
	require.ErrorIs(t, err, errBoom)
}

func TestAStaleRevisionIsRefusedUnlessNothingWouldChange(t *testing.T) {
	w := newWorld(t)
	id := w.started()
	stale, current, whatever := ann, ann, ann
	stale.IfMatch = &app.Condition{Revisions: []int64{7}}
	current.IfMatch = &app.Condition{Revisions: []int64{9, 1}}
	whatever.IfMatch = &app.Condition{Any: true}
	_, err := w.Execute(t.Context(), stale, id, commit(`"x"`))
	require.True(t, fault.Is(err, fault.Stale))
	_, err = w.Execute(t.Context(), stale, id, commit(`1`))
	require.True(t, fault.Is(err, fault.Stale), "stale comes before what else is wrong")
	require.Len(t, w.actions(id), 2, "and is no refusal to record")
	_, err = w.Execute(t.Context(), current, id, commit(`"x"`))
	require.NoError(t, err)
	_, err = w.Execute(t.Context(), stale, id, commit(`"x"`))
	require.NoError(t, err, "it changes nothing")
	_, err = w.Execute(t.Context(), whatever, id, run.Fail{Reason: "x"})
	require.NoError(t, err)
}

func TestWhatIsRecordedOfARefusalIsBounded(t *testing.T) {
	w := newWorld(t)
	id := w.started()
	slots := map[string][]byte{"a": []byte(`"` + strings.Repeat("é", 5000) + `"`)}
	for i := range 150 {
		slots[strings.Repeat("n", 300)+string(rune('a'+i%26))+string(rune('a'+i/26))] = []byte("1")
	}
	_, err := w.Execute(t.Context(), ann, id, run.Commit{Submission: run.Submission{Step: "s", Slots: slots}})
	require.Len(t, fault.From(err).Issues, 150, "the caller gets them all")
	events, err := w.RunEvents(t.Context(), id, 2, 10)
	require.NoError(t, err)
	require.Less(t, len(events[0].Canonical), 64<<10)
	require.Contains(t, string(events[0].Payload), `"issues_omitted":50`)
}

func receipt(key string, render func(run.Run) ([]byte, error)) app.Request {
	req := ann
	if render == nil {
		render = func(run.Run) ([]byte, error) { return []byte("answer"), nil }
	}
	req.RunReceipt = &app.NewReceipt[run.Run]{
		ReceiptKey:  app.ReceiptKey{Actor: "ann", Operation: "op", Key: key},
		Fingerprint: "f",
		Render:      render,
	}
	return req
}

func TestReceiptsAreWrittenWithTheEffectAndReplayed(t *testing.T) {
	w := newWorld(t)
	id := w.started()
	req := receipt("k", nil)
	_, ok, err := w.Replay(t.Context(), req.RunReceipt.ReceiptKey, "f")
	require.NoError(t, err)
	require.False(t, ok)
	_, err = w.Execute(t.Context(), req, id, draft(`"x"`))
	require.NoError(t, err)
	kept, ok, err := w.Replay(t.Context(), req.RunReceipt.ReceiptKey, "f")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "answer", string(kept))
	_, _, err = w.Replay(t.Context(), req.RunReceipt.ReceiptKey, "other")
	require.Equal(t, "idempotency.mismatch", fault.From(err).Code)

	_, err = w.Execute(t.Context(), req, id, draft(`"y"`))
	require.ErrorIs(t, err, app.ErrRepeated, "another request with the key was first")
	_, err = w.Execute(t.Context(), req, id, draft(`"x"`))
	require.ErrorIs(t, err, app.ErrRepeated, "also where nothing would change")
	_, err = w.Execute(
		t.Context(),
		receipt("k2", func(run.Run) ([]byte, error) { return nil, errBoom }),
		id,
		draft(`"y"`),
	)
	require.ErrorIs(t, err, errBoom)
	_, err = w.Execute(
		t.Context(),
		receipt("k3", func(run.Run) ([]byte, error) { return nil, errBoom }),
		id,
		draft(`"x"`),
	)
	require.ErrorIs(t, err, errBoom)
	require.Len(t, w.actions(id), 4, "what could not be answered was not done")
}

func TestRefusalsMayBeLeftOutOfTheTrail(t *testing.T) {
	w := newWorld(t)
	id := w.started()
	w.rewire(func(*app.Ports) {}, app.WithoutRefusals())
	_, err := w.Execute(t.Context(), ann, id, commit(`1`))
	require.True(t, fault.Is(err, fault.Invalid))
	require.Equal(t, []string{"run.created", "step.opened"}, w.actions(id))
	w.rewire(func(*app.Ports) {})
	_, err = w.Execute(t.Context(), ann, id, commit(`2`))
	require.True(t, fault.Is(err, fault.Invalid))
	events, err := w.RunEvents(t.Context(), id, 2, 10)
	require.NoError(t, err)
	require.Len(t, events, 1)
	require.NotContains(t, string(events[0].Payload), "unrecorded", "what was left out on purpose was not missed")
}

// remembered is a memory that nothing keeps up to date.
type remembered map[string]app.RunRecord

func (r remembered) Recall(_ context.Context, id string) (app.RunRecord, bool) {
	rec, ok := r[id]
	return rec, ok
}

func TestAChangeOfARememberedRunReadsNothingAndAnythingElseIsDecidedOnTheRunAsItIs(t *testing.T) {
	w := newWorld(t)
	id := w.started()
	memory := remembered{}
	w.rewire(func(p *app.Ports) { p.RecentRuns = memory })
	remember := func() {
		var err error
		memory[id], err = w.ports.Runs.Load(t.Context(), id)
		require.NoError(t, err)
		w.faults.loaded = 0
	}
	remember()
	view, err := w.Execute(t.Context(), ann, id, draft(`"x"`))
	require.NoError(t, err)
	require.EqualValues(t, 2, view.Revision)
	require.Zero(t, w.faults.loaded)

	_, err = w.Execute(t.Context(), app.Request{Actor: "bob"}, id, draft(`"y"`))
	require.NoError(t, err, "the memory is old: decided again")
	require.Equal(t, 1, w.faults.loaded)

	remember()
	memory["none"] = memory[id]
	_, err = w.Execute(t.Context(), ann, id, draft(`"y"`))
	require.NoError(t, err, "it says so already")
	require.Equal(t, 1, w.faults.loaded, "which only the run itself can tell")
}

func TestARefusalOfARememberedRunIsThatOfTheRunAsItIs(t *testing.T) {
	for name, since := range map[string]time.Duration{"the other was written beside it": 0, "the other was written long before": time.Minute} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.started()
			old, err := w.ports.Runs.Load(t.Context(), id)
			require.NoError(t, err)
			_, err = w.Execute(t.Context(), app.Request{Actor: "bob"}, id, commit(`"his"`))
			require.NoError(t, err)
			w.rewire(func(p *app.Ports) { p.RecentRuns, p.Clock = remembered{id: old}, later(since) })
			_, err = w.Execute(t.Context(), ann, id, commit(`"hers"`))
			require.Equal(t, "step.already_committed", fault.From(err).Code)
			actions := w.actions(id)
			require.Equal(
				t, since > 0, actions[len(actions)-1] == string(run.ActionCommitRefused),
				"a race that was lost is not recorded",
			)
		})
	}
}

type later time.Duration

func (l later) Now() time.Time { return system.Clock{}.Now().Add(time.Duration(l)) }
