package sqlite

import (
	"context"
	"database/sql"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet is designed for dot imports

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/projection"
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
// ordered, so the database need not sort.
func listRuns(f app.RunFilter) SelectStatement {
	return SELECT(runColumns).FROM(runs).WHERE(runFilter(f)).
		ORDER_BY(runs.CreatedAt.DESC(), runs.ID.DESC()).LIMIT(storage.Rows(f.Size))
}

func runFilter(f app.RunFilter) BoolExpression {
	where := Bool(true)
	for _, equal := range []struct {
		column ColumnString
		value  string
	}{
		{runs.ProcedureID, f.ProcedureID}, {runs.State, string(f.State)},
		{runs.UserID, f.UserID}, {runs.Reference, f.Reference},
	} {
		if equal.value != "" {
			where = where.AND(equal.column.EQ(String(equal.value)))
		}
	}
	if f.Reference != "" {
		where = where.AND(RawBool("runs.reference <> ''")) // the condition of the index
	}
	if !f.CreatedAfter.IsZero() {
		where = where.AND(runs.CreatedAt.GT(String(formatTime(f.CreatedAfter))))
	}
	if !f.CreatedBefore.IsZero() {
		where = where.AND(runs.CreatedAt.LT(String(formatTime(f.CreatedBefore))))
	}
	if f.After != "" {
		where = where.AND(RawBool(
			"(runs.created_at, runs.id) < (SELECT l.created_at, l.id FROM runs l WHERE l.id = #after)",
			RawArgs{"#after": f.After}))
	}
	return where
}
