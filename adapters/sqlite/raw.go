package sqlite

import (
	"context"
	"errors"
	"fmt"

	direct "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Whoever reads millions of rows goes past database/sql, whose driver makes several values of each column, and locks a connection
// that nobody shares several times for each: that costs more than SQLite itself.

// sweepers are connections to read everything with.
type sweepers struct {
	path string
	idle chan *direct.Conn
}

func newSweepers(path string) *sweepers {
	return &sweepers{path: path, idle: make(chan *direct.Conn, readers)}
}

func (s *sweepers) take() (*direct.Conn, error) {
	select {
	case conn := <-s.idle:
		return conn, nil
	default:
	}
	conn, err := direct.OpenConn(s.path, direct.OpenReadWrite)
	if err != nil {
		return nil, err
	}
	// Nothing is written, pages are not copied, and a writer that resets the log is waited for.
	for _, pragma := range []string{"PRAGMA query_only = ON", "PRAGMA mmap_size = 1099511627776", "PRAGMA busy_timeout = 5000"} {
		if err := sqlitex.ExecuteTransient(conn, pragma, nil); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	return conn, nil
}

// end ends what was read, and keeps the connection for whoever comes next.
func (s *sweepers) end(conn *direct.Conn) {
	conn.SetInterrupt(nil)
	if !conn.AutocommitEnabled() && sqlitex.ExecuteTransient(conn, "ROLLBACK", nil) != nil {
		_ = conn.Close() // nothing is lost: it only read
		return
	}
	select {
	case s.idle <- conn:
	default:
		_ = conn.Close()
	}
}

// Close closes those that are idle.
func (s *sweepers) Close() (err error) {
	for {
		select {
		case conn := <-s.idle:
			err = errors.Join(err, conn.Close())
		default:
			return err
		}
	}
}

// query hands each row of a statement to each. A row is only good until each returns.
type query func(s statement, each func(*rawRow) error) error

// raw lets do read, with all its statements as of one moment.
func (d *DB) raw(ctx context.Context, do func(query query) error) error {
	conn, err := d.sweep.take()
	if err != nil {
		return translate(err)
	}
	defer d.sweep.end(conn)
	conn.SetInterrupt(ctx.Done())
	if err = sqlitex.ExecuteTransient(conn, "BEGIN", nil); err == nil {
		err = do(func(s statement, each func(*rawRow) error) error { return d.rawQuery(conn, s, each) })
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return translate(err)
}

func (d *DB) rawQuery(conn *direct.Conn, s statement, each func(*rawRow) error) (err error) {
	text, args := single(s)
	d.trace(text)
	stmt, err := conn.Prepare(text)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stmt.Reset()) }()
	for i, arg := range args {
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

// rawRow is the row at which a statement stands.
type rawRow struct {
	stmt    *direct.Stmt
	skip    int // columns that are not scanned
	scratch []byte
	known   map[string]string // short texts that came before: keys and names come again and again
}

// What is remembered of texts.
const (
	shortText = 32  // bytes
	longText  = 100 // bytes, above which a text is not likely to come again
	mostKnown = 500
)

func (r *rawRow) text(col int, before string) string {
	if r.stmt.ColumnLen(col) > longText {
		return r.stmt.ColumnText(col)
	}
	b := r.bytes(col)
	if string(b) == before {
		return before
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

// Scan takes the kinds of destination that the tables need. A text that is there already is not made again.
func (r *rawRow) Scan(dest ...any) error {
	for i, d := range dest {
		if !r.assign(d, r.skip+i) {
			return corrupt("column %s has a value of %s", r.stmt.ColumnName(r.skip+i), r.stmt.ColumnType(r.skip+i))
		}
	}
	return nil
}

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

// bytes are those of a column, good until the next is asked for.
func (r *rawRow) bytes(col int) []byte {
	n := r.stmt.ColumnLen(col)
	if cap(r.scratch) < n {
		r.scratch = make([]byte, n+n/2)
	}
	r.scratch = r.scratch[:n]
	r.stmt.ColumnBytes(col, r.scratch)
	return r.scratch
}
