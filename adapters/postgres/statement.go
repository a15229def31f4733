package postgres

import (
	"slices"
	"strings"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet is designed for dot imports
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/storage"
)

// args holds the values of a statement's parameters by name.
type args = storage.Args

// builder is a go-jet statement.
type builder interface {
	Sql() (query string, args []any)
}

// declared holds all statements that prepare returned. A test lets PostgreSQL parse them.
var declared []storage.Statement

// prepare returns a statement with a fixed text and named parameters. It is called only while package variables are
// initialized; the text is built when it is first needed.
func prepare(b builder) storage.Statement {
	s := storage.NewStatement(func() (string, []any) {
		q := build(b)
		return q.Text, q.Args
	})
	declared = append(declared, s)
	return s
}

// build returns the text and the arguments of a go-jet statement. go-jet qualifies tables with the schema from which it
// generated its code; build removes that, so that the search_path applies to all tables.
func build(b builder) storage.Query {
	text, values := b.Sql()
	return storage.Query{Text: strings.ReplaceAll(text, "public.", ""), Args: values}
}

// textParam returns a named parameter as a text expression of go-jet. PostgreSQL infers the actual type, such as uuid.
func textParam(name string) StringExpression { return RawString(storage.Named("#" + name)) }

// intParam returns a named parameter as an integer expression of go-jet.
func intParam(name string) IntegerExpression { return RawInt(storage.Named("#" + name)) }

// timeParam returns a named parameter as a timestamptz expression of go-jet.
func timeParam(name string) TimestampzExpression { return RawTimestampz(storage.Named("#" + name)) }

// params returns a parameter for each column, named like the column. Metadata is sent as text and cast to JSON.
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

// insertInto returns an INSERT of one row. Each value is a parameter named like its column.
func insertInto(t WritableTable, columns ColumnList) InsertStatement {
	values := params(columns)
	return t.INSERT(columns).VALUES(values[0], values[1:]...)
}

// update returns an UPDATE that sets each column to the parameter of the same name.
func update(t WritableTable, columns ColumnList) UpdateStatement {
	values := params(columns)
	return t.UPDATE(columns).SET(values[0], values[1:]...)
}

// bulk is a statement for many rows. Each column is sent as one array, so the text does not depend on the number of
// rows.
type bulk[R any] struct {
	statement storage.Statement
	columns   []column[R]
}

// column is a column of a bulk statement.
type column[R any] struct {
	name   Column
	sql    string                          // type of the array, and a cast if the column has another type: text[]::json[]
	oid    uint32                          // of the elements, if append is not nil
	append func(buf []byte, row *R) []byte // encodes the element of a row; nil if only pgx knows how
	slice  func(rows []R) any              // returns the values of the column in the rows
}

// columnOf returns a column whose value in a row is value(row).
func columnOf[R, C any](name Column, sql string, value func(*R) C) column[R] {
	c := column[R]{name: name, sql: sql, slice: func(rows []R) any {
		all := make([]C, len(rows))
		for i := range rows {
			all[i] = value(&rows[i])
		}
		return all
	}}
	if e, ok := elementOf[C](sql); ok {
		c.oid = e.oid
		c.append = func(buf []byte, row *R) []byte { return e.append(buf, value(row)) }
	}
	return c
}

// array returns the array of the column in some rows.
func (c column[R]) array(rows []R) any {
	if c.append == nil {
		return c.slice(rows)
	}
	return rowArray[R]{c, rows}
}

// insertBulk returns an INSERT of many rows. Each shared column has the same value in all rows, from the parameter
// named like the column.
func insertBulk[R any](into WritableTable, shared ColumnList, columns ...column[R]) bulk[R] {
	return bulk[R]{prepare(bulkInsert(into, shared, columns...)), columns}
}

// bulkInsert returns the go-jet statement of insertBulk. Callers may add clauses to it.
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

// unnest returns the SQL of a table made of the columns. The array of each column is the parameter of the same name.
func unnest[R any](columns []column[R]) string { return "unnest(" + arrays(columns) + ")" }

// arrays returns the SQL of the columns' parameters.
func arrays[R any](columns []column[R]) string {
	all := make([]string, len(columns))
	for i, c := range columns {
		all[i] = "#" + c.name.Name() + "::" + c.sql
	}
	return strings.Join(all, ", ")
}

// queue adds the statement to a batch. The map holds the values of the shared columns by column name. Without rows,
// queue does nothing.
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
