package contract

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
)

// beyond are times that clients can name: in UTC, in the years 10000, 0 and 1. The last one is the zero time.
var beyond = []time.Time{
	time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -86_340)),
	time.Date(1, 1, 1, 0, 0, 0, 0, time.FixedZone("", 86_340)),
	{},
}

func runsAreListed(fx *fixture) {
	fx.save(definition("p", oneStep))
	fx.save(definition("q", oneStep))
	var ids []string
	for _, s := range []app.StartInput{
		{ProcedureID: "p", Reference: "r1"}, {ProcedureID: "p", UserID: "bob"}, {ProcedureID: "q", Reference: "r1"},
	} {
		view, err := fx.service.StartRun(fx.ctx(), request, s)
		require.NoError(fx, err)
		ids = append(ids, view.ID)
	}
	fx.mustExecute(ids[1], run.Fail{Reason: "enough"})
	list := func(f app.RunFilter) string {
		if f.Size.Items == 0 {
			f.Size.Items = 10
		}
		runs, err := fx.RunList.ListRuns(fx.ctx(), f)
		require.NoError(fx, err)
		found := []string{}
		for _, r := range runs.Items {
			found = append(found, r.ID[len(r.ID)-1:])
		}
		return strings.Join(found, "")
	}
	created := fx.load(ids[1]).Run.CreatedAt
	for want, f := range map[string]app.RunFilter{
		"321": {}, "21": {ProcedureID: "p"}, "2": {States: []run.State{run.Failed}}, "31": {Reference: "r1"},
		"1": {Reference: "r1", ProcedureID: "p"}, "": {States: []run.State{run.Completed}}, "3": {CreatedAfter: new(created)},
		"32": {Size: app.PageSize{Items: 2}},
	} {
		require.Equal(fx, want, list(f), "%+v", f)
	}
	require.Equal(fx, "2", list(app.RunFilter{UserID: "bob"}))
	require.Equal(fx, "1", list(app.RunFilter{CreatedBefore: new(created)}))
	for _, bound := range beyond {
		after, before := "321", ""
		if bound.Year() > 2000 {
			after, before = "", "321"
		}
		require.Equal(fx, after, list(app.RunFilter{CreatedAfter: new(bound)}), "after %s", bound)
		require.Equal(fx, before, list(app.RunFilter{CreatedBefore: new(bound)}), "before %s", bound)
	}
	fx.start("p")
	require.Equal(fx, "1", list(app.RunFilter{After: ids[1], Size: app.PageSize{Items: 2}}), "stable under inserts")

	runs, err := fx.RunList.ListRuns(fx.ctx(), app.RunFilter{States: []run.State{run.Failed}, Size: app.PageSize{Items: 1}})
	require.NoError(fx, err)
	require.Equal(fx, "enough", runs.Items[0].Failure.Reason)
	require.Empty(fx, runs.Items[0].CurrentStep)
	require.False(fx, runs.Items[0].ClosedAt.IsZero())
}

// runsAreListedByCreation starts runs whose creation times are not in the order of their ids. Two runs have the same
// time.
func runsAreListedByCreation(fx *fixture) {
	fx.save(definition("p", oneStep))
	p := fx.Ports
	clock := &fixedClock{}
	p.Clock, p.Random = clock, fx
	service := apptest.New(p)
	var ids []string
	for _, hour := range []int{3, 1, 2, 2, 0} {
		clock.now = runtest.Epoch.Add(time.Duration(hour) * time.Hour)
		view, err := service.StartRun(fx.ctx(), request, app.StartInput{ProcedureID: "p", UserID: "bob", Reference: "r"})
		require.NoError(fx, err)
		ids = append(ids, view.ID)
	}
	want := []string{ids[0], ids[3], ids[2], ids[1], ids[4]}
	for name, f := range map[string]app.RunFilter{
		"no filter": {}, "procedure": {ProcedureID: "p"}, "state": {States: []run.State{run.Pending}}, "user": {UserID: "bob"},
		"reference": {Reference: "r"}, "all": {ProcedureID: "p", States: []run.State{run.Pending}, UserID: "bob", Reference: "r"},
	} {
		for _, f.Size.Items = range []int{1, 2, 10} {
			var got []string
			for f.After = ""; ; {
				page, err := fx.RunList.ListRuns(fx.ctx(), f)
				require.NoError(fx, err)
				for _, r := range page.Items {
					got = append(got, r.ID)
					f.After = r.ID
				}
				if !page.More {
					break
				}
			}
			require.Equal(fx, want, got, "%s, %d a page", name, f.Size.Items)
		}
	}
	for _, unknown := range []string{"none", "01980000-0000-7000-8000-ffffffffffff"} {
		page, err := fx.RunList.ListRuns(fx.ctx(), app.RunFilter{After: unknown, Size: app.PageSize{Items: 10}})
		require.NoError(fx, err)
		require.Empty(fx, page.Items)
	}
}

