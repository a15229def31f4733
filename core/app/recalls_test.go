package app_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
)

// Where requests for a run reach several processes in turn, what each of them remembers is often out of date. Commands
// are then no longer decided and written in vain, until that changes.
func TestExecuteLoadsTheRunFirstIfRememberedOnesAreOftenOutOfDate(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	memory := &struct{ app.RecentRuns }{staleRuns{id: fx.load(t, id)}}
	fx.rewire(func(p *app.Ports) { p.RecentRuns = memory })
	n := 0
	execute := func(times int) {
		fx.faults.appends, fx.faults.loads = 0, 0
		for range times {
			n++
			_, err := fx.Execute(t.Context(), ann, id, draft(fmt.Sprintf(`"%d"`, n)))
			require.NoError(t, err)
		}
	}
	execute(8)
	require.Greater(t, fx.faults.appends, 8, "at first, the remembered run is tried")
	execute(160)
	require.LessOrEqual(t, fx.faults.appends-160, 10, "it is rarely tried again")
	require.NotZero(t, fx.faults.appends-160)

	memory.RecentRuns = storedRuns{fx.faults.Runs}
	execute(400) // until it is noticed
	execute(20)
	require.Zero(t, fx.faults.loads, "what is remembered is always current now")
}

func TestRunsAreStillRecalledWhenRequestsToTheSameProcessMeet(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	memory := staleRuns{id: fx.load(t, id)}
	fx.rewire(func(p *app.Ports) { p.RecentRuns = memory })
	n, meet := 0, false
	execute := func() {
		n++
		_, err := fx.Execute(t.Context(), ann, id, draft(fmt.Sprintf(`"%d"`, n)))
		require.NoError(t, err)
	}
	fx.faults.beforeAppend = func() error {
		if meet { // another request changes the run first
			meet = false
			execute()
			memory[id] = fx.load(t, id)
		}
		return nil
	}
	for range 20 {
		meet = true
		execute()
		memory[id] = fx.load(t, id)
	}
	fx.faults.loads = 0
	execute()
	require.Zero(t, fx.faults.loads)
}

// storedRuns is a RecentRuns that is always current.
type storedRuns struct{ app.Runs }

func (r storedRuns) Recall(ctx context.Context, id string) (app.RunRecord, bool) {
	rec, err := r.Load(ctx, id)
	return rec, err == nil
}

func (storedRuns) Forget(context.Context, string, int64) error { return nil }
