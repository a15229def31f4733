package contract

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
	"github.com/procedo/procedo/core/verify"
)

func runsAreListed(w *world) {
	w.save(plain("p", oneStep))
	w.save(plain("q", oneStep))
	var ids []string
	for _, s := range []app.StartInput{{ProcedureID: "p", Reference: "r1"}, {ProcedureID: "p", UserID: "bob"}, {ProcedureID: "q", Reference: "r1"}} {
		view, err := w.service.StartRun(w.ctx(), request, s)
		require.NoError(w, err)
		ids = append(ids, view.ID)
	}
	w.must(ids[1], run.Fail{Reason: "enough"})
	list := func(f app.RunFilter) string {
		if f.Limit == 0 {
			f.Limit = 10
		}
		runs, err := w.RunList.ListRuns(w.ctx(), f)
		require.NoError(w, err)
		found := []string{}
		for _, r := range runs {
			found = append(found, r.ID[len(r.ID)-1:])
		}
		return strings.Join(found, "")
	}
	created := w.load(ids[1]).Run.CreatedAt
	for want, f := range map[string]app.RunFilter{
		"321": {}, "21": {ProcedureID: "p"}, "2": {State: run.Failed}, "31": {Reference: "r1"}, "1": {Reference: "r1", ProcedureID: "p"},
		"": {State: run.Completed}, "3": {CreatedAfter: created}, "32": {Limit: 2},
	} {
		require.Equal(w, want, list(f), "%+v", f)
	}
	require.Equal(w, "2", list(app.RunFilter{UserID: "bob"}))
	require.Equal(w, "1", list(app.RunFilter{CreatedBefore: created}))
	w.start("p")
	require.Equal(w, "1", list(app.RunFilter{After: ids[1], Limit: 2}), "stable under inserts")

	runs, err := w.RunList.ListRuns(w.ctx(), app.RunFilter{State: run.Failed, Limit: 1})
	require.NoError(w, err)
	require.Equal(w, "enough", runs[0].Failure.Reason)
	require.Empty(w, runs[0].CurrentStep)
	require.False(w, runs[0].ClosedAt.IsZero())
}

// runsAreListedByCreation starts runs whose ids count up while the clock runs back, and two at the same instant.
func runsAreListedByCreation(w *world) {
	w.save(plain("p", oneStep))
	p := w.Ports
	clock := &fixedClock{}
	p.Clock, p.Random = clock, w
	service := app.New(p)
	var ids []string
	for _, after := range []time.Duration{3, 1, 2, 2, 0} {
		clock.now = runtest.Epoch.Add(after * time.Hour)
		view, err := service.StartRun(w.ctx(), request, app.StartInput{ProcedureID: "p", UserID: "bob", Reference: "r"})
		require.NoError(w, err)
		ids = append(ids, view.ID)
	}
	want := []string{ids[0], ids[3], ids[2], ids[1], ids[4]}
	for name, f := range map[string]app.RunFilter{
		"no filter": {}, "procedure": {ProcedureID: "p"}, "state": {State: run.Pending}, "user": {UserID: "bob"},
		"reference": {Reference: "r"}, "all": {ProcedureID: "p", State: run.Pending, UserID: "bob", Reference: "r"},
	} {
		for _, f.Limit = range []int{1, 2, 10} {
			var got []string
			for f.After = ""; ; {
				page, err := w.RunList.ListRuns(w.ctx(), f)
				require.NoError(w, err)
				for _, r := range page {
					got = append(got, r.ID)
					f.After = r.ID
				}
				if len(page) < f.Limit {
					break
				}
			}
			require.Equal(w, want, got, "%s, %d a page", name, f.Limit)
		}
	}
	for _, unknown := range []string{"none", "01980000-0000-7000-8000-ffffffffffff"} {
		page, err := w.RunList.ListRuns(w.ctx(), app.RunFilter{After: unknown, Limit: 10})
		require.NoError(w, err)
		require.Empty(w, page)
	}
}

// fixedClock is a clock that the test sets.
type fixedClock struct{ now time.Time }

func (c *fixedClock) Now() time.Time { return c.now }

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

