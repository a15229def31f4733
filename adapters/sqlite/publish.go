package sqlite

import (
	"context"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet's language is meant to be read bare

	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/projection"
)

// publish writes a version: its document, and the rows that SQL can query.
func publish(ctx context.Context, t tx, v *procedure.Version) error {
	for _, rows := range projection.PublishedTables(v, instant(v.CreatedAt)) {
		columns := make(ColumnList, len(rows.Columns))
		for i, name := range rows.Columns {
			columns[i] = StringColumn(name)
		}
		into := NewTable("", rows.Name, "", columns...)
		err := insertAll(ctx, t, rows.Rows, func(chunk [][]any) statement {
			insert := into.INSERT(columns)
			for _, row := range chunk {
				insert.VALUES(row[0], row[1:]...)
			}
			return insert
		})
		if err != nil {
			return err
		}
	}
	return nil
}
