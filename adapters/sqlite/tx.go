package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"
)

// tx is one transaction and the trace of its statements.
type tx struct {
	*sql.Tx
	trace func(string)
}

// statement is anything go-jet builds.
type statement interface {
	Sql() (query string, args []any)
}

// within runs do in a transaction on one of the pools; an error of do rolls everything back and comes back as it is.
func (d *DB) within(ctx context.Context, pool *sql.DB, do func(tx) error) error {
	d.trace("BEGIN")
	t, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return translate(err)
	}
	if err := do(tx{t, d.trace}); err != nil {
		d.trace("ROLLBACK")
		return errors.Join(err, ignoreDone(t.Rollback()))
	}
	d.trace("COMMIT")
	return translate(t.Commit())
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// exec runs a statement and tells how many rows it touched.
func (t tx) exec(ctx context.Context, s statement) (int64, error) {
	query, args := s.Sql()
	t.trace(query)
	result, err := t.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// query hands each row to scan.
func (t tx) query(ctx context.Context, s statement, scan func(*sql.Rows) error) error {
	query, args := s.Sql()
	return t.queryText(ctx, query, args, scan)
}

func (t tx) queryText(ctx context.Context, query string, args []any, scan func(*sql.Rows) error) error {
	t.trace(query)
	rows, err := t.QueryContext(ctx, query, args...)
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

// fixed is a statement whose text never changes: built once by go-jet, run with other arguments each time.
func fixed(s statement) string {
	query, _ := s.Sql()
	return query
}

// rowsPerInsert keeps a statement below SQLite's 32766 parameters for the widest table.
const rowsPerInsert = 1500

// insertAll inserts rows with as few statements as there can be.
func insertAll[Row any](ctx context.Context, t tx, rows []Row, insert func([]Row) statement) error {
	for chunk := range slices.Chunk(rows, rowsPerInsert) {
		if _, err := t.exec(ctx, insert(chunk)); err != nil {
			return err
		}
	}
	return nil
}
