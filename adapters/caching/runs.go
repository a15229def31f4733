package caching

import (
	"context"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

// Runs keeps runs: app.Runs and app.RecentRuns.
type Runs struct {
	app.Runs
	kept *checked[app.RunRecord]
}

// Load returns the run as it is, from the cache where its head is the present one.
func (r Runs) Load(ctx context.Context, id string) (app.RunRecord, error) {
	return r.kept.read(ctx, id, source[app.RunRecord]{
		head: func(ctx context.Context) (audit.Head, error) { return r.Head(ctx, id) },
		load: func(ctx context.Context) (app.RunRecord, error) { return r.Runs.Load(ctx, id) },
	})
}

// Recall returns the run as it was last seen by any replica.
func (r Runs) Recall(ctx context.Context, id string) (app.RunRecord, bool) {
	rec, found, err := r.kept.get(ctx, id)
	if found {
		r.kept.count.read(hit)
	} else {
		r.kept.count.read(missed(err))
	}
	return rec, found
}

// Append writes a change and keeps what it made of the run.
func (r Runs) Append(ctx context.Context, c app.RunChange) error {
	err := r.Runs.Append(ctx, c)
	if err == nil {
		r.keep(ctx, c)
	}
	return err
}

// Exclusively keeps what the change made of the run once it is written.
func (r Runs) Exclusively(ctx context.Context, id string, decide func(app.RunRecord) (*app.RunChange, error)) error {
	var change *app.RunChange
	err := r.Runs.Exclusively(ctx, id, func(rec app.RunRecord) (_ *app.RunChange, err error) {
		change, err = decide(rec)
		return change, err
	})
	if err == nil && change != nil {
		r.keep(ctx, *change)
	}
	return err
}

// keep outlives the request: the change is written, and others will read it.
func (r Runs) keep(ctx context.Context, c app.RunChange) {
	r.kept.put(context.WithoutCancel(ctx), c.After.ID, app.RunRecord{Run: c.After, Head: c.Head()})
}
