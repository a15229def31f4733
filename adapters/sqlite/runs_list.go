package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet is designed for dot imports

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
)

// ListRuns returns a page of runs, newest first.
func (s Runs) ListRuns(ctx context.Context, f app.RunFilter) (app.Page[projection.RunRow], error) {
	p := storage.NewPager[projection.RunRow](f.Size)
	err := s.DB.query(ctx, build(listRuns(f)), func(rows *sql.Rows) error {
		r, err := scanRun(rows)
		return p.Add(r, r.Size(), err)
	})
	return p.Page(err)
}

// listRuns returns the statement of ListRuns. The indexes on runs end with created_at and id, by which the runs are
// ordered, so the database need not sort. For a list by several states alone, it merges the runs of each state.
func listRuns(f app.RunFilter) Statement {
	selected := func(f app.RunFilter) SelectStatement { return SELECT(runColumns).FROM(runs).WHERE(runFilter(f)) }
	newest := []OrderByClause{runs.CreatedAt.DESC(), runs.ID.DESC()}
	if len(f.States) < 2 || f.ProcedureID != "" || f.UserID != "" || f.Reference != "" {
		return selected(f).ORDER_BY(newest...).LIMIT(storage.Rows(f.Size))
	}
	states := f.States
	ofState := func(i int) SelectStatement {
		f.States = states[i : i+1]
		return selected(f)
	}
	all := ofState(0).UNION_ALL(ofState(1))
	for i := range states[2:] {
		all = all.UNION_ALL(ofState(i + 2))
	}
	return all.ORDER_BY(newest...).LIMIT(storage.Rows(f.Size))
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
		where = where.AND(inStates(f.States))
	}
	if f.Reference != "" {
		where = where.AND(RawBool("runs.reference <> ''")) // the condition of the index
	}
	if f.CreatedAfter != nil {
		where = where.AND(runs.CreatedAt.GT(String(formatBound(*f.CreatedAfter))))
	}
	if f.CreatedBefore != nil {
		where = where.AND(runs.CreatedAt.LT(String(formatBound(*f.CreatedBefore))))
	}
	if f.After != "" {
		where = where.AND(RawBool(
			"(runs.created_at, runs.id) < (SELECT l.created_at, l.id FROM runs l WHERE l.id = #after)",
			RawArgs{"#after": f.After}))
	}
	return where
}

// inStates returns the condition that a run is in one of the states. With several states, the index by state cannot
// give the order of the list; the plus sign keeps the database from using it.
func inStates(states []run.State) BoolExpression {
	if len(states) == 1 {
		return runs.State.EQ(String(string(states[0])))
	}
	names, args := make([]string, len(states)), RawArgs{}
	for i, s := range states {
		names[i] = fmt.Sprintf("#state%d", i)
		args[names[i]] = string(s)
	}
	return RawBool("+runs.state IN ("+strings.Join(names, ", ")+")", args)
}
