package postgres

import (
	"context"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet's language is meant to be read bare
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/postgres/gen/table"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/projection"
)

// ListRuns returns runs newest first.
func (s Runs) ListRuns(ctx context.Context, f app.RunFilter) ([]projection.RunRow, error) {
	var all []projection.RunRow
	err := s.DB.query(ctx, listRuns(f), func(rows pgx.Rows) error {
		sum, err := scanRun(rows)
		all = append(all, sum)
		return err
	})
	return all, translate(err)
}

// listRuns reads along an index that ends in the order of the list: by creation and, within an instant, by id.
func listRuns(f app.RunFilter) SelectStatement {
	return SELECT(runColumns).FROM(table.Runs).WHERE(filter(f)).ORDER_BY(table.Runs.CreatedAt.DESC(), table.Runs.ID.DESC()).LIMIT(int64(f.Limit))
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
		where = where.AND(table.Runs.CreatedAt.GT(TimestampzT(f.CreatedAfter)))
	}
	if !f.CreatedBefore.IsZero() {
		where = where.AND(table.Runs.CreatedAt.LT(TimestampzT(f.CreatedBefore)))
	}
	if after, err := uuid.Parse(f.After); err == nil {
		where = where.AND(RawBool("(runs.created_at, runs.id) < (SELECT l.created_at, l.id FROM runs l WHERE l.id = #after::uuid)", RawArgs{"#after": after.String()}))
	}
	return where
}

var (
	_ app.Runs       = Runs{}
	_ app.RunList    = Runs{}
	_ app.Procedures = Procedures{}
	_ app.Trail      = Trail{}
	_ app.EventList  = Trail{}
	_ app.Receipts   = Receipts{}
)
