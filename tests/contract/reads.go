package contract

import (
	"context"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/verify"
)

func trailIsRead(fx *fixture) {
	fx.save(definition("p", oneStep))
	first := fx.start("p").ID
	fx.start("p")
	fx.mustExecute(first, run.Draft{Submission: submission("s", "a", `"x"`)})
	all := fx.trail(audit.RunEntity, first)
	require.Len(fx, all, 4)
	c := audit.Chain{Entity: audit.Run(first)}
	for _, e := range all {
		_, findings := c.Check(&e)
		require.Empty(fx, findings)
	}
	require.Equal(fx, fx.load(first).Head, c.Head())
	page, err := fx.Trail.Events(fx.ctx(), audit.Run(first), 1, app.PageSize{Items: 2})
	require.NoError(fx, err)
	require.Equal(fx, app.Page[audit.Event]{Items: all[1:3], More: true}, page)
}

// rangesAreRead checks that reading a range returns all entities between its bounds, for various bounds.
func rangesAreRead(fx *fixture) {
	fx.save(definition("p", oneStep))
	fx.save(definition("q", oneStep))
	var ids []string
	for range 5 {
		ids = append(ids, fx.start("p").ID)
	}
	values := submission("s", "a", `"x"`, "m", `["y","x"]`, "n", "1.50")
	fx.mustExecute(ids[1], run.Commit{Submission: tick(tick(values, "i", true), "j", false)})
	var ranges []audit.Range
	require.NoError(fx, fx.verifier.EachRange(fx.ctx(), func(r audit.Range) error {
		ranges = append(ranges, r)
		return nil
	}))
	require.Equal(fx, []audit.Range{{Type: audit.ProcedureEntity}, {Type: audit.RunEntity}}, ranges)
	for n := 1; n <= len(ids)+1; n++ {
		bound, err := fx.Export.Bound(fx.ctx(), audit.RunEntity, "", n)
		require.NoError(fx, err)
		require.Equal(fx, append(ids, "")[n-1], bound)
	}
	next, err := fx.Export.Bound(fx.ctx(), audit.RunEntity, ids[1], 2)
	require.NoError(fx, err)
	require.Equal(fx, ids[3], next)
	bound, err := fx.Export.Bound(fx.ctx(), audit.ProcedureEntity, "p", 1)
	require.NoError(fx, err)
	require.Equal(fx, "q", bound)
	fx.requireRange(audit.Range{Type: audit.ProcedureEntity}, "p", "q")
	fx.requireRange(audit.Range{Type: audit.ProcedureEntity, After: "p"}, "q")
	fx.requireRange(audit.Range{Type: audit.RunEntity}, ids...)
	fx.requireRange(audit.Range{Type: audit.RunEntity, Through: ids[1]}, ids[:2]...)
	fx.requireRange(audit.Range{Type: audit.RunEntity, After: ids[0], Through: ids[2]}, ids[1:3]...)
	fx.requireRange(audit.Range{Type: audit.RunEntity, After: ids[4]})
	fx.requireFeedMatchesRows()
	for range 20 { // more times than there are connections: each call must release its connection
		ctx, cancel := context.WithCancel(fx.ctx())
		err := fx.Export.EventsIn(ctx, audit.Range{Type: audit.RunEntity}, func(*audit.Event) error {
			cancel()
			return ctx.Err()
		})
		require.Error(fx, err)
		cancel()
	}
	fx.requireRange(audit.Range{Type: audit.RunEntity}, ids...)
}

// requireFeedMatchesRows checks that the feed contains every event of each entity, and that each entity's last sequence
// number in the feed is the one stored in its row.
func (fx *fixture) requireFeedMatchesRows() {
	fx.Helper()
	last := map[audit.Entity]int64{}
	entry := func(e audit.FeedEntry) error {
		of := e.Entity
		require.Equal(fx, last[of]+1, e.First)
		require.False(fx, e.Misplaced)
		last[of] = e.Seq
		return nil
	}
	require.NoError(fx, fx.storage.Verify.Rows.FeedAndRows(fx.ctx(), entry, func(of audit.Entity, seq int64) error {
		require.Equal(fx, last[of], seq, of)
		delete(last, of)
		return nil
	}))
	require.Empty(fx, last, "without a row")
}

// requireRange checks that reading a range returns exactly the entities with the given ids.
func (fx *fixture) requireRange(s audit.Range, ids ...string) {
	fx.Helper()
	var want, got []audit.Event
	for _, id := range ids {
		require.True(fx, s.Contains(id))
		want = append(want, fx.trail(s.Type, id)...)
	}
	require.NoError(fx, fx.Export.EventsIn(fx.ctx(), s, func(e *audit.Event) error {
		got = append(got, *e)
		return nil
	}))
	require.Equal(fx, want, got)
	if s.Type != audit.RunEntity {
		return
	}
	var found []string
	require.NoError(fx, fx.storage.Verify.Rows.RunsIn(fx.ctx(), s, func(r verify.StoredRun) error {
		require.NoError(fx, r.Err)
		restored, err := projection.Restore(r.Version, r.Own, r.Rows)
		require.NoError(fx, err)
		require.Equal(fx, fx.load(r.Own.ID), app.RunRecord{Run: restored, Head: r.Own.Head})
		require.Empty(fx, projection.Compare(restored, r.Own, r.Rows))
		found = append(found, r.Own.ID)
		return nil
	}))
	require.Equal(fx, append([]string{}, ids...), append([]string{}, found...))
}
