package sqlite

import (
	"context"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet is designed for dot imports

	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/projection"
)

// publish writes the rows of a version: its document, and the tables derived from the document.
func publish(ctx context.Context, t tx, v *procedure.Version) error {
	for _, rows := range projection.PublishedTables(v, formatTime(v.CreatedAt)) {
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
