package postgres

import (
	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet's language is meant to be read bare
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/postgres/gen/table"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/projection"
)

// insertDefinition holds the INSERT of each definition table, by the table's name.
var insertDefinition = func() map[string]string {
	statements := map[string]string{}
	for _, t := range projection.PublishedTables(&procedure.Version{Definition: &procedure.Definition{}}, nil) {
		columns := make(ColumnList, len(t.Columns))
		arrays := make([]array, len(t.Columns))
		for i, name := range t.Columns {
			columns[i] = StringColumn(name)
			arrays[i] = array{columns[i], arrayType(t.Name, name)}
		}
		statements[t.Name] = fixed(insertRows(NewTable("", t.Name, "", columns...), nil, arrays...))
	}
	return statements
}()

// arrayType returns the SQL type of the array that holds a column's values, with the cast to the column's type where it
// needs one.
func arrayType(tableName, column string) string {
	if column == "metadata" { // json, which is sent as text
		return "text[]::json[]"
	}
	for _, t := range []struct {
		WritableTable
		columns ColumnList
	}{
		{table.ProcedureVersions, table.ProcedureVersions.AllColumns},
		{table.ProcedureSteps, table.ProcedureSteps.AllColumns},
		{table.ProcedureSlots, table.ProcedureSlots.AllColumns},
		{table.ProcedureSlotOptions, table.ProcedureSlotOptions.AllColumns},
		{table.ProcedureChecklistItems, table.ProcedureChecklistItems.AllColumns},
		{table.ProcedureTransitions, table.ProcedureTransitions.AllColumns},
	} {
		if t.TableName() != tableName {
			continue
		}
		for _, c := range t.columns {
			if c.Name() != column {
				continue
			}
			switch c.(type) {
			case ColumnBool:
				return "bool[]"
			case ColumnInteger:
				return "int[]"
			case ColumnTimestampz:
				return "timestamptz[]"
			}
			return "text[]"
		}
	}
	panic("no column " + column + " in " + tableName)
}

// queueVersion writes a version: its document, and the rows that SQL can query.
func queueVersion(b *pgx.Batch, v *procedure.Version) {
	for _, t := range projection.PublishedTables(v, v.CreatedAt) {
		if len(t.Rows) == 0 {
			continue
		}
		values := make([]any, len(t.Columns))
		for i := range t.Columns {
			values[i] = column(t.Rows, func(row *[]any) any { return (*row)[i] })
		}
		b.Queue(insertDefinition[t.Name], values...)
	}
}
