package contract

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/encoding"
	"github.com/procedo/procedo/core/verify"
)

func unknownRunsAreNotFound(fx *fixture) {
	_, err := fx.Runs.Load(fx.ctx(), "none")
	require.Equal(fx, "run.not_found", fault.From(err).Code)
	for _, id := range []string{"none", "01980000-0000-7000-8000-000000000000"} {
		_, err = fx.Runs.Head(fx.ctx(), id)
		require.Equal(fx, "run.not_found", fault.From(err).Code)
	}
	err = fx.Runs.Exclusively(fx.ctx(), "none", func(app.RunRecord) (*app.RunChange, error) { panic("not reached") })
	require.True(fx, fault.Is(err, fault.NotFound))
	events, err := fx.Trail.Events(fx.ctx(), audit.Run("none"), 0, app.PageSize{Items: 10})
	require.NoError(fx, err)
	require.Empty(fx, events.Items)
}

// decide returns the change that a command makes to the stored run, without writing it.
func (fx *fixture) decide(id string, c run.Command) app.RunChange {
	fx.Helper()
	rec := fx.load(id)
	change, err := fx.decideOn(rec, c, fx.Now())
	require.NoError(fx, err)
	return *change
}

// decideOn is like decide for a run that may differ from the stored one.
func (fx *fixture) decideOn(rec app.RunRecord, c run.Command, at time.Time) (*app.RunChange, error) {
	d, err := run.Decide(context.Background(), rec.Run, c, run.Stamp{By: access.Unproven("ann"), At: at})
	if err != nil {
		return nil, err
	}
	return fx.change(rec, d.Events)
}

// change returns the change that events make to a run.
func (fx *fixture) change(rec app.RunRecord, events []run.Event) (*app.RunChange, error) {
	after, err := run.Fold(rec.Run, events)
	if err != nil {
		return nil, err
	}
	change := &app.RunChange{Before: rec.Run, After: after}
	head := rec.Head
	for _, e := range events {
		by := audit.NewCommitter(fx.Salt)
		payload, err := encoding.Marshal(after.Version, e.Fact, by)
		if err != nil {
			return nil, err
		}
		sealed, err := audit.Seal(audit.Run(after.ID), head, audit.Entry{
			Action: string(e.Fact.Action()), Actor: e.By.ID, OccurredAt: e.At, Payload: payload, Typed: by,
		})
		if err != nil {
			return nil, err
		}
		change.Events, head = append(change.Events, sealed), sealed.Head()
	}
	return change, nil
}

func staleRunChangesAreRefused(fx *fixture) {
	fx.save(definition("p", oneStep))
	id := fx.start("p").ID
	first := fx.decide(id, run.Draft{Submission: submission("s", "a", `"first"`)})
	second := fx.decide(id, run.Draft{Submission: submission("s", "a", `"second"`)})
	require.NoError(fx, fx.Runs.Append(fx.ctx(), first))
	require.ErrorIs(fx, fx.Runs.Append(fx.ctx(), second), app.ErrMoved)
	require.ErrorIs(fx, fx.Runs.Append(fx.ctx(), first), app.ErrMoved)
	require.Empty(fx, projection.Differences(first.After, fx.load(id).Run))
	again := first
	again.Before = run.Run{}
	require.ErrorIs(fx, fx.Runs.Append(fx.ctx(), again), app.ErrMoved, "a run is created once")
}

func runChangesAreAtomic(fx *fixture) {
	fx.save(definition("p", oneStep))
	id := fx.start("p").ID
	before := fx.load(id)
	c := fx.decide(id, run.Commit{Submission: tick(submission("s", "a", `"x"`), "i", true)})
	c.Receipt = receipt("k", fx.Now())
	// The number 1 belongs to the first event. The change therefore fails after other rows were written.
	c.Events[len(c.Events)-1].Seq = 1
	require.Error(fx, fx.Runs.Append(fx.ctx(), c))
	after := fx.load(id)
	require.Empty(fx, projection.Differences(before.Run, after.Run))
	require.Equal(fx, before.Head, after.Head)
	require.Len(fx, fx.trail(audit.RunEntity, id), int(before.Head.Seq))
	_, found, err := fx.Receipts.Find(fx.ctx(), c.Receipt.ReceiptKey, c.Receipt.CreatedAt)
	require.NoError(fx, err)
	require.False(fx, found)
}

const writers = 64

func concurrentWriters(fx *fixture) {
	fx.save(definition("p", oneStep))
	id := fx.start("p").ID
	for round := range 3 {
		seq := fx.load(id).Head.Seq
		changes := make([]app.RunChange, writers)
		for i := range changes {
			changes[i] = fx.decide(id, run.Draft{Submission: submission("s", "a", fmt.Sprintf(`"%d-%d"`, round, i))})
		}
		var won atomic.Int64
		fx.inParallel(func(i int) {
			switch err := fx.Runs.Append(fx.ctx(), changes[i]); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, app.ErrMoved):
				fx.Errorf("writer %d: %v", i, err)
			}
		})
		require.EqualValues(fx, 1, won.Load(), "accepted changes")
		require.Greater(fx, fx.load(id).Head.Seq, seq)
	}
	revision := fx.load(id).Run.Revision
	fx.inParallel(func(i int) {
		if _, err := fx.execute(id, run.Draft{Submission: submission("s", "n", fmt.Sprint(i, ".5"))}); err != nil {
			fx.Errorf("writer %d: %v", i, err)
		}
	})
	require.EqualValues(fx, writers, fx.load(id).Run.Revision-revision, "the use case retries until it is accepted")
	_, err := fx.verifier.All(fx.ctx(), verify.Options{}, func(f audit.Finding) { fx.Errorf("%s", f) })
	require.NoError(fx, err)
}

