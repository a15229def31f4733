package caching

import (
	"context"
	"time"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

// Runs is an app.Runs and app.RecentRuns that caches runs.
type Runs struct {
	app.Runs
	trail   app.Trail
	cache   *checkedCache[app.RunRecord]
	answers Rendered // nil if there are none
}

// catchUpTime is how long events are waited for. Then the run is loaded: its rows may be readable when its events are
// not, because somebody has locked their table.
const catchUpTime = time.Second

// Load returns the run, from the cache if the cached one is current. If it is not, Load reads the events that it lacks,
// or the whole run if these are many.
func (r Runs) Load(ctx context.Context, id string) (app.RunRecord, error) {
	return r.cache.read(ctx, id, source[app.RunRecord]{
		head: func(ctx context.Context) (audit.Head, error) { return r.Head(ctx, id) },
		load: func(ctx context.Context) (app.RunRecord, error) { return r.Runs.Load(ctx, id) },
		advance: func(ctx context.Context, earlier app.RunRecord, head audit.Head) (app.RunRecord, bool) {
			ctx, cancel := context.WithTimeout(ctx, catchUpTime)
			defer cancel()
			return app.CatchUp(ctx, r.trail, earlier, head)
		},
	})
}

// Recall returns the cached run without comparing it with the database, so it may be out of date.
func (r Runs) Recall(ctx context.Context, id string) (app.RunRecord, bool) {
	rec, found, err := r.cache.get(ctx, id)
	if found {
		r.cache.metrics.countRead(hit)
	} else {
		r.cache.metrics.countRead(missOutcome(err))
	}
	return rec, found
}

// Forget removes the run from the cache if its seq is lower than the given one, and the rendered answers that show such
// a state. If the cache cannot be reached, the run may remain in it.
func (r Runs) Forget(ctx context.Context, id string, seq int64) error {
	if r.answers != nil {
		r.answers.evict(id, seq)
	}
	return r.cache.evict(context.WithoutCancel(ctx), id, seq)
}

// Append writes a change to the database and caches the resulting run.
func (r Runs) Append(ctx context.Context, c app.RunChange) error {
	err := r.Runs.Append(ctx, c)
	if err == nil {
		r.store(ctx, c)
	}
	return err
}

// Exclusively locks the run in the database, calls decide with it, writes the change that decide returns, and caches
// the resulting run.
func (r Runs) Exclusively(
	ctx context.Context, id string, decide func(app.RunRecord) (*app.RunChange, error),
) error {
	var change *app.RunChange
	err := r.Runs.Exclusively(ctx, id, func(rec app.RunRecord) (_ *app.RunChange, err error) {
		change, err = decide(rec)
		return change, err
	})
	if err == nil && change != nil {
		r.store(ctx, *change)
	}
	return err
}

// store caches the run that results from a written change. It ignores a cancellation of the request, because the change
// is already in the database.
func (r Runs) store(ctx context.Context, c app.RunChange) {
	r.cache.put(context.WithoutCancel(ctx), c.After.ID, app.RunRecord{Run: c.After, Head: c.Head()})
}
