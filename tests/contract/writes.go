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

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/encoding"
	"github.com/procedo/procedo/core/verify"
)

func runsUnknown(w *world) {
	_, err := w.Runs.Load(w.ctx(), "none")
	require.Equal(w, "run.not_found", fault.From(err).Code)
	for _, id := range []string{"none", "01980000-0000-7000-8000-000000000000"} {
		_, err = w.Runs.Head(w.ctx(), id)
		require.Equal(w, "run.not_found", fault.From(err).Code)
	}
	err = w.Runs.Exclusively(w.ctx(), "none", func(app.RunRecord) (*app.RunChange, error) { panic("not reached") })
	require.True(w, fault.Is(err, fault.NotFound))
	events, err := w.Trail.Events(w.ctx(), audit.Run("none"), 0, 10)
	require.NoError(w, err)
	require.Empty(w, events)
}

// change decides a command on the stored run without writing the result.
func (w *world) change(id string, c run.Command) app.RunChange {
	w.Helper()
	rec := w.load(id)
	change, err := decideOn(rec, c, w.Now())
	require.NoError(w, err)
	return *change
}

func decideOn(rec app.RunRecord, c run.Command, at time.Time) (*app.RunChange, error) {
	d, err := run.Decide(rec.Run, c, run.Stamp{Actor: "ann", At: at})
	if err != nil {
		return nil, err
	}
	after, err := run.Fold(rec.Run, d.Events)
	if err != nil {
		return nil, err
	}
	change := &app.RunChange{Before: rec.Run, After: after}
	head := rec.Head
	for _, e := range d.Events {
		payload, err := encoding.Marshal(after.Version, e.Fact)
		if err != nil {
			return nil, err
		}
		sealed, err := audit.Seal(audit.Run(after.ID), head, audit.Entry{
			Action: string(e.Fact.Action()), Actor: e.Actor, OccurredAt: e.At, Payload: payload,
		})
		if err != nil {
			return nil, err
		}
		change.Events, head = append(change.Events, sealed), sealed.Head()
	}
	return change, nil
}

func runConflicts(w *world) {
	w.save(plain("p", oneStep))
	id := w.start("p").ID
	first := w.change(id, run.Draft{Submission: say("s", "a", `"first"`)})
	second := w.change(id, run.Draft{Submission: say("s", "a", `"second"`)})
	require.NoError(w, w.Runs.Append(w.ctx(), first))
	require.ErrorIs(w, w.Runs.Append(w.ctx(), second), app.ErrMoved)
	require.ErrorIs(w, w.Runs.Append(w.ctx(), first), app.ErrMoved)
	require.Empty(w, projection.Differences(first.After, w.load(id).Run))
	again := first
	again.Before = run.Run{}
	require.ErrorIs(w, w.Runs.Append(w.ctx(), again), app.ErrMoved, "a run is created once")
}

func runChangesAreAtomic(w *world) {
	w.save(plain("p", oneStep))
	id := w.start("p").ID
	before := w.load(id)
	c := w.change(id, run.Commit{Submission: tick(say("s", "a", `"x"`), "i", true)})
	c.Receipt = receipt("k", w.Now())
	c.Events[len(c.Events)-1].Seq = 1 // this event exists: the change fails after other rows were written
	require.Error(w, w.Runs.Append(w.ctx(), c))
	after := w.load(id)
	require.Empty(w, projection.Differences(before.Run, after.Run))
	require.Equal(w, before.Head, after.Head)
	require.Len(w, w.trail(audit.RunEntity, id), int(before.Head.Seq))
	_, found, err := w.Receipts.Find(w.ctx(), c.Receipt.ReceiptKey, c.Receipt.CreatedAt)
	require.NoError(w, err)
	require.False(w, found)
}

const writers = 64