// refusalsOfParallelCommandsAreRecorded commits the same step many times in parallel. One commit is accepted. All the
// others are refused, and the trail must contain each refusal.
func refusalsOfParallelCommandsAreRecorded(fx *fixture) {
	fx.save(definition("p", oneStep))
	id := fx.start("p").ID
	var refused atomic.Int64
	fx.inParallel(func(i int) {
		switch _, err := fx.execute(id, run.Commit{Submission: submission("s", "a", fmt.Sprintf(`"%d"`, i))}); {
		case fault.Is(err, fault.Conflict):
			refused.Add(1)
		case err != nil:
			fx.Errorf("writer %d: %v", i, err)
		}
	})
	require.EqualValues(fx, writers-1, refused.Load(), "one command is accepted")
	recorded := 0
	for _, e := range fx.trail(audit.RunEntity, id) {
		if e.Action == string(run.ActionCommitRefused) {
			recorded++
		}
	}
	require.Equal(fx, writers-1, recorded)
	require.Equal(fx, recorded, fx.load(id).Run.Refusals)
	_, err := fx.verifier.All(fx.ctx(), verify.Options{}, func(f audit.Finding) { fx.Errorf("%s", f) })
	require.NoError(fx, err)
}

// inParallel calls fn concurrently, once for each number from 0 to writers-1.
func (fx *fixture) inParallel(fn func(i int)) {
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() { fn(i) })
	}
	wg.Wait()
}

func exclusivelyLocksTheRun(fx *fixture) {
	fx.save(definition("p", oneStep))
	id := fx.start("p").ID
	boom := errors.New("boom")
	for _, want := range []error{boom, nil} {
		err := fx.Runs.Exclusively(fx.ctx(), id, func(app.RunRecord) (*app.RunChange, error) { return nil, want })
		require.ErrorIs(fx, err, want)
	}
	before := fx.load(id)
	fx.inParallel(func(i int) {
		err := fx.Runs.Exclusively(fx.ctx(), id, func(rec app.RunRecord) (*app.RunChange, error) {
			return fx.decideOn(rec, run.Draft{Submission: submission("s", "a", fmt.Sprintf(`"%d"`, i))}, fx.Now())
		})
		if err != nil {
			fx.Errorf("writer %d: %v", i, err)
		}
	})
	require.EqualValues(fx, writers, fx.load(id).Run.Revision-before.Run.Revision, "every change is written")
}

func panicsLeaveNothingLocked(fx *fixture) {
	fx.save(definition("p", oneStep))
	id := fx.start("p").ID
	require.PanicsWithValue(fx, "boom", func() {
		_ = fx.Runs.Exclusively(fx.ctx(), id, func(app.RunRecord) (*app.RunChange, error) { panic("boom") })
	})
	require.NoError(fx, fx.Runs.Append(fx.ctx(), fx.decide(id, run.Draft{Submission: submission("s", "a", `"x"`)})))
}

func cancelledCallsWriteNothing(fx *fixture) {
	fx.save(definition("p", oneStep))
	id := fx.start("p").ID
	c := fx.decide(id, run.Draft{Submission: submission("s", "a", `"x"`)})
	gone, cancel := context.WithCancel(fx.ctx())
	cancel()
	require.Error(fx, fx.Runs.Append(gone, c))
	_, err := fx.Runs.Load(gone, id)
	require.Error(fx, err)
	require.Equal(fx, c.Before.Seq, fx.load(id).Head.Seq, "nothing was written")
	require.NoError(fx, fx.Runs.Append(fx.ctx(), c), "the same change can still be written")
}

// changesOfOtherChainsAreRefused checks that a change must continue the stored chain of events. A change is refused if
// the event before it is missing, for example after a restore from an older backup. It is also refused if it continues
// from the right sequence number with another hash.
func changesOfOtherChainsAreRefused(fx *fixture) {
	fx.save(definition("p", oneStep))
	id := fx.start("p").ID
	rec := fx.load(id)
	draft := func(rec app.RunRecord, value string) *app.RunChange {
		c, err := fx.decideOn(rec, run.Draft{Submission: submission("s", "a", value)}, fx.Now())
		require.NoError(fx, err)
		return c
	}
	lost := draft(rec, `"lost"`)
	afterLost := draft(app.RunRecord{Run: lost.After, Head: lost.Head()}, `"after it"`)
	require.ErrorIs(fx, fx.Runs.Append(fx.ctx(), *afterLost), app.ErrMoved)
	other := rec
	other.Head.Hash = strings.Repeat("ab", 32)
	require.ErrorIs(fx, fx.Runs.Append(fx.ctx(), *draft(other, `"beside it"`)), app.ErrMoved)
	require.Equal(fx, rec.Head, fx.load(id).Head)
	fx.mustExecute(id, run.Draft{Submission: submission("s", "a", `"right"`)})

	before, err := fx.Procedures.Load(fx.ctx(), "p")
	require.NoError(fx, err)
	believed := before.Head
	believed.Hash = strings.Repeat("ab", 32)
	event, err := audit.Seal(audit.Procedure("p"), believed, audit.Entry{
		Action: string(procedure.ActionArchived), Actor: "ann", OccurredAt: fx.Now(), Payload: []byte(`{}`),
	})
	require.NoError(fx, err)
	after := before
	after.Status, after.Head = procedure.Archived, event.Head()
	archive := app.ProcedureChange{Before: believed, After: after, Events: []audit.Event{event}}
	require.ErrorIs(fx, fx.Procedures.Append(fx.ctx(), archive), app.ErrMoved)
	_, err = fx.verifier.All(fx.ctx(), verify.Options{}, func(f audit.Finding) { fx.Errorf("%s", f) })
	require.NoError(fx, err)
}
