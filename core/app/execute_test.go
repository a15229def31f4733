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

func TestExecuteDecidesAgainAfterConflictsAndFinallyTakesALock(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	fx.faults.beforeAppend = func() error { return app.ErrMoved }
	fx.faults.appends = 0
	view, err := fx.Execute(t.Context(), ann, id, draft(`"x"`))
	require.NoError(t, err)
	require.Equal(t, 4, fx.faults.appends)
	require.Equal(t, 1, fx.faults.exclusives)
	require.EqualValues(t, 2, view.Revision)
	require.Equal(t, []string{"run.created", "step.opened", "run.started", "step.draft_saved"}, fx.actions(id))
}

func TestRefusalAfterALostRaceIsNotRecorded(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	fx.faults.beforeAppend = func() error {
		fx.faults.beforeAppend = nil
		_, err := fx.Execute(context.Background(), app.Request{Actor: "bob"}, id, commit(`"bob's"`))
		require.NoError(t, err)
		return app.ErrMoved
	}
	_, err := fx.Execute(t.Context(), ann, id, commit(`"ann's"`))
	require.Equal(t, "step.already_committed", fault.From(err).Code)
	require.EqualValues(t, "in_progress", fault.From(err).Params["state"], "the current state")
	require.Equal(
		t, []string{"run.created", "step.opened", "run.started", "step.committed", "step.opened"}, fx.actions(id),
	)

	repeated, err := fx.Execute(t.Context(), ann, id, commit(`"bob's"`))
	require.NoError(t, err, "a commit of the same value succeeds")
	require.EqualValues(t, 2, repeated.Revision)
}

func TestRefusalThatCannotBeRecordedIsCountedInTheNextOne(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	failures := 0
	fx.faults.beforeAppend = func() error { failures++; return errBoom }
	_, err := fx.Execute(t.Context(), ann, id, commit(`1`))
	require.True(t, fault.Is(err, fault.Invalid), "the caller gets the refusal anyway")
	require.Equal(t, 2, failures, "one attempt and one retry")
	require.Len(t, fx.actions(id), 2)

	fx.faults.beforeAppend = func() error { fx.faults.beforeAppend = nil; return app.ErrMoved }
	_, err = fx.Execute(t.Context(), ann, id, commit(`2`))
	require.Error(t, err)
	events, err := fx.RunEvents(t.Context(), id, 2, 10)
	require.NoError(t, err)
	require.Len(t, events, 1)
	require.EqualValues(t, run.ActionCommitRefused, events[0].Action)
	require.Contains(t, string(events[0].Payload), `"unrecorded":1`)
	_, err = fx.Execute(t.Context(), ann, id, commit(`3`))
	require.Error(t, err)
	events, err = fx.RunEvents(t.Context(), id, 3, 10)
	require.NoError(t, err)
	require.NotContains(t, string(events[0].Payload), "unrecorded")
}

func TestStorageErrorsAreReturnedAndNotRecorded(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	fx.faults.beforeAppend = func() error { return errBoom }
	_, err := fx.Execute(t.Context(), ann, id, draft(`"x"`))
	require.ErrorIs(t, err, errBoom)
	require.Len(t, fx.actions(id), 2)
	_, err = fx.Execute(t.Context(), ann, "none", draft(`"x"`))
	require.Equal(t, "run.not_found", fault.From(err).Code)
	_, err = fx.StartRun(t.Context(), ann, app.StartInput{ProcedureID: "p"})
	require.ErrorIs(t, err, errBoom)
}

func TestStaleConditionIsAnErrorUnlessNothingWouldChange(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	stale, current, anyRevision := ann, ann, ann
	stale.IfMatch = &app.Condition{Revisions: []int64{7}}
	current.IfMatch = &app.Condition{Revisions: []int64{9, 1}}
	anyRevision.IfMatch = &app.Condition{Any: true}
	_, err := fx.Execute(t.Context(), stale, id, commit(`"x"`))
	require.True(t, fault.Is(err, fault.Stale))
	_, err = fx.Execute(t.Context(), stale, id, commit(`1`))
	require.True(t, fault.Is(err, fault.Stale), "a stale condition is reported before invalid data")
	require.Len(t, fx.actions(id), 2, "it is not recorded")
	_, err = fx.Execute(t.Context(), current, id, commit(`"x"`))
	require.NoError(t, err)
	_, err = fx.Execute(t.Context(), stale, id, commit(`"x"`))
	require.NoError(t, err, "the repeated commit changes nothing")
	_, err = fx.Execute(t.Context(), anyRevision, id, run.Fail{Reason: "x"})
	require.NoError(t, err)
}

func TestRecordedRefusalIsLimitedInSize(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	slots := map[string][]byte{"a": []byte(`"` + strings.Repeat("é", 5000) + `"`)}
	for i := range 150 {
		slots[strings.Repeat("n", 300)+string(rune('a'+i%26))+string(rune('a'+i/26))] = []byte("1")
	}
	_, err := fx.Execute(t.Context(), ann, id, run.Commit{Submission: run.Submission{Step: "s", Slots: slots}})
	require.Len(t, fault.From(err).Issues, 150, "the caller gets all issues")
	events, err := fx.RunEvents(t.Context(), id, 2, 10)
	require.NoError(t, err)
	require.Less(t, len(events[0].Canonical), 64<<10)
	require.Contains(t, string(events[0].Payload), `"issues_omitted":50`)
}

func renderAnswer(run.Run) ([]byte, error) { return []byte("answer"), nil }

