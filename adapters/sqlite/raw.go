package sqlite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	direct "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/procedo/procedo/adapters/storage"
)

// This file exists only for speed. Verification and exports read millions of rows, so they bypass database/sql. That
// package allocates several values for each column and locks the connection for each row. BenchmarkVerify/SQLite in
// cmd/procedo verifies 41,000 events per second of CPU time without database/sql, and 27,000 with it.

// rawConns holds idle connections for long scans.
type rawConns struct {
	name  string // path or, with direct.OpenURI, URI of the file
	flags direct.OpenFlags
	idle  chan *direct.Conn
}

func newRawConns(name string, flags direct.OpenFlags) *rawConns {
	return &rawConns{name: name, flags: flags, idle: make(chan *direct.Conn, readers)}
}

// take returns an idle connection, or opens one.
func (c *rawConns) take() (*direct.Conn, error) {
	select {
	case conn := <-c.idle:
		return conn, nil
	default:
	}
	conn, err := direct.OpenConn(c.name, c.flags)
	if err != nil {
		return nil, err
	}
	for _, pragma := range []string{
		"PRAGMA query_only = ON",
		"PRAGMA mmap_size = 1099511627776", // pages are read without being copied
		"PRAGMA busy_timeout = 3000",       // a writer may be resetting the write-ahead log
		"PRAGMA cache_size = -256",         // see readerCache
	} {
		if err := sqlitex.ExecuteTransient(conn, pragma, nil); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	return conn, nil
}

// release rolls back the transaction and keeps the connection for later scans.
func (c *rawConns) release(conn *direct.Conn) {
	conn.SetInterrupt(nil)
	if !conn.AutocommitEnabled() && sqlitex.ExecuteTransient(conn, "ROLLBACK", nil) != nil {
		_ = conn.Close() // the connection only reads
		return
	}
	select {
	case c.idle <- conn:
	default:
		_ = conn.Close()
	}
}

// Close closes the idle connections.
func (c *rawConns) Close() (err error) {
	for {
		select {
		case conn := <-c.idle:
			err = errors.Join(err, conn.Close())
		default:
			return err
		}
	}
}

// rawQuery runs a query and calls onRow for every row of the result. The row is valid only during that call.
type rawQuery func(q storage.Query, onRow func(*rawRow) error) error

// raw begins a transaction on a connection for long scans. It passes to fn a function that runs queries in this
// transaction, so that all of them read the same snapshot.
func (d *DB) raw(ctx context.Context, fn func(rawQuery) error) error {
	if err := d.file.check(); err != nil {
		return err
	}
	conn, err := d.scans.take()
	if err != nil {
		return translate(err)
	}
	defer d.scans.release(conn)
	conn.SetInterrupt(ctx.Done())
	if err = sqlitex.ExecuteTransient(conn, "BEGIN", nil); err == nil {
		err = fn(func(q storage.Query, onRow func(*rawRow) error) error {
			d.trace(q.Text)
			_, span := d.tracer.start(ctx, q.Text)
			err := runRaw(conn, q, onRow)
			span.end(err)
			return err
		})
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return translate(cmp.Or(d.file.checkUnchanged(), err))
}

func runRaw(conn *direct.Conn, q storage.Query, onRow func(*rawRow) error) (err error) {
	stmt, err := conn.Prepare(q.Text)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stmt.Reset()) }()
	for i, arg := range q.Args {
		switch arg := arg.(type) {
		case string:
			stmt.BindText(i+1, arg)
		case int64:
			stmt.BindInt64(i+1, arg)
		default:
			return fmt.Errorf("argument %d is %T", i+1, arg)
		}
	}
	row := rawRow{stmt: stmt}
	for {
		more, err := stmt.Step()
		if err != nil || !more {
			return err
		}
		if err := onRow(&row); err != nil {
			return err
		}
	}
}

// rawRow is the current row of a statement.
type rawRow struct {
	stmt *direct.Stmt
}

// Scan scans the row into dest. It returns projection.ErrRows if a value does not have the type of its destination.
func (r *rawRow) Scan(dest ...any) error {
	for i, d := range dest {
		if !r.assign(d, i) {
			return storage.Corrupt("column %s has a value of %s", r.stmt.ColumnName(i), r.stmt.ColumnType(i))
		}
	}
	return nil
}

// assign copies the value of a column to dest. It reports whether the value has the type of dest.
func (r *rawRow) assign(dest any, col int) bool {
	kind := r.stmt.ColumnType(col)
	switch d := dest.(type) {
	case *string:
		if kind == direct.TypeText {
			*d = r.stmt.ColumnText(col)
		}
		return kind == direct.TypeText
	case *int64:
		*d = r.stmt.ColumnInt64(col)
		return kind == direct.TypeInteger
	case *[]byte:
		*d = slices.Grow((*d)[:0], r.stmt.ColumnLen(col))[:r.stmt.ColumnLen(col)]
		r.stmt.ColumnBytes(col, *d)
		return kind == direct.TypeText
	case **string:
		if *d = nil; kind == direct.TypeText {
			*d = new(r.stmt.ColumnText(col))
		}
		return *d != nil || kind == direct.TypeNull
	case **[]byte:
		if *d = nil; kind == direct.TypeBlob {
			b := make([]byte, r.stmt.ColumnLen(col))
			r.stmt.ColumnBytes(col, b)
			*d = &b
		}
		return *d != nil || kind == direct.TypeNull
	case **int64:
		if *d = nil; kind == direct.TypeInteger {
			*d = new(r.stmt.ColumnInt64(col))
		}
		return *d != nil || kind == direct.TypeNull
	}
	return false
}
