package sqlite

import (
	"context"
	"errors"
	"fmt"

	direct "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/procedo/procedo/adapters/storage"
)

// This file exists only for speed. Verification and exports read millions of rows: they bypass database/sql, whose driver
// allocates several values for each column and locks the connection several times, which costs more than SQLite itself.

// rawConns holds connections for long scans.
type rawConns struct {
	path string
	idle chan *direct.Conn
}

func newRawConns(path string) *rawConns {
	return &rawConns{path: path, idle: make(chan *direct.Conn, readers)}
}

func (c *rawConns) take() (*direct.Conn, error) {
	select {
	case conn := <-c.idle:
		return conn, nil
	default:
	}
	conn, err := direct.OpenConn(c.path, direct.OpenReadWrite)
	if err != nil {
		return nil, err
	}
	for _, pragma := range []string{
		"PRAGMA query_only = ON",
		"PRAGMA mmap_size = 1099511627776", // pages are read without being copied
		"PRAGMA busy_timeout = 5000",       // while a writer resets the write-ahead log
	} {
		if err := sqlitex.ExecuteTransient(conn, pragma, nil); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	return conn, nil
}

// release ends the transaction and keeps the connection for the next scan.
func (c *rawConns) release(conn *direct.Conn) {
	conn.SetInterrupt(nil)
	if !conn.AutocommitEnabled() && sqlitex.ExecuteTransient(conn, "ROLLBACK", nil) != nil {
		_ = conn.Close() // nothing is lost: it only read
		return
	}
	select {
	case c.idle <- conn:
	default:
		_ = conn.Close()
	}
}

// Close closes the connections that are idle.
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

// rawQuery runs a statement and calls each with its rows. A row is valid only until each returns.
type rawQuery func(q storage.Query, each func(*rawRow) error) error

// raw lets do read over a connection of its own, with all its statements as of one moment.
func (d *DB) raw(ctx context.Context, do func(rawQuery) error) error {
	conn, err := d.scans.take()
	if err != nil {
		return translate(err)
	}
	defer d.scans.release(conn)
	conn.SetInterrupt(ctx.Done())
	if err = sqlitex.ExecuteTransient(conn, "BEGIN", nil); err == nil {
		err = do(func(q storage.Query, each func(*rawRow) error) error {
			d.trace(q.Text)
			return runRaw(conn, q, each)
		})
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return translate(err)
}

func runRaw(conn *direct.Conn, q storage.Query, each func(*rawRow) error) (err error) {
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
	row := rawRow{stmt: stmt, known: map[string]string{}}
	for {
		more, err := stmt.Step()
		if err != nil || !more {
			return err
		}
		if err := each(&row); err != nil {
			return err
		}
	}
}

// rawRow is the current row of a statement.
type rawRow struct {
	stmt    *direct.Stmt
	skip    int // leading columns that Scan leaves out
	scratch []byte
	known   map[string]string // short texts of earlier rows: keys and names are repeated often
}

// Limits of the texts that are kept.
const (
	shortText = 32  // bytes
	longText  = 100 // bytes; longer texts are hardly ever repeated
	mostKnown = 500
)

// text returns a column's text; previous if it is equal to it.
func (r *rawRow) text(col int, previous string) string {
	if r.stmt.ColumnLen(col) > longText {
		return r.stmt.ColumnText(col)
	}
	b := r.bytes(col)
	if string(b) == previous {
		return previous
	}
	if len(b) > shortText {
		return string(b)
	}
	text, known := r.known[string(b)]
	if !known {
		if text = string(b); len(r.known) < mostKnown {
			r.known[text] = text
		}
	}
	return text
}

// Scan reads the row into destinations of the types that the tables need. A destination whose text does not change keeps
// its string.
func (r *rawRow) Scan(dest ...any) error {
	for i, d := range dest {
		if !r.assign(d, r.skip+i) {
			return storage.Corrupt("column %s has a value of %s",
				r.stmt.ColumnName(r.skip+i), r.stmt.ColumnType(r.skip+i))
		}
	}
	return nil
}

// assign reports whether the column has a value of the destination's type.
func (r *rawRow) assign(dest any, col int) bool {
	kind := r.stmt.ColumnType(col)
	switch d := dest.(type) {
	case *string:
		if kind == direct.TypeText {
			*d = r.text(col, *d)
		}
		return kind == direct.TypeText
	case *int64:
		*d = r.stmt.ColumnInt64(col)
		return kind == direct.TypeInteger
	case *[]byte:
		*d = append((*d)[:0], r.bytes(col)...)
		return kind == direct.TypeText
	case **string:
		if *d = nil; kind == direct.TypeText {
			*d = new(r.text(col, ""))
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

// bytes returns a column's bytes, which are valid until the next call.
func (r *rawRow) bytes(col int) []byte {
	n := r.stmt.ColumnLen(col)
	if cap(r.scratch) < n {
		r.scratch = make([]byte, n+n/2)
	}
	r.scratch = r.scratch[:n]
	r.stmt.ColumnBytes(col, r.scratch)
	return r.scratch
}