// runsAreListedByStates lists runs of every state with every set of states, alone and with other filters, page by page.
func runsAreListedByStates(fx *fixture) {
	fx.save(definition("p", oneStep))
	fx.save(definition("q", oneStep))
	var all []run.Run
	for i := range 12 {
		r, err := fx.service.StartRun(fx.ctx(), request, app.StartInput{
			ProcedureID: []string{"p", "q"}[i%2], UserID: []string{"ann", "bob", "carol"}[i%3], Reference: "r",
		})
		require.NoError(fx, err)
		step := run.Submission{Step: r.CurrentKey()}
		switch i % 4 {
		case 1:
			step.Slots = map[string][]byte{"a": []byte(`"x"`)}
			r = fx.mustExecute(r.ID, run.Draft{Submission: step})
		case 2:
			r = fx.mustExecute(r.ID, run.Fail{Reason: "enough"})
		case 3:
			step.Slots = map[string][]byte{"a": []byte(`"x"`)}
			r = fx.mustExecute(r.ID, run.Commit{Submission: step})
		}
		all = append(all, r)
	}
	states := combinations(app.RunFilter{}, func(f *app.RunFilter) { f.States = append(f.States, run.Pending) },
		func(f *app.RunFilter) { f.States = append(slices.Clone(f.States), run.InProgress, run.InProgress) },
		func(f *app.RunFilter) { f.States = append(slices.Clone(f.States), run.Completed) },
		func(f *app.RunFilter) { f.States = append(slices.Clone(f.States), run.Failed) })
	for _, f := range states {
		for _, f := range combinations(f, func(f *app.RunFilter) { f.ProcedureID = "p" },
			func(f *app.RunFilter) { f.UserID = "bob" }, func(f *app.RunFilter) { f.Reference = "r" }) {
			var want []string
			for _, r := range slices.Backward(all) {
				if (len(f.States) == 0 || slices.Contains(f.States, r.State)) && (f.UserID == "" || r.UserID == f.UserID) &&
					(f.ProcedureID == "" || r.Version.ID == f.ProcedureID) {
					want = append(want, r.ID)
				}
			}
			for _, f.Size.Items = range []int{2, 20} {
				require.Equal(fx, want, listedRuns(fx, f), "%+v", f)
			}
		}
	}
}

// listedRuns returns the ids of all runs that a filter selects, page by page.
func listedRuns(fx *fixture, f app.RunFilter) (ids []string) {
	for {
		page, err := fx.service.ListRuns(fx.ctx(), f)
		require.NoError(fx, err)
		for _, r := range page.Items {
			ids = append(ids, r.ID)
			f.After = r.ID
		}
		if !page.More {
			return ids
		}
	}
}

// fixedClock is a clock that the test sets.
type fixedClock struct{ now time.Time }

func (c *fixedClock) Now() time.Time { return c.now }

