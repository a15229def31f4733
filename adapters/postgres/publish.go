package postgres

import (
	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet is designed for dot imports
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/postgres/gen/table"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/projection"
)

// definitionColumns holds the columns of each definition table, by table name.
var definitionColumns = map[string]ColumnList{
	projection.VersionsTable:                  table.ProcedureVersions.AllColumns,
	table.ProcedureSteps.TableName():          table.ProcedureSteps.AllColumns,
	table.ProcedureTransitions.TableName():    table.ProcedureTransitions.AllColumns,
	table.ProcedureSlots.TableName():          table.ProcedureSlots.AllColumns,
	table.ProcedureSlotOptions.TableName():    table.ProcedureSlotOptions.AllColumns,
	table.ProcedureChecklistItems.TableName(): table.ProcedureChecklistItems.AllColumns,
	table.ProcedureRules.TableName():          table.ProcedureRules.AllColumns,
	table.ProcedureRuleFields.TableName():     table.ProcedureRuleFields.AllColumns,
}

// insertDefinition holds the INSERT statement of each definition table, by table name.
var insertDefinition = func() map[string]bulk[[]any] {
	statements := map[string]bulk[[]any]{}
	for _, t := range projection.PublishedTables(&procedure.Version{Definition: &procedure.Definition{}}, nil) {
		var columns []column[[]any]
		for i, name := range t.Columns {
			columns = append(columns, columnOf(
				StringColumn(name), arrayType(t.Name, name), func(row *[]any) any { return (*row)[i] },
			))
		}
		statements[t.Name] = insertBulk(NewTable("", t.Name, "", definitionColumns[t.Name]...), nil, columns...)
	}
	return statements
}()

// arrayType returns the SQL type of the array in which the values of a column are sent. If the column has another type,
// the result includes a cast, as in text[]::json[].
func arrayType(tableName, name string) string {
	if name == "metadata" { // JSON is sent as text
		return "text[]::json[]"
	}
	for _, c := range definitionColumns[tableName] {
		if c.Name() != name {
			continue
		}
		switch c.(type) {
		case ColumnString:
			return "text[]"
		case ColumnInteger:
			return "int[]"
		case ColumnBool:
			return "bool[]"
		case ColumnTimestampz:
			return "timestamptz[]"
		}
	}
	panic(tableName + " has no column " + name + " of a type that can be sent as an array")
}

// queueVersion adds the INSERT statements of a published version to a batch: for its document, and for the tables
// derived from the document.
func queueVersion(b *pgx.Batch, v *procedure.Version) {
	for _, t := range projection.PublishedTables(v, v.CreatedAt) {
		insertDefinition[t.Name].queue(b, nil, t.Rows)
	}
}