func failToRender(run.Run) ([]byte, error) { return nil, errBoom }

// requestWithKey returns a request of ann with an idempotency key.
func requestWithKey(key string, render func(run.Run) ([]byte, error)) app.Request {
	req := ann
	req.RunReceipt = &app.NewReceipt[run.Run]{
		ReceiptKey:  app.ReceiptKey{Actor: "ann", Operation: "op", Key: key},
		Fingerprint: "f",
		Render:      render,
	}
	return req
}

func TestReceiptIsStoredWithTheChangeAndReplayed(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	req := requestWithKey("k", renderAnswer)
	_, ok, err := fx.Replay(t.Context(), req.RunReceipt.ReceiptKey, "f")
	require.NoError(t, err)
	require.False(t, ok)
	_, err = fx.Execute(t.Context(), req, id, draft(`"x"`))
	require.NoError(t, err)
	answer, ok, err := fx.Replay(t.Context(), req.RunReceipt.ReceiptKey, "f")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "answer", string(answer))
	_, _, err = fx.Replay(t.Context(), req.RunReceipt.ReceiptKey, "other")
	require.Equal(t, "idempotency.mismatch", fault.From(err).Code)

	_, err = fx.Execute(t.Context(), req, id, draft(`"y"`))
	require.ErrorIs(t, err, app.ErrRepeated, "a request with this key has finished")
	_, err = fx.Execute(t.Context(), req, id, draft(`"x"`))
	require.ErrorIs(t, err, app.ErrRepeated, "even if nothing would change")
}

func TestNothingChangesIfTheAnswerCannotBeRendered(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	_, err := fx.Execute(t.Context(), ann, id, draft(`"x"`))
	require.NoError(t, err)
	_, err = fx.Execute(t.Context(), requestWithKey("k2", failToRender), id, draft(`"y"`))
	require.ErrorIs(t, err, errBoom)
	_, err = fx.Execute(t.Context(), requestWithKey("k3", failToRender), id, draft(`"x"`))
	require.ErrorIs(t, err, errBoom)
	require.Len(t, fx.actions(id), 4)
}

func TestWithoutRefusalsLeavesRefusalsOutOfTheTrail(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	fx.rewire(func(*app.Ports) {}, app.WithoutRefusals())
	_, err := fx.Execute(t.Context(), ann, id, commit(`1`))
	require.True(t, fault.Is(err, fault.Invalid))
	require.Equal(t, []string{"run.created", "step.opened"}, fx.actions(id))
	fx.rewire(func(*app.Ports) {})
	_, err = fx.Execute(t.Context(), ann, id, commit(`2`))
	require.True(t, fault.Is(err, fault.Invalid))
	events, err := fx.RunEvents(t.Context(), id, 2, 10)
	require.NoError(t, err)
	require.Len(t, events, 1)
	require.NotContains(t, string(events[0].Payload), "unrecorded", "refusals left out on purpose are not counted")
}

// staleRuns is a RecentRuns that is not updated when runs change.
type staleRuns map[string]app.RunRecord

func (r staleRuns) Recall(_ context.Context, id string) (app.RunRecord, bool) {
	rec, ok := r[id]
	return rec, ok
}

func TestExecuteLoadsTheRunOnlyIfTheRememberedOneDoesNotSuffice(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	memory := staleRuns{}
	fx.rewire(func(p *app.Ports) { p.RecentRuns = memory })
	remember := func() {
		var err error
		memory[id], err = fx.ports.Runs.Load(t.Context(), id)
		require.NoError(t, err)
		fx.faults.loads = 0
	}
	remember()
	view, err := fx.Execute(t.Context(), ann, id, draft(`"x"`))
	require.NoError(t, err)
	require.EqualValues(t, 2, view.Revision)
	require.Zero(t, fx.faults.loads)

	_, err = fx.Execute(t.Context(), app.Request{Actor: "bob"}, id, draft(`"y"`))
	require.NoError(t, err)
	require.Equal(t, 1, fx.faults.loads, "the remembered run is out of date")

	remember()
	memory["none"] = memory[id]
	_, err = fx.Execute(t.Context(), ann, id, draft(`"y"`))
	require.NoError(t, err)
	require.Equal(t, 1, fx.faults.loads, "only the stored run shows whether a command changes nothing")
}

func TestExecuteDecidesRefusalsOnTheStoredRun(t *testing.T) {
	for name, since := range map[string]time.Duration{
		"after a concurrent change":      0,
		"long after the run has changed": time.Minute,
	} {
		t.Run(name, func(t *testing.T) {
			fx := newFixture(t)
			id := fx.startRun()
			old, err := fx.ports.Runs.Load(t.Context(), id)
			require.NoError(t, err)
			_, err = fx.Execute(t.Context(), app.Request{Actor: "bob"}, id, commit(`"bob's"`))
			require.NoError(t, err)
			fx.rewire(func(p *app.Ports) { p.RecentRuns, p.Clock = staleRuns{id: old}, laterClock(since) })
			_, err = fx.Execute(t.Context(), ann, id, commit(`"ann's"`))
			require.Equal(t, "step.already_committed", fault.From(err).Code)
			actions := fx.actions(id)
			require.Equal(
				t, since > 0, actions[len(actions)-1] == string(run.ActionCommitRefused),
				"a lost race is not recorded",
			)
		})
	}
}

// laterClock is a clock that is ahead of the system's clock by the given duration.
type laterClock time.Duration

func (l laterClock) Now() time.Time { return system.Clock{}.Now().Add(time.Duration(l)) }
