package sqlite

import (
	"context"
	"slices"
	"strings"
	"sync"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet is designed for dot imports

	"github.com/procedo/procedo/adapters/storage"
)

// args holds the values of a statement's parameters by name.
type args = storage.Args

// builder is a go-jet statement.
type builder interface {
	Sql() (query string, args []any)
}

// declared holds all statements that prepare returned. A test lets SQLite compile them.
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

// build returns the text and the arguments of a go-jet statement. It removes the semicolon that go-jet adds, because
// the driver would treat a text with a semicolon as a script and parse it at each call.
func build(b builder) storage.Query {
	text, values := b.Sql()
	return storage.Query{Text: strings.TrimRight(text, "; \n"), Args: values}
}

// textParam returns a named parameter as a text expression of go-jet.
func textParam(name string) StringExpression { return RawString(storage.Named("#" + name)) }

// intParam returns a named parameter as an integer expression of go-jet.
func intParam(name string) IntegerExpression { return RawInt(storage.Named("#" + name)) }

// params returns a parameter for each column, named like the column.
func params(columns ColumnList) []any {
	all := make([]any, len(columns))
	for i, c := range columns {
		all[i] = textParam(c.Name())
	}
	return all
}

// insertInto returns an INSERT of one row. Each value is a parameter named like its column.
func insertInto(t Table, columns ColumnList) InsertStatement {
	values := params(columns)
	return t.INSERT(columns).VALUES(values[0], values[1:]...)
}

// update returns an UPDATE that sets each column to the parameter of the same name.
func update(t Table, columns ColumnList) UpdateStatement {
	values := params(columns)
	return t.UPDATE(columns).SET(values[0], values[1:]...)
}

// column is a column of an INSERT of many rows.
type column[R any] struct {
	name  Column
	value func(R) any // returns the value of the column in a row
}

// insertion is an INSERT of many rows.
type insertion[R any] struct {
	into    Table
	shared  ColumnList // columns that have the same value in all rows
	columns []column[R]
	upsert  func(InsertStatement) InsertStatement // adds the ON CONFLICT clause; nil for none
	texts   sync.Map                              // SQL by number of rows, for up to keptTexts rows
}

// keptTexts is the maximum number of rows of an INSERT whose text is kept.
const keptTexts = 16

// run inserts rows. The map holds the values of the shared columns by column name.
func (i *insertion[R]) run(ctx context.Context, t tx, shared args, rows []R) error {
	for chunk := range slices.Chunk(rows, rowsPerStatement) {
		values := make([]any, 0, len(chunk)*(len(i.shared)+len(i.columns)))
		for _, r := range chunk {
			for _, c := range i.shared {
				value, given := shared[c.Name()]
				if !given {
					panic("no value for the column " + c.Name() + " of " + i.into.TableName())
				}
				values = append(values, value)
			}
			for _, c := range i.columns {
				values = append(values, c.value(r))
			}
		}
		if _, err := t.exec(ctx, storage.Query{Text: i.text(len(chunk)), Args: values}); err != nil {
			return err
		}
	}
	return nil
}

// text returns the statement for a number of rows.
func (i *insertion[R]) text(rows int) string {
	if text, ok := i.texts.Load(rows); ok {
		return text.(string) //nolint:forcetypeassert // only texts are stored
	}
	columns := slices.Clone(i.shared)
	for _, c := range i.columns {
		columns = append(columns, c.name)
	}
	insert, row := i.into.INSERT(columns), make([]any, len(columns))
	for range rows {
		insert.VALUES(row[0], row[1:]...)
	}
	if i.upsert != nil {
		insert = i.upsert(insert)
	}
	text := build(insert).Text
	if rows <= keptTexts {
		i.texts.Store(rows, text)
	}
	return text
}

// rowsPerStatement is the maximum number of rows of an INSERT. SQLite allows 32,766 parameters in a statement, which is
// enough for 21 columns.
const rowsPerStatement = 1500