// rangesAreRead cuts storage in every way and finds all of it each time.
func rangesAreRead(w *world) {
	w.save(plain("p", oneStep))
	w.save(plain("q", oneStep))
	var ids []string
	for range 5 {
		ids = append(ids, w.start("p").ID)
	}
	w.must(ids[1], run.Commit{Submission: tick(tick(say("s", "a", `"x"`, "m", `["y","x"]`, "n", "1.50"), "i", true), "j", false)})
	var ranges []audit.Range
	require.NoError(w, w.verifier.EachRange(w.ctx(), func(s audit.Range) error { ranges = append(ranges, s); return nil }))
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
	w.reads(audit.Range{Type: audit.ProcedureEntity}, "p", "q")
	w.reads(audit.Range{Type: audit.ProcedureEntity, After: "p"}, "q")
	w.reads(audit.Range{Type: audit.RunEntity}, ids...)
	w.reads(audit.Range{Type: audit.RunEntity, Through: ids[1]}, ids[:2]...)
	w.reads(audit.Range{Type: audit.RunEntity, After: ids[0], Through: ids[2]}, ids[1:3]...)
	w.reads(audit.Range{Type: audit.RunEntity, After: ids[4]})
	w.committed()
	for range 20 { // more often than there are connections
		ctx, cancel := context.WithCancel(w.ctx())
		err := w.Export.EventsIn(ctx, audit.Range{Type: audit.RunEntity}, func(*audit.Event) error { cancel(); return ctx.Err() })
		require.Error(w, err)
		cancel()
	}
	w.reads(audit.Range{Type: audit.RunEntity}, ids...)
}

