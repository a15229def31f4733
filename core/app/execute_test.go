package app_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
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

// The caller's notation is converted before anything is decided or recorded, at each attempt.
func TestExecuteReadsTheValuesOfACommandInTheNotationOfTheCaller(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	req := ann
	req.ReadCommand = func(v *procedure.Version, c run.Command) run.Command {
		read, ok := c.(run.Commit)
		require.True(t, ok)
		require.EqualValues(t, 1, v.Number)
		read.Slots = maps.Clone(read.Slots)
		for name, raw := range read.Slots {
			read.Slots[name] = bytes.ReplaceAll(raw, []byte("'"), []byte(`"`))
		}
		return read
	}
	lost := false
	fx.faults.beforeAppend = func() error {
		if lost = !lost; lost {
			return app.ErrMoved
		}
		return nil
	}
	command := commit(`'x'`)
	view, err := fx.Execute(t.Context(), req, id, command)
	require.NoError(t, err)
	require.Equal(t, "x", view.Steps[0].Slots[0].Value.Text())
	require.Equal(t, commit(`'x'`), command, "the command of the caller is unchanged")
}

func TestRefusalAfterALostRaceIsRecorded(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	fx.faults.beforeAppend = func() error {
		fx.faults.beforeAppend = nil
		_, err := apptest.As(fx.Service, "bob").Execute(context.Background(), app.Request{}, id, commit(`"bob's"`))
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
			service := apptest.As(fx.Service, fmt.Sprint("actor-", i))
			_, err := service.Execute(context.Background(), app.Request{}, id, commit(fmt.Sprintf(`"%d"`, i)))
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
	for _, e := range events.Items {
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
	_, err := apptest.As(fx.Service, "bob").Execute(t.Context(), app.Request{}, id, commit(`7`))
	require.True(t, fault.Is(err, fault.Invalid))
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
	require.Len(t, events.Items, run.MaxFullRefusals+2)
	require.Contains(t, string(events.Items[run.MaxFullRefusals-1].Open().Payload), `"input"`)
	for _, e := range events.Items[run.MaxFullRefusals:] {
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
		events, err := fx.ports.Trail.Events(t.Context(), entity, 0, app.PageSize{Items: 100})
		require.NoError(t, err)
		for i := 1; i < len(events.Items); i++ {
			before, e := events.Items[i-1], events.Items[i]
			require.False(t, e.OccurredAt.Before(before.OccurredAt), "%s %d", entity.ID, e.Seq)
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
	require.Less(t, len(events.Items[0].Canonical), 8<<10)
	recorded := strings.Count(string(events.Items[0].Open().Payload), `"code":"validation.unexpected_slot"`)
	require.Positive(t, recorded)
	require.Contains(t, string(events.Items[0].Open().Payload), fmt.Sprintf(`"issues_omitted":%d`, 150-recorded))
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
	require.Len(t, events.Items, 1)
	payload := string(events.Items[0].Open().Payload)
	require.NotContains(t, payload, "unrecorded", "refusals left out on purpose are not counted")
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

	_, err = apptest.As(fx.Service, "bob").Execute(t.Context(), app.Request{}, id, draft(`"y"`))
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
	_, err = apptest.As(fx.Service, "bob").Execute(t.Context(), app.Request{}, id, commit(`"bob's"`))
	require.NoError(t, err)
	fx.rewire(func(p *app.Ports) { p.RecentRuns = staleRuns{id: old} })
	_, err = fx.Execute(t.Context(), ann, id, commit(`"ann's"`))
	require.Equal(t, "step.already_committed", fault.From(err).Code)
	actions := fx.actions(id)
	require.EqualValues(t, run.ActionCommitRefused, actions[len(actions)-1])
}

// TestASetClockLosesNoReceipt sets the wall clock of a running service, and sends the same request again.
func TestASetClockLosesNoReceipt(t *testing.T) {
	const year = 365 * 24 * time.Hour
	for _, set := range []time.Duration{time.Hour, 30 * time.Hour, 20 * year, -time.Hour, -20 * year} {
		fx := newFixture(t)
		wall, elapsed := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC), time.Duration(0)
		clock := system.NewSteadyClockOf(func() time.Time { return wall }, func() time.Duration { return elapsed },
			slog.New(slog.DiscardHandler))
		fx.rewire(func(p *app.Ports) { p.Clock = clock })
		id := fx.startRun()
		req := withKey("k", app.Reply{Status: 200})
		_, err := fx.Execute(t.Context(), req, id, draft(`"x"`))
		require.NoError(t, err)
		exists := func() bool {
			_, ok, err := fx.Replay(t.Context(), access.Work, req.RunReceipt.ReceiptKey, req.RunReceipt.Fingerprint)
			require.NoError(t, err)
			return ok
		}
		wall = wall.Add(set)
		require.NoError(t, fx.PruneReceipts(t.Context()))
		require.True(t, exists(), "set by %s", set)
		for range 23 {
			wall, elapsed = wall.Add(time.Hour), elapsed+time.Hour
			require.NoError(t, fx.PruneReceipts(t.Context()))
		}
		require.True(t, exists(), "set by %s, 23 hours later", set)
		wall, elapsed = wall.Add(2*time.Hour), elapsed+2*time.Hour
		require.NoError(t, fx.PruneReceipts(t.Context()))
		require.False(t, exists(), "set by %s, 25 hours later", set)
	}
}

// laterClock is a clock that is ahead of the system's clock by the given duration.
type laterClock time.Duration

func (l laterClock) Now() time.Time { return system.Clock{}.Now().Add(time.Duration(l)) }