func concurrentWriters(w *world) {
	w.save(plain("p", oneStep))
	id := w.start("p").ID
	for round := range 3 {
		seq := w.load(id).Head.Seq
		changes := make([]app.RunChange, writers)
		for i := range changes {
			changes[i] = w.change(id, run.Draft{Submission: say("s", "a", fmt.Sprintf(`"%d-%d"`, round, i))})
		}
		var won atomic.Int64
		w.together(func(i int) {
			switch err := w.Runs.Append(w.ctx(), changes[i]); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, app.ErrMoved):
				w.Errorf("writer %d: %v", i, err)
			}
		})
		require.EqualValues(w, 1, won.Load(), "exactly one is accepted")
		require.Greater(w, w.load(id).Head.Seq, seq)
	}
	revision := w.load(id).Run.Revision
	w.together(func(i int) {
		if _, err := w.execute(id, run.Draft{Submission: say("s", "n", fmt.Sprint(i, ".5"))}); err != nil {
			w.Errorf("writer %d: %v", i, err)
		}
	})
	require.EqualValues(w, writers, w.load(id).Run.Revision-revision, "the use case retries until it is accepted")
	_, err := w.verifier.All(w.ctx(), verify.Options{}, func(f audit.Finding) { w.Errorf("%s", f) })
	require.NoError(w, err)
}

func (w *world) together(do func(i int)) {
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() { do(i) })
	}
	wg.Wait()
}

func exclusively(w *world) {
	w.save(plain("p", oneStep))
	id := w.start("p").ID
	boom := errors.New("boom")
	for _, want := range []error{boom, nil} {
		err := w.Runs.Exclusively(w.ctx(), id, func(app.RunRecord) (*app.RunChange, error) { return nil, want })
		require.ErrorIs(w, err, want)
	}
	before := w.load(id)
	w.together(func(i int) {
		err := w.Runs.Exclusively(w.ctx(), id, func(rec app.RunRecord) (*app.RunChange, error) {
			return decideOn(rec, run.Draft{Submission: say("s", "a", fmt.Sprintf(`"%d"`, i))}, w.Now())
		})
		if err != nil {
			w.Errorf("writer %d: %v", i, err)
		}
	})
	require.EqualValues(w, writers, w.load(id).Run.Revision-before.Run.Revision, "no writer is lost")
}

func cancellation(w *world) {
	w.save(plain("p", oneStep))
	id := w.start("p").ID
	c := w.change(id, run.Draft{Submission: say("s", "a", `"x"`)})
	gone, cancel := context.WithCancel(w.ctx())
	cancel()
	require.Error(w, w.Runs.Append(gone, c))
	_, err := w.Runs.Load(gone, id)
	require.Error(w, err)
	require.Equal(w, c.Before.Seq, w.load(id).Head.Seq, "nothing was written")
	require.NoError(w, w.Runs.Append(w.ctx(), c), "the same change can still be written")
}

// otherChains checks that a change is accepted only if it follows the stored chain: neither if it follows events that
// were lost, as after a restore, nor if the last event has another hash.
func otherChains(w *world) {
	w.save(plain("p", oneStep))
	id := w.start("p").ID
	rec := w.load(id)
	draft := func(rec app.RunRecord, value string) *app.RunChange {
		c, err := decideOn(rec, run.Draft{Submission: say("s", "a", value)}, w.Now())
		require.NoError(w, err)
		return c
	}
	lost := draft(rec, `"lost"`)
	afterLost := draft(app.RunRecord{Run: lost.After, Head: lost.Head()}, `"after it"`)
	require.ErrorIs(w, w.Runs.Append(w.ctx(), *afterLost), app.ErrMoved)
	other := rec
	other.Head.Hash = strings.Repeat("ab", 32)
	require.ErrorIs(w, w.Runs.Append(w.ctx(), *draft(other, `"beside it"`)), app.ErrMoved)
	require.Equal(w, rec.Head, w.load(id).Head)
	w.must(id, run.Draft{Submission: say("s", "a", `"right"`)})

	before, err := w.Procedures.Load(w.ctx(), "p")
	require.NoError(w, err)
	believed := before.Head
	believed.Hash = strings.Repeat("ab", 32)
	event, err := audit.Seal(audit.Procedure("p"), believed, audit.Entry{
		Action: string(procedure.ActionArchived), Actor: "ann", OccurredAt: w.Now(), Payload: []byte(`{}`),
	})
	require.NoError(w, err)
	after := before
	after.Status, after.Head = procedure.Archived, event.Head()
	archive := app.ProcedureChange{Before: believed, After: after, Events: []audit.Event{event}}
	require.ErrorIs(w, w.Procedures.Append(w.ctx(), archive), app.ErrMoved)
	_, err = w.verifier.All(w.ctx(), verify.Options{}, func(f audit.Finding) { w.Errorf("%s", f) })
	require.NoError(w, err)
}
