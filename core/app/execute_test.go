package app_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/verify"
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

func TestRefusalAfterALostRaceIsRecorded(t *testing.T) {
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
		t, []string{
			"run.created", "step.opened", "run.started", "step.committed", "step.opened", "step.commit_refused",
		}, fx.actions(id),
	)

	repeated, err := fx.Execute(t.Context(), ann, id, commit(`"bob's"`))
	require.NoError(t, err, "a commit of the same value succeeds")
	require.EqualValues(t, 2, repeated.Revision)
}

func TestRefusalThatCannotBeRecordedIsUnavailable(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	fx.faults.beforeAppend = func() error { return errBoom }
	_, err := fx.Execute(t.Context(), ann, id, commit(`1`))
	require.True(t, fault.Is(err, fault.Unavailable))
	require.Len(t, fx.actions(id), 2)
}

func TestEveryRefusalOfParallelCommandsIsRecorded(t *testing.T) {
	const commands = 40
	fx := newFixture(t)
	fx.rewire(func(p *app.Ports) { p.Runs = fx.faults.Runs }) // fx.faults counts calls without a lock
	id := fx.startRun()
	var refused atomic.Int64
	var all sync.WaitGroup
	for i := range commands {
		all.Go(func() {
			req := app.Request{Actor: fmt.Sprint("actor-", i)}
			_, err := fx.Execute(context.Background(), req, id, commit(fmt.Sprintf(`"%d"`, i)))
			if fault.Is(err, fault.Conflict) {
				refused.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, commands-1, refused.Load(), "one command wins")
	actors := map[string]bool{}
	events, err := fx.RunEvents(t.Context(), id, 0, 100)
	require.NoError(t, err)
	for _, e := range events {
		if e.Action == string(run.ActionCommitRefused) {
			actors[e.Actor] = true
		}
	}
	require.Len(t, actors, commands-1)
	_, err = fx.verify.All(t.Context(), verify.Options{}, func(f audit.Finding) { t.Errorf("%s", f) })
	require.NoError(t, err)
}

func TestRepeatedRefusalIsRecordedOnce(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	execute := func(req app.Request, c run.Command) {
		t.Helper()
		_, err := fx.Execute(t.Context(), req, id, c)
		require.True(t, fault.Is(err, fault.Invalid))
	}
	require.Len(t, fx.actions(id), 2)
	for name, c := range map[string]struct {
		req      app.Request
		commands []run.Command
		events   int
	}{
		"the same":       {ann, []run.Command{commit(`1`), commit(`1`), commit(`1`)}, 1},
		"other input":    {ann, []run.Command{commit(`2`), commit(`3`)}, 2},
		"other command":  {ann, []run.Command{commit(`4`), draft(`4`)}, 2},
		"not the last":   {ann, []run.Command{commit(`5`), commit(`6`), commit(`5`)}, 3},
		"input too long": {ann, []run.Command{commit(longInput), commit(longInput)}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(fx.actions(id))
			for _, command := range c.commands {
				execute(c.req, command)
			}
			require.Len(t, fx.actions(id), before+c.events)
		})
	}
	before := len(fx.actions(id))
	execute(ann, commit(`7`))
	execute(app.Request{Actor: "bob"}, commit(`7`))
	require.Len(t, fx.actions(id), before+2, "another actor")
}

// longInput is an invalid value that is too long to be recorded in full.
var longInput = `[` + strings.Repeat(`1,`, 3000) + `1]`

func TestRefusalsAfterTheFirst200AreRecordedWithoutInput(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	for i := range run.MaxFullRefusals + 2 {
		_, err := fx.Execute(t.Context(), ann, id, commit(fmt.Sprint(i)))
		require.True(t, fault.Is(err, fault.Invalid))
	}
	events, err := fx.RunEvents(t.Context(), id, 2, 500)
	require.NoError(t, err)
	require.Len(t, events, run.MaxFullRefusals+2)
	require.Contains(t, string(events[run.MaxFullRefusals-1].Open().Payload), `"input"`)
	for _, e := range events[run.MaxFullRefusals:] {
		require.NotContains(t, string(e.Open().Payload), `"input"`)
		require.NotContains(t, string(e.Open().Payload), `"issues":`)
		require.Contains(t, string(e.Open().Payload), `"issues_omitted":1`)
	}
}

func TestEventsAreNeverEarlierThanTheEventBefore(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	backwards := laterClock(-time.Hour)
	fx.rewire(func(p *app.Ports) { p.Clock = backwards })
	_, err := fx.Execute(t.Context(), ann, id, commit(`1`))
	require.Error(t, err)
	_, err = fx.Execute(t.Context(), ann, id, commit(`"x"`))
	require.NoError(t, err)
	_, err = fx.ArchiveProcedure(t.Context(), ann, "p")
	require.NoError(t, err)
	for _, entity := range []audit.Entity{audit.Run(id), audit.Procedure("p")} {
		events, err := fx.ports.Trail.Events(t.Context(), entity, 0, 100)
		require.NoError(t, err)
		for i := 1; i < len(events); i++ {
			require.False(t, events[i].OccurredAt.Before(events[i-1].OccurredAt), "%s %d", entity.ID, events[i].Seq)
		}
	}
	_, err = fx.verify.All(t.Context(), verify.Options{}, func(f audit.Finding) { t.Errorf("%s", f) })
	require.NoError(t, err)
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
	require.Len(t, fx.actions(id), 4, "both are recorded")
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
	require.Less(t, len(events[0].Canonical), 8<<10)
	recorded := strings.Count(string(events[0].Open().Payload), `"code":"validation.unexpected_slot"`)
	require.Positive(t, recorded)
	require.Contains(t, string(events[0].Open().Payload), fmt.Sprintf(`"issues_omitted":%d`, 150-recorded))
}

func TestRecordedRefusalTakesAtMost8KiB(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	req := app.Request{Actor: strings.Repeat(`"`, 255), ID: strings.Repeat(`\`, 255)}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom([]string{`"`, "\x01", "é", "a", `\`, "😀"})
		slots := map[string][]byte{}
		for range rapid.IntRange(1, 40).Draw(t, "slots") {
			name := strings.Repeat(text.Draw(t, "name"), rapid.IntRange(1, 400).Draw(t, "name length"))
			slots[name] = []byte(`["` + strings.Repeat(`\u0001`, rapid.IntRange(0, 3000).Draw(t, "length")) + `"]`)
		}
		commit := run.Commit{Submission: run.Submission{Step: "s", Slots: slots}}
		_, err := fx.Execute(context.Background(), req, id, commit)
		if !fault.Is(err, fault.Invalid) {
			t.Fatalf("%v", err)
		}
		rec, err := fx.ports.Runs.Load(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		events, err := fx.RunEvents(context.Background(), id, rec.Run.Seq-1, 1)
		if err != nil || len(events[0].Canonical) > 8<<10 {
			t.Fatalf("%d bytes, %v", len(events[0].Canonical), err)
		}
	})
}

func renderAnswer(run.Run) ([]byte, error) { return []byte("answer"), nil }

func failToRender(run.Run) ([]byte, error) { return nil, errBoom }

// requestWithKey returns a request of ann with an idempotency key.
func requestWithKey(key string, render func(run.Run) ([]byte, error)) app.Request {
	req := ann
	req.RunReceipt = &app.NewReceipt[run.Run]{
		ReceiptKey:  app.ReceiptKey{Actor: "ann", Operation: "op", Key: key},
		Fingerprint: app.NewFingerprint(nil, []byte("content")),
		Render:      render,
	}
	return req
}

func TestReceiptIsStoredWithTheChangeAndReplayed(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	req := requestWithKey("k", renderAnswer)
	_, ok, err := fx.Replay(t.Context(), req.RunReceipt.ReceiptKey, req.RunReceipt.Fingerprint)
	require.NoError(t, err)
	require.False(t, ok)
	_, err = fx.Execute(t.Context(), req, id, draft(`"x"`))
	require.NoError(t, err)
	answer, ok, err := fx.Replay(t.Context(), req.RunReceipt.ReceiptKey, req.RunReceipt.Fingerprint)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "answer", string(answer))
	_, _, err = fx.Replay(t.Context(), req.RunReceipt.ReceiptKey, app.NewFingerprint(nil, []byte("other")))
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
	require.NotContains(t, string(events[0].Open().Payload), "unrecorded", "refusals left out on purpose are not counted")
}

// staleRuns is a RecentRuns that is not updated when runs change.
type staleRuns map[string]app.RunRecord

func (r staleRuns) Recall(_ context.Context, id string) (app.RunRecord, bool) {
	rec, ok := r[id]
	return rec, ok
}

func (r staleRuns) Forget(context.Context, string, int64) error { return nil }

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
	fx := newFixture(t)
	id := fx.startRun()
	old, err := fx.ports.Runs.Load(t.Context(), id)
	require.NoError(t, err)
	_, err = fx.Execute(t.Context(), app.Request{Actor: "bob"}, id, commit(`"bob's"`))
	require.NoError(t, err)
	fx.rewire(func(p *app.Ports) { p.RecentRuns = staleRuns{id: old} })
	_, err = fx.Execute(t.Context(), ann, id, commit(`"ann's"`))
	require.Equal(t, "step.already_committed", fault.From(err).Code)
	actions := fx.actions(id)
	require.EqualValues(t, run.ActionCommitRefused, actions[len(actions)-1])
}

// laterClock is a clock that is ahead of the system's clock by the given duration.
type laterClock time.Duration

func (l laterClock) Now() time.Time { return system.Clock{}.Now().Add(time.Duration(l)) }
