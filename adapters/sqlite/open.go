// Package sqlite stores all data in one SQLite file. This is the default database. Statements are built with go-jet.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"
	direct "zombiezen.com/go/sqlite"

	"github.com/procedo/procedo/core/fault"
)

// DB is a SQLite database in WAL mode. SQLite allows one writer at a time, so a single connection writes. Several
// connections read.
type DB struct {
	write, read *pool
	scans       *rawConns // for verification and exports
	trace       func(statement string)
}

// Option is an option of Open.
type Option func(*DB)

// WithTrace returns an option that calls f with each statement, including BEGIN, COMMIT and ROLLBACK. It omits BEGIN
// and ROLLBACK of long scans, and the statements of Ping, Checkpoint and Writer. The function f must return quickly.
func WithTrace(f func(statement string)) Option { return func(d *DB) { d.trace = f } }

// readers is the maximum number of open connections for reading, and of idle connections for long scans.
const readers = 8

// Path returns the absolute path of the file that a database URL (sqlite:FILE) names.
func Path(databaseURL string) (string, error) {
	path, ok := strings.CutPrefix(databaseURL, "sqlite:")
	path = strings.TrimPrefix(path, "//")
	if !ok || path == "" || path == ":memory:" {
		return "", fmt.Errorf("database URL %q: want sqlite:FILE", databaseURL)
	}
	return filepath.Abs(path)
}

// Open returns the database of a URL (see Path). It does not connect: the first query does, and creates a missing file.
func Open(databaseURL string, options ...Option) (*DB, error) {
	abs, err := Path(databaseURL)
	if err != nil {
		return nil, err
	}
	write, err := sql.Open("sqlite", dsn(abs, "_txlock=immediate", "foreign_keys(1)"))
	if err != nil {
		return nil, err
	}
	read, err := sql.Open("sqlite", dsn(abs, "_txlock=deferred", "query_only(1)"))
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	d := &DB{write: &pool{DB: write}, read: &pool{DB: read}, scans: newRawConns(abs), trace: func(string) {}}
	for _, o := range options {
		o(d)
	}
	return d, nil
}

// dsn returns the data source name of a file. A writer waits up to 5 seconds for another writer (busy_timeout). A
// commit returns after its data is on the disk (synchronous). Deleted content is overwritten (secure_delete).
func dsn(path, lock string, pragmas ...string) string {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}
	u.RawQuery = lock +
		"&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=secure_delete(ON)"
	for _, p := range pragmas {
		u.RawQuery += "&_pragma=" + p
	}
	return u.String()
}

// Checkpoint copies the write-ahead log into the database file and empties the log. It returns fault.Unavailable
// while a reader needs the log.
func (d *DB) Scrub(ctx context.Context) error {
	var busy, pages, moved int64
	if err := d.write.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved); err != nil {
		return translate(err)
	}
	if busy != 0 {
		return unavailable(errors.New("the write-ahead log could not be emptied: a reader still needs it"))
	}
	return nil
}

// Writer returns the connection that migrations use. Its transactions take the write lock when they begin.
func (d *DB) Writer() *sql.DB { return d.write.DB }

// Ping returns fault.Unavailable if the database does not answer or has no schema.
func (d *DB) Ping(ctx context.Context) error {
	var tables int
	err := d.read.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE name = 'audit_events'").Scan(&tables)
	if err == nil && tables == 0 {
		err = errors.New("the database has no schema")
	}
	if err != nil {
		return unavailable(err)
	}
	return nil
}

// Close closes all connections.
func (d *DB) Close() error { return errors.Join(d.scans.Close(), d.read.Close(), d.write.Close()) }

// translate converts an error of one of the two drivers to a fault. It returns a fault unchanged.
func translate(err error) error {
	var known *fault.Error
	var lite *driver.Error
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return unavailable(err)
	case errors.As(err, &lite) && isTemporary(lite.Code()), isTemporary(int(direct.ErrCode(err))):
		return unavailable(err)
	}
	return fault.New(fault.Internal, "service.internal", nil).Because(err)
}

// translateOr returns the translation of err, or fallback if err is nil.
func translateOr(err, fallback error) error {
	if err != nil {
		return translate(err)
	}
	return fallback
}

func unavailable(err error) error {
	return fault.New(fault.Unavailable, "service.unavailable", nil).Because(err)
}

// isTemporary reports whether a result code means that the database may be usable again later: it is locked, the call
// was interrupted, the disk is full, or the file cannot be reached.
func isTemporary(code int) bool {
	switch code & 0xff {
	case codes.SQLITE_BUSY, codes.SQLITE_LOCKED, codes.SQLITE_INTERRUPT, codes.SQLITE_FULL, codes.SQLITE_IOERR,
		codes.SQLITE_CANTOPEN:
		return true
	}
	return false
}
