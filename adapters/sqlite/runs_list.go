package sqlite

import (
	"context"
	"database/sql"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet's language is meant to be read bare

	"github.com/procedo/procedo/adapters/sqlite/gen/model"
	"github.com/procedo/procedo/adapters/sqlite/gen/table"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/projection"
)

// ListRuns returns runs newest first.
func (s Runs) ListRuns(ctx context.Context, f app.RunFilter) ([]projection.RunRow, error) {
	var all []projection.RunRow
	err := s.DB.within(ctx, s.DB.read, func(t tx) error {
		return t.query(ctx, SELECT(runColumns).FROM(table.Runs).WHERE(filter(f)).ORDER_BY(table.Runs.ID.DESC()).LIMIT(int64(f.Limit)),
			func(rows *sql.Rows) error {
				var row model.Runs
				if err := scanRun(rows, &row); err != nil {
					return err
				}
				sum, err := readRunRow(row)
				all = append(all, sum)
				return err
			})
	})
	return all, translate(err)
}

func filter(f app.RunFilter) BoolExpression {
	where := Bool(true)
	for _, equal := range []struct {
		column ColumnString
		value  string
	}{
		{table.Runs.ProcedureID, f.ProcedureID}, {table.Runs.State, string(f.State)},
		{table.Runs.UserID, f.UserID}, {table.Runs.Reference, f.Reference},
	} {
		if equal.value != "" {
			where = where.AND(equal.column.EQ(String(equal.value)))
		}
	}
	if !f.CreatedAfter.IsZero() {
		where = where.AND(table.Runs.CreatedAt.GT(String(instant(f.CreatedAfter))))
	}
	if !f.CreatedBefore.IsZero() {
		where = where.AND(table.Runs.CreatedAt.LT(String(instant(f.CreatedBefore))))
	}
	if f.After != "" {
		where = where.AND(table.Runs.ID.LT(String(f.After)))
	}
	return where
}

var _ interface {
	app.Runs
	app.RunList
} = Runs{}

var (
	_ app.Procedures = Procedures{}
	_ app.Trail      = Trail{}
	_ app.EventList  = Trail{}
	_ app.Receipts   = Receipts{}
)
