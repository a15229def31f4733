package contract

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
)

func runsAreListed(w *world) {
	w.save(plain("p", oneStep))
	w.save(plain("q", oneStep))
	var ids []string
	for _, s := range []app.StartInput{
		{ProcedureID: "p", Reference: "r1"}, {ProcedureID: "p", UserID: "bob"}, {ProcedureID: "q", Reference: "r1"},
	} {
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
		"321": {}, "21": {ProcedureID: "p"}, "2": {State: run.Failed}, "31": {Reference: "r1"},
		"1": {Reference: "r1", ProcedureID: "p"}, "": {State: run.Completed}, "3": {CreatedAfter: created},
		"32": {Limit: 2},
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
	for _, hour := range []int{3, 1, 2, 2, 0} {
		clock.now = runtest.Epoch.Add(time.Duration(hour) * time.Hour)
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
	for _, e := range []audit.Entity{audit.Procedure("p"), audit.Procedure("q"), audit.Run(first), audit.Run(second)} {
		all = append(all, w.trail(e.Type, e.ID)...)
	}
	slices.SortFunc(all, func(a, b audit.Event) int {
		return -cmp.Or(a.OccurredAt.Compare(b.OccurredAt), a.Entity.Compare(b.Entity), cmp.Compare(a.Seq, b.Seq))
	})
	middle := all[len(all)/2].OccurredAt
	ofType := func(t string) app.EventFilter { return app.EventFilter{Entity: audit.Entity{Type: t}} }
	byAll := app.EventFilter{Entity: audit.Run(second), Actor: "ann", Action: "run.failed", Since: middle}
	for name, c := range map[string]struct {
		filter app.EventFilter
		want   func(audit.Event) bool
	}{
		"all":           {app.EventFilter{}, func(audit.Event) bool { return true }},
		"of runs":       {ofType("run"), func(e audit.Event) bool { return e.Entity.Type == "run" }},
		"of procedures": {ofType("procedure"), func(e audit.Event) bool { return e.Entity.Type == "procedure" }},
		"of one": {
			app.EventFilter{Entity: audit.Run(first)}, func(e audit.Event) bool { return e.Entity.ID == first },
		},
		"by id alone": {
			app.EventFilter{Entity: audit.Entity{ID: "q"}}, func(e audit.Event) bool { return e.Entity.ID == "q" },
		},
		"by actor": {app.EventFilter{Actor: "bob"}, func(e audit.Event) bool { return e.Actor == "bob" }},
		"by action": {
			app.EventFilter{Action: "step.opened"}, func(e audit.Event) bool { return e.Action == "step.opened" },
		},
		"since": {
			app.EventFilter{Since: middle}, func(e audit.Event) bool { return !e.OccurredAt.Before(middle) },
		},
		"until": {
			app.EventFilter{Until: middle}, func(e audit.Event) bool { return e.OccurredAt.Before(middle) },
		},
		"by all":          {byAll, func(e audit.Event) bool { return e.Action == "run.failed" }},
		"none":            {app.EventFilter{Actor: "eve"}, func(audit.Event) bool { return false }},
		"of another type": {app.EventFilter{Entity: audit.Procedure(first)}, func(audit.Event) bool { return false }},
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
