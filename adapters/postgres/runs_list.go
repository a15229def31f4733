package postgres

import (
	"context"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet is designed for dot imports
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
)

// ListRuns returns a page of runs, newest first.
func (s Runs) ListRuns(ctx context.Context, f app.RunFilter) (app.Page[projection.RunRow], error) {
	p := storage.NewPager[projection.RunRow](f.Size)
	err := s.DB.query(ctx, build(listRuns(f)), func(rows pgx.Rows) error {
		r, err := scanRun(rows)
		return p.Add(r, r.Size(), err)
	})
	return p.Page(err)
}

// listRuns returns the statement of ListRuns. The indexes on runs end with created_at and id, by which the runs are
// ordered, so the database need not sort.
func listRuns(f app.RunFilter) SelectStatement {
	var from ReadableTable = runs
	where := runFilter(f)
	if len(f.States) != 1 && f.Reference == "" && (f.UserID == "" || f.ProcedureID == "") {
		from, where = runsByState(f), Bool(true)
	}
	return newestRuns(SELECT(runColumns).FROM(from).WHERE(where), f)
}

// newestRuns adds the order and the limit of ListRuns.
func newestRuns(selected SelectStatement, f app.RunFilter) SelectStatement {
	return selected.ORDER_BY(runs.CreatedAt.DESC(), runs.ID.DESC()).LIMIT(storage.Rows(f.Size))
}

// runsByState returns the runs that a list without a state, or with several, selects, under the name of the table of
// runs. The indexes for such lists have the state in front of created_at, so the database reads a page of each state
// and merges the pages.
func runsByState(f app.RunFilter) ReadableTable {
	states := f.States
	if len(states) == 0 {
		states = run.States
	}
	page := func(s run.State) SelectStatement {
		f.States = []run.State{s}
		return newestRuns(SELECT(STAR).FROM(runs).WHERE(runFilter(f)), f)
	}
	all := page(states[0]).UNION_ALL(page(states[1]))
	for _, s := range states[2:] {
		all = all.UNION_ALL(page(s))
	}
	return all.AsTable(runs.TableName())
}

func runFilter(f app.RunFilter) BoolExpression {
	where := Bool(true)
	for _, equal := range []struct {
		column ColumnString
		value  string
	}{
		{runs.ProcedureID, f.ProcedureID}, {runs.UserID, f.UserID}, {runs.Reference, f.Reference},
	} {
		if equal.value != "" {
			where = where.AND(equal.column.EQ(String(equal.value)))
		}
	}
	if len(f.States) > 0 {
		where = where.AND(runs.State.IN(stateTexts(f.States)...))
	}
	if f.Reference != "" {
		where = where.AND(RawBool("runs.reference <> ''")) // the condition of the index
	}
	if f.CreatedAfter != nil {
		where = where.AND(runs.CreatedAt.GT(TimestampzT(*f.CreatedAfter)))
	}
	if f.CreatedBefore != nil {
		where = where.AND(runs.CreatedAt.LT(TimestampzT(*f.CreatedBefore)))
	}
	switch {
	case isRunID(f.After):
		where = where.AND(RawBool(
			"(runs.created_at, runs.id) < (SELECT l.created_at, l.id FROM runs l WHERE l.id = #after::uuid)",
			RawArgs{"#after": f.After}))
	case f.After != "": // no run has this id
		where = Bool(false)
	}
	return where
}

func stateTexts(states []run.State) []Expression {
	texts := make([]Expression, len(states))
	for i, s := range states {
		texts[i] = String(string(s))
	}
	return texts
}