// committed finds that the feed goes up to each row, entry by entry.
func (w *world) committed() {
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

// reads finds exactly the entities with the given ids.
func (w *world) reads(s audit.Range, ids ...string) {
	w.Helper()
	var want, got []audit.Event
	for _, id := range ids {
		require.True(w, s.Contains(id))
		want = append(want, w.trail(s.Type, id)...)
	}
	require.NoError(w, w.Export.EventsIn(w.ctx(), s, func(e *audit.Event) error {
		kept := *e
		kept.Payload = e.Payload.Clone() // the event is ours only now
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

// eventsAreListed reads every page of every filter and compares with the trails themselves.
func eventsAreListed(w *world) {
	w.save(plain("p", oneStep))
	w.save(plain("q", oneStep))
	first, second := w.start("p").ID, w.start("q").ID
	w.must(first, run.Draft{Submission: say("s", "a", `"x"`)})
	_, err := w.service.ArchiveProcedure(w.ctx(), app.Request{Actor: "bob"}, "q")
	require.NoError(w, err)
	w.must(second, run.Fail{Reason: "enough"})
	var all []audit.Event
	for _, e := range []audit.Entity{{Type: "procedure", ID: "p"}, {Type: "procedure", ID: "q"}, {Type: "run", ID: first}, {Type: "run", ID: second}} {
		all = append(all, w.trail(e.Type, e.ID)...)
	}
	slices.SortFunc(all, func(a, b audit.Event) int {
		return -cmp.Or(a.OccurredAt.Compare(b.OccurredAt), a.Entity.Compare(b.Entity), cmp.Compare(a.Seq, b.Seq))
	})
	middle := all[len(all)/2].OccurredAt
	for name, c := range map[string]struct {
		filter app.EventFilter
		want   func(audit.Event) bool
	}{
		"all":             {app.EventFilter{}, func(audit.Event) bool { return true }},
		"of runs":         {app.EventFilter{Entity: audit.Entity{Type: "run"}}, func(e audit.Event) bool { return e.Entity.Type == "run" }},
		"of procedures":   {app.EventFilter{Entity: audit.Entity{Type: "procedure"}}, func(e audit.Event) bool { return e.Entity.Type == "procedure" }},
		"of one":          {app.EventFilter{Entity: audit.Entity{Type: "run", ID: first}}, func(e audit.Event) bool { return e.Entity.ID == first }},
		"by id alone":     {app.EventFilter{Entity: audit.Entity{ID: "q"}}, func(e audit.Event) bool { return e.Entity.ID == "q" }},
		"by actor":        {app.EventFilter{Actor: "bob"}, func(e audit.Event) bool { return e.Actor == "bob" }},
		"by action":       {app.EventFilter{Action: "step.opened"}, func(e audit.Event) bool { return e.Action == "step.opened" }},
		"since":           {app.EventFilter{Since: middle}, func(e audit.Event) bool { return !e.OccurredAt.Before(middle) }},
		"until":           {app.EventFilter{Until: middle}, func(e audit.Event) bool { return e.OccurredAt.Before(middle) }},
		"by all":          {app.EventFilter{Entity: audit.Entity{Type: "run", ID: second}, Actor: "ann", Action: "run.failed", Since: middle}, func(e audit.Event) bool { return e.Action == "run.failed" }},
		"none":            {app.EventFilter{Actor: "eve"}, func(audit.Event) bool { return false }},
		"of another type": {app.EventFilter{Entity: audit.Entity{Type: "procedure", ID: first}}, func(audit.Event) bool { return false }},
	} {
		want := slices.DeleteFunc(slices.Clone(all), func(e audit.Event) bool { return !c.want(e) })
		for _, c.filter.Limit = range []int{1, 2, 100} {
			got, f := []audit.Event{}, c.filter
			for {
				page, err := w.service.AuditEvents(w.ctx(), f)
				require.NoError(w, err)
				if got = append(got, page...); len(page) < f.Limit {
					break
				}
				f.After = app.PlaceOf(page[len(page)-1])
			}
			require.Equal(w, want, got, "%s, by %d", name, f.Limit)
		}
	}
	page, err := w.service.AuditEvents(w.ctx(), app.EventFilter{Limit: 3})
	require.NoError(w, err)
	w.start("p")
	next, err := w.service.AuditEvents(w.ctx(), app.EventFilter{Limit: 3, After: app.PlaceOf(page[2])})
	require.NoError(w, err)
	require.Equal(w, all[3:6], next, "stable under inserts")
}

func receipt(key string, at time.Time) *app.Receipt {
	return &app.Receipt{ReceiptKey: app.ReceiptKey{Actor: "ann", Operation: "op", Key: key}, Fingerprint: "f", Answer: []byte("answer\x00\xff"), CreatedAt: at}
}

func receiptsAreKept(w *world) {
	w.save(plain("p", oneStep))
	id := w.start("p").ID
	r := receipt("k", w.Now())
	c := w.change(id, run.Draft{Submission: say("s", "a", `"x"`)})
	c.Receipt = r
	require.NoError(w, w.Runs.Append(w.ctx(), c))
	found, ok, err := w.Receipts.Find(w.ctx(), r.ReceiptKey, runtest.Epoch)
	require.NoError(w, err)
	require.True(w, ok)
	require.Equal(w, r.Answer, found.Answer)
	require.Equal(w, r.Fingerprint, found.Fingerprint)
	require.True(w, r.CreatedAt.Equal(found.CreatedAt))

	other := w.change(id, run.Draft{Submission: say("s", "a", `"y"`)})
	other.Receipt = r
	require.ErrorIs(w, w.Runs.Append(w.ctx(), other), app.ErrReceiptTaken)
	require.Equal(w, other.Before.Seq, w.load(id).Head.Seq, "and nothing else was written")
	require.ErrorIs(w, w.Receipts.Save(w.ctx(), *r), app.ErrReceiptTaken)
	for _, key := range []app.ReceiptKey{{Actor: "bob", Operation: "op", Key: "k"}, {Actor: "ann", Operation: "po", Key: "k"}, {Actor: "ann", Operation: "op", Key: "K"}} {
		_, ok, err := w.Receipts.Find(w.ctx(), key, runtest.Epoch)
		require.NoError(w, err)
		require.False(w, ok, "a key belongs to an actor and an operation")
	}

	_, ok, err = w.Receipts.Find(w.ctx(), r.ReceiptKey, r.CreatedAt.Add(time.Microsecond))
	require.NoError(w, err)
	require.False(w, ok, "it has expired")
	late := receipt("k", r.CreatedAt.Add(app.ReceiptLife+time.Microsecond))
	late.Answer = []byte("later")
	require.NoError(w, w.Receipts.Save(w.ctx(), *late), "an expired one gives way")
	found, _, err = w.Receipts.Find(w.ctx(), r.ReceiptKey, runtest.Epoch)
	require.NoError(w, err)
	require.Equal(w, "later", string(found.Answer))
	require.NoError(w, w.Receipts.Prune(w.ctx(), late.CreatedAt))
	_, ok, err = w.Receipts.Find(w.ctx(), r.ReceiptKey, runtest.Epoch)
	require.NoError(w, err)
	require.True(w, ok)
	require.NoError(w, w.Receipts.Prune(w.ctx(), late.CreatedAt.Add(time.Microsecond)))
	_, ok, err = w.Receipts.Find(w.ctx(), r.ReceiptKey, runtest.Epoch)
	require.NoError(w, err)
	require.False(w, ok)
}
