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
		insert := insertion[[]any]{}
		all := make(ColumnList, len(rows.Columns))
		for i, name := range rows.Columns {
			all[i] = StringColumn(name)
			insert.columns = append(insert.columns, column[[]any]{all[i], func(row []any) any { return row[i] }})
		}
		insert.into = NewTable("", rows.Name, "", all...)
		if err := insert.run(ctx, t, nil, rows.Rows); err != nil {
			return err
		}
	}
	return nil
}
