package postgres

import (
	"fmt"
	"slices"
	"strings"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet's language is meant to be read bare
)

// Rows of a change are given as arrays, one for each column: the texts of statements never change, however many there are.

// array is a column and the SQL type of the array that holds its values.
type array struct {
	column Column
	sql    string
}

// insertRows inserts the rows that arrays hold. The columns that are the same for all rows come first, among the parameters too.
func insertRows(into WritableTable, same ColumnList, arrays ...array) InsertStatement {
	columns := slices.Clone(same)
	types := make([]string, 0, len(arrays))
	for _, a := range arrays {
		columns, types = append(columns, a.column), append(types, a.sql)
	}
	head := make([]string, 0, len(same)+1)
	for i := range same {
		head = append(head, fmt.Sprintf("$%d", i+1))
	}
	return into.INSERT(columns).QUERY(RawStatement("SELECT " + strings.Join(append(head, "*"), ", ") + " FROM " + unnest(len(same)+1, types...)))
}

// unnest is the table that arrays make, each a parameter, counted from the first.
func unnest(first int, types ...string) string {
	parameters := make([]string, 0, len(types))
	for i, t := range types {
		parameters = append(parameters, fmt.Sprintf("$%d::%s", first+i, t))
	}
	return "unnest(" + strings.Join(parameters, ", ") + ")"
}

// listed is true of rows whose columns are those of a row that arrays hold.
func listed(first int, columns []string, types ...string) BoolExpression {
	return RawBool("(" + strings.Join(columns, ", ") + ") IN (SELECT * FROM " + unnest(first, types...) + ")")
}
