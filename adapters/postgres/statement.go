package postgres

import (
	"slices"
	"strings"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet's language is meant to be read bare
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/storage"
)

// args holds the values of a statement's parameters by name.
type args = storage.Args

// builder is a statement of go-jet.
type builder interface {
	Sql() (query string, args []any)
}

// declared holds every statement that prepare was called with, for the test that has PostgreSQL parse them.
var declared []storage.Statement

// prepare returns a statement whose text never changes. It is called once for each statement, when the program starts.
func prepare(b builder) storage.Statement {
	s := storage.NewStatement(b.Sql())
	declared = append(declared, s)
	return s
}

// build returns a statement that go-jet has built, with its values.
func build(b builder) storage.Query {
	text, values := b.Sql()
	return storage.Query{Text: text, Args: values}
}

// textParam returns the named parameter as a text, or as a UUID or another type that is written as a text.
func textParam(name string) StringExpression { return RawString(storage.Named("#" + name)) }

// intParam returns the named parameter as an integer.
func intParam(name string) IntegerExpression { return RawInt(storage.Named("#" + name)) }

// timeParam returns the named parameter as a time.
func timeParam(name string) TimestampzExpression { return RawTimestampz(storage.Named("#" + name)) }

// params returns a parameter for each column, with the column's name. Metadata, which is json, is sent as a text.
func params(columns ColumnList) []any {
	all := make([]any, len(columns))
	for i, c := range columns {
		all[i] = textParam(c.Name())
		if c.Name() == "metadata" {
			all[i] = RawString(storage.Named("#metadata::text::json"))
		}
	}
	return all
}

// insertInto returns an INSERT of one row whose values are parameters with the names of the columns.
func insertInto(t WritableTable, columns ColumnList) InsertStatement {
	values := params(columns)
	return t.INSERT(columns).VALUES(values[0], values[1:]...)
}

// update returns an UPDATE that sets each column to the parameter with the column's name.
func update(t WritableTable, columns ColumnList) UpdateStatement {
	values := params(columns)
	return t.UPDATE(columns).SET(values[0], values[1:]...)
}

// bulk is a statement for many rows. Each column is sent as one array, so that the text does not depend on the number
// of rows.
type bulk[R any] struct {
	statement storage.Statement
	columns   []column[R]
}

// column is a column of a bulk statement, with the value that it has in a row.
type column[R any] struct {
	name  Column
	sql   string // type of the array, with a cast to the column's type where it needs one
	array func([]R) any
}

// columnOf returns a column whose values have the Go type C.
func columnOf[R, C any](name Column, sql string, value func(*R) C) column[R] {
	return column[R]{name, sql, func(rows []R) any {
		all := make([]C, len(rows))
		for i := range rows {
			all[i] = value(&rows[i])
		}
		return all
	}}
}

// insertBulk returns an INSERT of many rows. The shared columns have the same value in all rows: a parameter with the
// column's name.
func insertBulk[R any](into WritableTable, shared ColumnList, columns ...column[R]) bulk[R] {
	return bulk[R]{prepare(bulkInsert(into, shared, columns...)), columns}
}

// bulkInsert returns the go-jet statement of insertBulk, for clauses to be added.
func bulkInsert[R any](into WritableTable, shared ColumnList, columns ...column[R]) InsertStatement {
	all, selected := slices.Clone(shared), make([]string, 0, len(shared)+1)
	for _, c := range shared {
		selected = append(selected, "#"+c.Name())
	}
	for _, c := range columns {
		all = append(all, c.name)
	}
	selected = append(selected, "*")
	text, named := storage.Named("SELECT " + strings.Join(selected, ", ") + " FROM " + unnest(columns))
	return into.INSERT(all).QUERY(RawStatement(text, named))
}

// deleteBulk returns a DELETE of rows by the columns that identify them within a run.
func deleteBulk[R any](from WritableTable, runID ColumnString, columns ...column[R]) bulk[R] {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name.Name()
	}
	listed := "(" + strings.Join(names, ", ") + ") IN (SELECT * FROM " + unnest(columns) + ")"
	where := runID.EQ(textParam("run_id")).AND(RawBool(storage.Named(listed)))
	return bulk[R]{prepare(from.DELETE().WHERE(where)), columns}
}

// unnest returns the table that the arrays of the columns make; each is a parameter with the column's name.
func unnest[R any](columns []column[R]) string {
	arrays := make([]string, len(columns))
	for i, c := range columns {
		arrays[i] = "#" + c.name.Name() + "::" + c.sql
	}
	return "unnest(" + strings.Join(arrays, ", ") + ")"
}

// queue adds the statement to a batch, with the values of the shared columns by name. It does nothing if there are no
// rows.
func (s bulk[R]) queue(b *pgx.Batch, shared args, rows []R) {
	if len(rows) == 0 {
		return
	}
	values := make(args, len(shared)+len(s.columns))
	for name, value := range shared {
		values[name] = value
	}
	for _, c := range s.columns {
		values[c.name.Name()] = c.array(rows)
	}
	queue(b, s.statement.Bind(values))
}