// eventsAreListed reads all pages of the list for each filter. They must hold the events of the trails that match the
// filter, newest first.
func eventsAreListed(fx *fixture) {
	fx.save(definition("p", oneStep))
	fx.save(definition("q", oneStep))
	first, second := fx.start("p").ID, fx.start("q").ID
	fx.mustExecute(first, run.Draft{Submission: submission("s", "a", `"x"`)})
	_, err := apptest.As(fx.service.Service, "bob").ArchiveProcedure(fx.ctx(), app.Request{}, "q")
	require.NoError(fx, err)
	fx.mustExecute(second, run.Fail{Reason: "enough"})
	var all []audit.Event
	for _, e := range []audit.Entity{audit.Procedure("p"), audit.Procedure("q"), audit.Run(first), audit.Run(second)} {
		all = append(all, fx.trail(e.Type, e.ID)...)
	}
	slices.SortFunc(all, func(a, b audit.Event) int {
		return -cmp.Or(a.OccurredAt.Compare(b.OccurredAt), a.Entity.Compare(b.Entity), cmp.Compare(a.Seq, b.Seq))
	})
	middle := all[len(all)/2].OccurredAt
	ofType := func(t string) app.EventFilter { return app.EventFilter{Entity: audit.Entity{Type: t}} }
	byAll := app.EventFilter{Entity: audit.Run(second), Actor: "ann", Action: "run.failed", Since: new(middle)}
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
			app.EventFilter{Since: new(middle)}, func(e audit.Event) bool { return !e.OccurredAt.Before(middle) },
		},
		"until": {
			app.EventFilter{Until: new(middle)}, func(e audit.Event) bool { return e.OccurredAt.Before(middle) },
		},
		"since year 10000": {app.EventFilter{Since: new(beyond[0])}, func(audit.Event) bool { return false }},
		"until year 10000": {app.EventFilter{Until: new(beyond[0])}, func(audit.Event) bool { return true }},
		"since year 1":     {app.EventFilter{Since: new(beyond[1])}, func(audit.Event) bool { return true }},
		"until year 1":     {app.EventFilter{Until: new(beyond[1])}, func(audit.Event) bool { return false }},
		"by all":           {byAll, func(e audit.Event) bool { return e.Action == "run.failed" }},
		"none":             {app.EventFilter{Actor: "eve"}, func(audit.Event) bool { return false }},
		"of another type":  {app.EventFilter{Entity: audit.Procedure(first)}, func(audit.Event) bool { return false }},
	} {
		want := slices.DeleteFunc(slices.Clone(all), func(e audit.Event) bool { return !c.want(e) })
		for _, c.filter.Size.Items = range []int{1, 2, 100} {
			got, f := []audit.Event{}, c.filter
			for {
				page, err := fx.service.AuditEvents(fx.ctx(), f)
				require.NoError(fx, err)
				if got = append(got, page.Items...); !page.More {
					break
				}
				f.After = app.PlaceOf(page.Items[len(page.Items)-1])
			}
			require.Equal(fx, want, got, "%s, by %d", name, f.Size.Items)
		}
	}
	page, err := fx.service.AuditEvents(fx.ctx(), app.EventFilter{Size: app.PageSize{Items: 3}})
	require.NoError(fx, err)
	fx.start("p")
	next, err := fx.service.AuditEvents(fx.ctx(), app.EventFilter{
		Size: app.PageSize{Items: 3}, After: app.PlaceOf(page.Items[2]),
	})
	require.NoError(fx, err)
	require.Equal(fx, all[3:6], next.Items, "stable under inserts")
}

// oneRunIsVerified verifies each of several runs by itself. The verification covers its events and no others.
func oneRunIsVerified(fx *fixture) {
	fx.save(definition("p", oneStep))
	var ids []string
	for i := range 3 {
		r, err := fx.service.StartRun(fx.ctx(), request, app.StartInput{ProcedureID: "p"})
		require.NoError(fx, err)
		for range i {
			fx.mustExecute(r.ID, run.Draft{Submission: run.Submission{
				Step: "s", Slots: map[string][]byte{"a": []byte(`"x"`), "n": []byte(`1.50`)},
			}})
		}
		ids = append(ids, r.ID)
	}
	for _, id := range ids {
		v, err := fx.service.VerifyRun(fx.ctx(), id, func() {})
		require.NoError(fx, err)
		require.Empty(fx, v.Findings)
		require.Equal(fx, 1, v.Counts.Runs)
		require.EqualValues(fx, fx.load(id).Run.Seq, v.Counts.Events)
		require.Equal(fx, fx.load(id).Run.Seq, v.Uncovered())
	}
	_, err := fx.service.VerifyRun(fx.ctx(), "01980000-0000-7000-8000-ffffffffffff", func() {})
	require.True(fx, fault.Is(err, fault.NotFound))
}
