package transfer

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/procedo/procedo/schema"
)

// end is a transaction in one of the two databases.
type end struct {
	Database
	conn *sql.Conn
	tx   *sql.Tx
}

// begin begins a transaction. A transaction that only reads sees one snapshot.
func (d Database) begin(ctx context.Context, readOnly bool) (*end, error) {
	conn, err := d.DB.Conn(ctx)
	if err != nil {
		return nil, err
	}
	var options *sql.TxOptions
	if d.Postgres && readOnly {
		options = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	tx, err := conn.BeginTx(ctx, options)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	e := &end{Database: d, conn: conn, tx: tx}
	if d.Settings != nil {
		if err := d.Settings(ctx, tx); err != nil {
			e.end()
			return nil, err
		}
	}
	return e, nil
}

// end rolls the transaction back, unless it was committed.
func (e *end) end() {
	_ = e.tx.Rollback() // after a commit, it does nothing
	_ = e.conn.Close()  // returns it to the pool
}

// lock keeps other transactions from writing to the tables. The transactions of SQLite do that when they begin.
func (e *end) lock(ctx context.Context) error {
	if !e.Postgres {
		return nil
	}
	_, err := e.tx.ExecContext(ctx, "LOCK TABLE "+strings.Join(schema.Tables, ", ")+" IN SHARE ROW EXCLUSIVE MODE")
	return err
}

// checkEmpty returns a NotEmptyError if a table has rows that no migration has added.
func (e *end) checkEmpty(ctx context.Context, name string) error {
	if schema.Prefilled[name] {
		return nil
	}
	var has bool
	if err := e.tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM "+name+")").Scan(&has); err != nil {
		return err
	}
	if has {
		return NotEmptyError{name}
	}
	return nil
}

// setFeedOrigin sets the base of the feed's positions. Signed checkpoints name positions, so entries keep theirs. In
// SQLite, positions that it did not assign are those up to the base. In PostgreSQL, the base depends on the ids of its
// transactions; the program sets it whenever it starts.
func (e *end) setFeedOrigin(ctx context.Context, source *end) error {
	base := "0"
	switch {
	case e.Postgres:
	case source.Postgres:
		base = "(SELECT coalesce(max(position), 0) FROM audit_feed)"
	default:
		return nil // the base was copied
	}
	_, err := e.tx.ExecContext(ctx, "UPDATE audit_feed_origin SET base = "+base)
	return err
}

// tableNames returns the tables of the database, but that of the migrations.
func (e *end) tableNames(ctx context.Context) (all []string, err error) {
	query := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name`
	if e.Postgres {
		query = `SELECT relname::text FROM pg_class
			WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind IN ('r', 'p') ORDER BY relname`
	}
	err = e.query(ctx, query, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		if name != e.RevisionsTable {
			all = append(all, name)
		}
		return err
	})
	return all, err
}

// columns are the columns of a table.
type columns struct {
	types map[string]string // by column
	key   []string          // those of the primary key, in its order
}

func (c columns) names() []string { return slices.Sorted(maps.Keys(c.types)) }

// columns reads the columns of a table.
func (e *end) columns(ctx context.Context, name string) (columns, error) {
	query := "SELECT name, type, pk FROM pragma_table_info('" + name + "') ORDER BY pk"
	if e.Postgres {
		query = `SELECT attname::text, format_type(atttypid, NULL), coalesce(array_position(indkey::int2[], attnum), -1) + 1
			FROM pg_attribute LEFT JOIN pg_index ON indrelid = attrelid AND indisprimary
			WHERE attrelid = '` + name + `'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY 3`
	}
	found := columns{types: map[string]string{}}
	err := e.query(ctx, query, func(rows *sql.Rows) error {
		var column, kind string
		var place int
		err := rows.Scan(&column, &kind, &place)
		found.types[column] = kind
		if place > 0 {
			found.key = append(found.key, column)
		}
		return err
	})
	return found, err
}

func (e *end) query(ctx context.Context, query string, scan func(*sql.Rows) error) error {
	rows, err := e.tx.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// row holds the values of a row: nil, a string, an int64 or a []byte. Values of both databases have the form that
// SQLite stores: times, dates, numbers and ids are strings, booleans are 0 and 1.
type row []any

// rows calls fn for each row of a table, in the order of its primary key. The row is valid until fn returns.
func (e *end) rows(ctx context.Context, t table, fn func(row) error) error {
	expressions := slices.Clone(t.columns)
	if e.Postgres {
		for i, c := range t.columns {
			expressions[i] = expression(c, t.types[e][c])
		}
	}
	query := "SELECT " + strings.Join(expressions, ", ") + " FROM " + t.name + " ORDER BY " + strings.Join(t.key, ", ")
	r, dest := make(row, len(t.columns)), make([]any, len(t.columns))
	for i := range r {
		dest[i] = &r[i]
	}
	return e.query(ctx, query, func(rows *sql.Rows) error {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		for i, v := range r {
			switch v.(type) {
			case nil, string, int64, []byte:
			default:
				return fmt.Errorf("column %s has a value of %T", t.columns[i], v)
			}
		}
		return fn(r)
	})
}
