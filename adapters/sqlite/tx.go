package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
)

// tx is one transaction and the trace of its statements.
type tx struct {
	*sql.Tx
	statements *statements
	trace      func(string)
}

// statement is anything go-jet builds.
type statement interface {
	Sql() (query string, args []any)
}

// within runs do in a transaction on one of the pools; an error of do rolls everything back and comes back as it is.
func (d *DB) within(ctx context.Context, p *pool, do func(tx) error) error {
	d.trace("BEGIN")
	p.statements.prepare(ctx, p.DB)
	t, err := p.BeginTx(ctx, nil)
	if err != nil {
		return translate(err)
	}
	if err := do(tx{t, &p.statements, d.trace}); err != nil {
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

// read1 hands each row of one statement to scan.
func (d *DB) read1(ctx context.Context, query string, args []any, scan func(*sql.Rows) error) error {
	return translate(d.within(ctx, d.read, func(t tx) error { return t.queryText(ctx, query, args, scan) }))
}

// exec runs a statement and tells how many rows it touched.
func (t tx) exec(ctx context.Context, s statement) (int64, error) {
	query, args := single(s)
	result, err := t.run(ctx, query, args)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// execText runs a fixed statement.
func (t tx) execText(ctx context.Context, query string, args ...any) error {
	_, err := t.run(ctx, query, args)
	return err
}

func (t tx) run(ctx context.Context, query string, args []any) (sql.Result, error) {
	t.trace(query)
	if stmt := t.statements.of(query); stmt != nil {
		return t.StmtContext(ctx, stmt).ExecContext(ctx, args...) //nolint:sqlclosecheck // ends with the transaction
	}
	return t.ExecContext(ctx, query, args...)
}

// query hands each row to scan.
func (t tx) query(ctx context.Context, s statement, scan func(*sql.Rows) error) error {
	query, args := single(s)
	return t.queryText(ctx, query, args, scan)
}

func (t tx) queryText(ctx context.Context, query string, args []any, scan func(*sql.Rows) error) error {
	t.trace(query)
	rows, err := t.rows(ctx, query, args)
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

func (t tx) rows(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	if stmt := t.statements.of(query); stmt != nil {
		return t.StmtContext(ctx, stmt).QueryContext(ctx, args...) //nolint:sqlclosecheck // ends with the transaction
	}
	return t.QueryContext(ctx, query, args...)
}

// fixed is a statement whose text never changes: built once by go-jet, run with other arguments each time.
func fixed(s statement) string {
	query, _ := single(s)
	return query
}

// single is a statement without the end mark that go-jet adds: with one the driver takes it for a script, which it
// parses anew each time.
func single(s statement) (query string, args []any) {
	query, args = s.Sql()
	return strings.TrimRight(query, "; \n"), args
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
