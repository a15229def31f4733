package contract

import (
	"time"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/run"
)

// RunFilters returns filters with every combination of members, for tests of query plans. They select few of many runs.
func RunFilters() []app.RunFilter {
	after := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	return combinations(app.RunFilter{Size: app.PageSize{Items: 50}},
		func(f *app.RunFilter) { f.ProcedureID = "p7" },
		func(f *app.RunFilter) { f.UserID = "u77" },
		func(f *app.RunFilter) { f.Reference = "r77" },
		func(f *app.RunFilter) { f.States = []run.State{run.Pending} },
		func(f *app.RunFilter) { f.States = append([]run.State{run.Failed}, f.States...) },
		func(f *app.RunFilter) { f.CreatedAfter = &after },
		func(f *app.RunFilter) { f.CreatedBefore = new(after.AddDate(0, 0, 1)) },
		func(f *app.RunFilter) { f.After = "019b76e4-f000-7000-8000-000000000000" },
	)
}

// EventFilters returns filters with every combination of members, for tests of query plans. They select few of many
// events.
func EventFilters() []app.EventFilter {
	since := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	until := since.AddDate(0, 0, 1)
	var all []app.EventFilter
	for _, of := range []audit.Entity{{}, {Type: "run"}, {Type: "procedure"}, audit.Run("r7")} {
		all = append(all, combinations(app.EventFilter{Entity: of, Size: app.PageSize{Items: 50}},
			func(f *app.EventFilter) { f.Actor = "u77" },
			func(f *app.EventFilter) { f.Action = "step.skipped" },
			func(f *app.EventFilter) { f.Since = &since },
			func(f *app.EventFilter) { f.Until = &until },
			func(f *app.EventFilter) { f.After = app.EventPlace{At: until, Entity: audit.Run("r"), Seq: 5} },
		)...)
	}
	return all
}

// combinations returns copies of a filter, to which every subset of the members is set.
func combinations[F any](of F, set ...func(*F)) []F {
	all := []F{of}
	for _, member := range set {
		for _, f := range all {
			member(&f)
			all = append(all, f)
		}
	}
	return all
}
