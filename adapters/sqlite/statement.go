package sqlite

import (
	"context"
	"slices"
	"strings"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet's language is meant to be read bare

	"github.com/procedo/procedo/adapters/storage"
)

// args holds the values of a statement's parameters by name.
type args = storage.Args

// builder is a statement of go-jet.
type builder interface {
	Sql() (query string, args []any)
}

// declared holds every statement that prepare was called with, for the test that has SQLite compile them.
var declared []storage.Statement

// prepare returns a statement whose text never changes. It is called once for each statement, when the program starts.
func prepare(b builder) storage.Statement {
	q := build(b)
	s := storage.NewStatement(q.Text, q.Args)
	declared = append(declared, s)
	return s
}

// build returns a statement that go-jet has built, with its values, without the semicolon that go-jet adds: with one,
// the driver takes the statement for a script and parses it anew each time.
func build(b builder) storage.Query {
	text, values := b.Sql()
	return storage.Query{Text: strings.TrimRight(text, "; \n"), Args: values}
}

// textParam returns the named parameter as a text.
func textParam(name string) StringExpression { return RawString(storage.Named("#" + name)) }

// intParam returns the named parameter as an integer.
func intParam(name string) IntegerExpression { return RawInt(storage.Named("#" + name)) }

// params returns a parameter for each column, with the column's name.
func params(columns ColumnList) []any {
	all := make([]any, len(columns))
	for i, c := range columns {
		all[i] = textParam(c.Name())
	}
	return all
}

// insertInto returns an INSERT of one row whose values are parameters with the names of the columns.
func insertInto(t Table, columns ColumnList) InsertStatement {
	values := params(columns)
	return t.INSERT(columns).VALUES(values[0], values[1:]...)
}

// update returns an UPDATE that sets each column to the parameter with the column's name.
func update(t Table, columns ColumnList) UpdateStatement {
	values := params(columns)
	return t.UPDATE(columns).SET(values[0], values[1:]...)
}

// column is a column of an INSERT of many rows, with the value that it has in a row.
type column[R any] struct {
	name  Column
	value func(R) any
}

// insertion is an INSERT of many rows.
type insertion[R any] struct {
	into    Table
	shared  ColumnList // columns that have the same value in all rows
	columns []column[R]
	upsert  func(InsertStatement) InsertStatement // adds what happens on a conflict; nil: it is an error
}

// run inserts rows, with the values of the shared columns by name.
func (i insertion[R]) run(ctx context.Context, t tx, shared args, rows []R) error {
	columns := slices.Clone(i.shared)
	for _, c := range i.columns {
		columns = append(columns, c.name)
	}
	for chunk := range slices.Chunk(rows, rowsPerStatement) {
		insert := i.into.INSERT(columns)
		for _, r := range chunk {
			row := make([]any, 0, len(columns))
			for _, c := range i.shared {
				value, given := shared[c.Name()]
				if !given {
					panic("no value for the column " + c.Name() + " of " + i.into.TableName())
				}
				row = append(row, value)
			}
			for _, c := range i.columns {
				row = append(row, c.value(r))
			}
			insert.VALUES(row[0], row[1:]...)
		}
		if i.upsert != nil {
			insert = i.upsert(insert)
		}
		if _, err := t.exec(ctx, build(insert)); err != nil {
			return err
		}
	}
	return nil
}

// rowsPerStatement keeps a statement below SQLite's limit of 32,766 parameters, even for the widest table.
const rowsPerStatement = 1500
