package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/procedo/procedo/adapters/storage"
)

// tx is a transaction. It uses prepared statements and calls trace with each statement.
type tx struct {
	*sql.Tx
	prepared *prepared
	trace    func(string)
}

// inTransaction begins a transaction on one of the pools and passes it to fn. If fn returns an error, inTransaction
// rolls the transaction back and returns the error. Otherwise, it commits.
func (d *DB) inTransaction(ctx context.Context, p *pool, fn func(tx) error) error {
	d.trace("BEGIN")
	p.prepared.prepare(ctx, p.DB)
	t, err := p.BeginTx(ctx, nil)
	if err != nil {
		return translate(err)
	}
	if err := fn(tx{t, &p.prepared, d.trace}); err != nil {
		d.trace("ROLLBACK")
		return errors.Join(err, ignoreDone(t.Rollback()))
	}
	d.trace("COMMIT")
	return translate(t.Commit())
}

// ignoreDone returns nil if err is sql.ErrTxDone, which means that the transaction has already ended. Otherwise, it
// returns err.
func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// query runs a query in a transaction of its own and calls scanRow with each row.
func (d *DB) query(ctx context.Context, q storage.Query, scanRow func(*sql.Rows) error) error {
	return translate(d.inTransaction(ctx, d.read, func(t tx) error { return t.query(ctx, q, scanRow) }))
}

// row reads one row outside a transaction.
func (d *DB) row(ctx context.Context, q storage.Query) *sql.Row {
	d.trace(q.Text)
	return d.read.row(ctx, q)
}

// exec runs a statement and returns the number of rows that it changed.
func (t tx) exec(ctx context.Context, q storage.Query) (changed int64, err error) {
	t.trace(q.Text)
	var result sql.Result
	if stmt := t.prepared.get(q.Text); stmt != nil {
		stmt = t.StmtContext(ctx, stmt) //nolint:sqlclosecheck // closed with the transaction
		result, err = stmt.ExecContext(ctx, q.Args...)
	} else {
		result, err = t.ExecContext(ctx, q.Text, q.Args...)
	}
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// query runs a statement and calls scanRow with each row.
func (t tx) query(ctx context.Context, q storage.Query, scanRow func(*sql.Rows) error) error {
	t.trace(q.Text)
	rows, err := t.rows(ctx, q)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scanRow(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (t tx) rows(ctx context.Context, q storage.Query) (*sql.Rows, error) {
	if stmt := t.prepared.get(q.Text); stmt != nil {
		stmt = t.StmtContext(ctx, stmt) //nolint:sqlclosecheck // closed with the transaction
		return stmt.QueryContext(ctx, q.Args...)
	}
	return t.QueryContext(ctx, q.Text, q.Args...)
}
