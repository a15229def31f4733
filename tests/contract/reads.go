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

func trailIsRead(w *world) {
	w.save(plain("p", oneStep))
	first := w.start("p").ID
	w.start("p")
	w.must(first, run.Draft{Submission: say("s", "a", `"x"`)})
	all := w.trail(audit.RunEntity, first)
	require.Len(w, all, 4)
	c := audit.Chain{Entity: audit.Run(first)}
	for _, e := range all {
		require.Empty(w, c.Check(&e))
	}
	require.Equal(w, w.load(first).Head, c.Head())
	page, err := w.Trail.Events(w.ctx(), audit.Run(first), 1, 2)
	require.NoError(w, err)
	require.Equal(w, all[1:3], page)
}

// rangesAreRead divides storage at every run and checks that each range is read completely.
func rangesAreRead(w *world) {
	w.save(plain("p", oneStep))
	w.save(plain("q", oneStep))
	var ids []string
	for range 5 {
		ids = append(ids, w.start("p").ID)
	}
	values := say("s", "a", `"x"`, "m", `["y","x"]`, "n", "1.50")
	w.must(ids[1], run.Commit{Submission: tick(tick(values, "i", true), "j", false)})
	var ranges []audit.Range
	require.NoError(w, w.verifier.EachRange(w.ctx(), func(r audit.Range) error {
		ranges = append(ranges, r)
		return nil
	}))
	require.Equal(w, []audit.Range{{Type: audit.ProcedureEntity}, {Type: audit.RunEntity}}, ranges)
	for n := 1; n <= len(ids)+1; n++ {
		bound, err := w.Export.Bound(w.ctx(), audit.RunEntity, "", n)
		require.NoError(w, err)
		require.Equal(w, append(ids, "")[n-1], bound)
	}
	next, err := w.Export.Bound(w.ctx(), audit.RunEntity, ids[1], 2)
	require.NoError(w, err)
	require.Equal(w, ids[3], next)
	bound, err := w.Export.Bound(w.ctx(), audit.ProcedureEntity, "p", 1)
	require.NoError(w, err)
	require.Equal(w, "q", bound)
	w.requireRange(audit.Range{Type: audit.ProcedureEntity}, "p", "q")
	w.requireRange(audit.Range{Type: audit.ProcedureEntity, After: "p"}, "q")
	w.requireRange(audit.Range{Type: audit.RunEntity}, ids...)
	w.requireRange(audit.Range{Type: audit.RunEntity, Through: ids[1]}, ids[:2]...)
	w.requireRange(audit.Range{Type: audit.RunEntity, After: ids[0], Through: ids[2]}, ids[1:3]...)
	w.requireRange(audit.Range{Type: audit.RunEntity, After: ids[4]})
	w.requireFeedMatchesRows()
	for range 20 { // more often than there are connections
		ctx, cancel := context.WithCancel(w.ctx())
		err := w.Export.EventsIn(ctx, audit.Range{Type: audit.RunEntity}, func(*audit.Event) error {
			cancel()
			return ctx.Err()
		})
		require.Error(w, err)
		cancel()
	}
	w.requireRange(audit.Range{Type: audit.RunEntity}, ids...)
}

// requireFeedMatchesRows checks that the entries of the feed lead, one after another, to the seq of each row.
func (w *world) requireFeedMatchesRows() {
	w.Helper()
	named := map[audit.Entity]int64{}
	entry := func(e audit.FeedEntry) error {
		of := e.Entity
		require.Equal(w, named[of]+1, e.First)
		require.False(w, e.Misplaced)
		named[of] = e.Seq
		return nil
	}
	require.NoError(w, w.storage.Verify.Rows.FeedAndRows(w.ctx(), entry, func(of audit.Entity, seq int64) error {
		require.Equal(w, named[of], seq, of)
		delete(named, of)
		return nil
	}))
	require.Empty(w, named, "without a row")
}

// requireRange checks that a range contains exactly the entities with the given ids.
func (w *world) requireRange(s audit.Range, ids ...string) {
	w.Helper()
	var want, got []audit.Event
	for _, id := range ids {
		require.True(w, s.Contains(id))
		want = append(want, w.trail(s.Type, id)...)
	}
	require.NoError(w, w.Export.EventsIn(w.ctx(), s, func(e *audit.Event) error {
		kept := *e
		kept.Payload = e.Payload.Clone() // the event is valid only until the callback returns
		got = append(got, kept)
		return nil
	}))
	require.Equal(w, want, got)
	if s.Type != audit.RunEntity {
		return
	}
	var found []string
	require.NoError(w, w.storage.Verify.Rows.RunsIn(w.ctx(), s, func(r verify.StoredRun) error {
		require.NoError(w, r.Err)
		restored, err := projection.Restore(r.Version, r.Own, r.Rows)
		require.NoError(w, err)
		require.Equal(w, w.load(r.Own.ID), app.RunRecord{Run: restored, Head: r.Own.Head})
		require.Empty(w, projection.Compare(restored, r.Own, r.Rows))
		found = append(found, r.Own.ID)
		return nil
	}))
	require.Equal(w, append([]string{}, ids...), append([]string{}, found...))
}
