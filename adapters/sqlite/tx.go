package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"github.com/procedo/procedo/adapters/storage"
)

// tx is a transaction. It uses prepared statements and calls trace with each statement.
type tx struct {
	*sql.Tx
	prepared *prepared
	trace    func(string)
	tracer   tracer
}

// inTransaction begins a transaction on one of the pools and passes it to fn. If fn returns an error, inTransaction
// rolls the transaction back and returns the error. Otherwise, it commits.
//
// The wait for a connection and for the lock of another process has a time limit. The work after it has none but that
// of ctx. A transaction fails if the file was moved meanwhile: what it wrote would be lost.
func (d *DB) inTransaction(ctx context.Context, p *pool, fn func(tx) error) error {
	return d.beginningBy(ctx, p, time.Now().Add(waitTime), fn)
}

// beginningBy is inTransaction with a deadline for the wait.
func (d *DB) beginningBy(ctx context.Context, p *pool, deadline time.Time, fn func(tx) error) error {
	if err := d.checkBefore(p); err != nil {
		return err
	}
	d.trace("BEGIN")
	_, span := d.tracer.start(ctx, "BEGIN")
	conn, t, err := p.begin(ctx, deadline)
	span.end(err)
	if err != nil {
		return translate(err)
	}
	defer conn.Close() //nolint:errcheck // only returns it to the pool
	defer t.Rollback() //nolint:errcheck // after a panic; Close would wait for the end of the transaction
	err = fn(tx{t, &p.prepared, d.trace, d.tracer})
	if err = cmp.Or(d.file.checkUnchanged(), err); err == nil {
		err = d.checkAfter(p, conn)
	}
	err = d.finish(ctx, t, err)
	if p == d.write {
		return d.full.Note(err)
	}
	return err
}

// finish commits a transaction, or rolls it back after an error.
func (d *DB) finish(ctx context.Context, t *sql.Tx, err error) error {
	statement := "COMMIT"
	if err != nil {
		statement = "ROLLBACK"
	}
	d.trace(statement)
	_, span := d.tracer.start(ctx, statement)
	if err != nil {
		undone := ignoreDone(t.Rollback())
		span.end(undone)
		return errors.Join(err, undone)
	}
	err = t.Commit()
	span.end(err)
	return translate(err)
}

// checkBefore returns a fault if the file was moved before a transaction. Reads rely on a recent check.
func (d *DB) checkBefore(p *pool) error {
	if p != d.write {
		return d.file.checkRecent()
	}
	return d.file.check()
}

// checkAfter returns a fault if the file was moved. Before a commit, it checks the write-ahead log, too.
func (d *DB) checkAfter(p *pool, conn *sql.Conn) error {
	d.file.remember()
	if err := d.checkBefore(p); err != nil || p != d.write {
		return err
	}
	return conn.Raw(func(writer any) error { return d.file.checkLog(writer) })
}

const (
	waitTime  = 3500 * time.Millisecond // maximum time of a wait for a connection and for the locks of other processes
	leastTime = 500 * time.Millisecond  // the same for a group of changes that have already waited
	readyTime = 1500 * time.Millisecond // maximum time of a readiness check
	pauseTime = 5 * time.Millisecond    // time between two attempts to get a lock
)

// begin takes a connection and begins a transaction. If another process has the lock, it tries again until the
// deadline.
func (p *pool) begin(ctx context.Context, deadline time.Time) (*sql.Conn, *sql.Tx, error) {
	limited, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	p.prepared.prepare(limited, p.DB)
	conn, err := p.Conn(limited)
	if err != nil {
		return nil, nil, err
	}
	for {
		t, err := conn.BeginTx(ctx, nil)
		if err == nil {
			return conn, t, nil
		}
		if !isBusy(err) || !pause(limited) {
			return nil, nil, errors.Join(err, conn.Close())
		}
	}
}

// isBusy reports whether an error means that another process has the lock.
func isBusy(err error) bool {
	var lite *driver.Error
	return errors.As(err, &lite) && lite.Code()&0xff == codes.SQLITE_BUSY
}

// pause waits briefly. It returns false if ctx is done.
func pause(ctx context.Context) bool {
	timer := time.NewTimer(pauseTime)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
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

// row returns the result of a query that returns at most one row, outside a transaction. The query is run by Scan.
func (d *DB) row(ctx context.Context, q storage.Query) storage.Scanner { return &oneRow{d, ctx, q} }

// oneRow is a query for one row.
type oneRow struct {
	db  *DB
	ctx context.Context
	q   storage.Query
}

// Scan runs the query and scans its row. It returns sql.ErrNoRows if there is none.
func (r *oneRow) Scan(dest ...any) error {
	if err := r.db.file.checkRecent(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.ctx, waitTime)
	defer cancel()
	r.db.trace(r.q.Text)
	ctx, span := r.db.tracer.start(ctx, r.q.Text)
	err := r.db.read.row(ctx, r.q).Scan(dest...)
	span.end(err)
	return err
}

// exec runs a statement and returns the number of rows that it changed.
func (t tx) exec(ctx context.Context, q storage.Query) (changed int64, err error) {
	t.trace(q.Text)
	ctx, span := t.tracer.start(ctx, q.Text)
	defer func() { span.end(err) }()
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
func (t tx) query(ctx context.Context, q storage.Query, scanRow func(*sql.Rows) error) (err error) {
	t.trace(q.Text)
	ctx, span := t.tracer.start(ctx, q.Text)
	defer func() { span.end(err) }()
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

// inSavepoint calls fn and returns its error. What fn wrote is then undone. After another error, the transaction cannot
// go on.
func (t tx) inSavepoint(ctx context.Context, fn func() error) (failed, err error) {
	if _, err := t.exec(ctx, savepoint); err != nil {
		return nil, translate(err)
	}
	if failed = fn(); failed != nil {
		if _, err := t.exec(ctx, rollbackToSavepoint); err != nil {
			return failed, translate(err)
		}
	}
	_, err = t.exec(ctx, releaseSavepoint)
	return failed, translate(err)
}

var (
	savepoint           = storage.Query{Text: "SAVEPOINT change"}
	rollbackToSavepoint = storage.Query{Text: "ROLLBACK TO change"}
	releaseSavepoint    = storage.Query{Text: "RELEASE change"}
)
