// Package sqlite stores all data in one SQLite file. This is the default database. Statements are built with go-jet.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"

	driver "modernc.org/sqlite"
	direct "zombiezen.com/go/sqlite"

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/fault"
)

// DB is a SQLite database in WAL mode. SQLite allows one writer at a time, so a single connection writes. Several
// connections read.
type DB struct {
	write, read *pool
	ready       *pool     // for readiness checks
	migrations  *sql.DB   // not open, unless migrations run
	scans       *rawConns // for verification and exports
	file        *file
	full        *storage.Fullness
	hadLog      bool        // there was a write-ahead log when the database was opened
	readOnly    bool        // see ReadOnly
	marked      atomic.Bool // MarkInUse has marked the file
	trace       func(statement string)
	tracer      tracer
	beginGroup  storage.BeginGroup
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

// Open returns the database of a URL (see Path). It does not connect: the first query does, and creates a missing file
// unless the option ReadOnly is given.
func Open(databaseURL string, options ...Option) (*DB, error) {
	abs, err := Path(databaseURL)
	if err != nil {
		return nil, err
	}
	watched := newFile(abs)
	d := &DB{file: watched, full: &storage.Fullness{}, trace: func(string) {}, hadLog: watched.hasLog()}
	for _, o := range options {
		o(d)
	}
	if d.readOnly {
		err = d.openReading()
	} else {
		err = d.openWriting(abs)
	}
	if err != nil {
		return nil, err
	}
	d.migrations.SetMaxOpenConns(1)
	return d, nil
}

// openWriting opens the pools of a database that is read and written.
func (d *DB) openWriting(path string) error {
	d.scans = newRawConns(path, direct.OpenReadWrite)
	reading := dsn(path, "_txlock=deferred", readBusy, "query_only(1)", readerCache)
	var errs [4]error
	d.write, errs[0] = openPool(path,
		dsn(path, "_txlock=immediate", beginBusy, "foreign_keys(1)", journalInMemory, writerCache), false, 1)
	d.read, errs[1] = openPool(path, reading, false, readers)
	d.ready, errs[2] = openPool(path, reading, false, 1)
	d.migrations, errs[3] = openPrivate(path, dsn(path, "_txlock=immediate", migrationBusy, "foreign_keys(1)"), false)
	return errors.Join(errs[:]...)
}

func openPool(path, source string, reads bool, size int) (*pool, error) {
	db, err := openPrivate(path, source, reads)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return &pool{DB: db}, nil
}

// How long SQLite itself waits for the lock of another process, in milliseconds. SQLite cannot be interrupted in this
// wait, so a writer waits briefly and then asks again (see begin).
const (
	beginBusy     = 100
	readBusy      = 500
	migrationBusy = 5000
)

// journalInMemory keeps the statement journal in memory. In a temporary file, as is the default, it took three quarters
// of all writes to disk, and held erased content. Migrations do without: they change and sort whole tables.
const journalInMemory = "temp_store(MEMORY)"

// The limits of the page caches, in KiB, of a connection that writes and of one that reads. A connection may also use
// what the others leave (SQLITE_ENABLE_MEMORY_MANAGEMENT), so the writer comes to use the sum of all limits, and a page
// of 4 KiB takes 8 KiB of memory. Readers need little, because every change of the database empties their caches.
const (
	writerCache = "cache_size(-2000)"
	readerCache = "cache_size(-256)"
)

// dsn returns the data source name of a file. A commit returns after its data is on the disk (synchronous). Deleted
// content is overwritten (secure_delete).
func dsn(path, lock string, busy int, pragmas ...string) string {
	u := url.URL{Scheme: "file", Opaque: escapedPath(path)}
	u.RawQuery = lock + "&_pragma=busy_timeout(" + strconv.Itoa(busy) +
		")&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=secure_delete(ON)"
	for _, p := range pragmas {
		u.RawQuery += "&_pragma=" + p
	}
	return u.String()
}

// escapedPath returns a path as it stands in a data source name.
func escapedPath(path string) string { return (&url.URL{Path: path}).EscapedPath() }

// Scrub copies the write-ahead log into the database file and empties the log. It returns fault.Unavailable if a reader
// still needs the log after some time.
func (d *DB) Scrub(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, waitTime)
	defer cancel()
	for {
		var busy, pages, moved int64
		err := d.write.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved)
		if err != nil || busy == 0 {
			return translate(err)
		}
		if !pause(ctx) {
			return storage.Unavailable(errors.New("the write-ahead log could not be emptied: a reader still needs it"))
		}
	}
}

// Writer returns the connection that writes. Its transactions take the write lock when they begin.
func (d *DB) Writer() *sql.DB { return d.write.DB }

// ReadDB returns the connections that read. A transaction sees one snapshot, and no writer waits for it.
func (d *DB) ReadDB() *sql.DB { return d.read.DB }

// MigrationDB returns a connection for migrations. Its transactions take the write lock when they begin. They wait for
// another process, which may migrate too, for 5 seconds.
func (d *DB) MigrationDB() *sql.DB { return d.migrations }

// EndMigrations closes the connection for migrations, with its page cache. Further migrations open it again.
func (d *DB) EndMigrations() {
	d.migrations.SetMaxIdleConns(-1)
	d.migrations.SetMaxIdleConns(1)
}

// Ping returns a fault of kind fault.Unavailable if the database does not answer, is damaged, has no schema or that
// of another release, or cannot be written because its file was moved, is read-only or has no space left on its disk.
func (d *DB) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTime)
	defer cancel()
	if err := d.file.checkBoth(); err != nil {
		return err
	}
	if err := d.probe(ctx); err != nil {
		return storage.AsUnavailable(translate(err))
	}
	d.file.remember()
	if err := d.file.checkSpace(); err != nil {
		return err
	}
	return d.full.Check()
}

// Close closes all connections.
func (d *DB) Close() error {
	err, left := d.unmark(), !d.readOnly && d.hasMarkOfAnother()
	err = errors.Join(err, d.scans.Close(), d.migrations.Close(), d.ready.Close(), d.read.Close(), d.write.Close())
	if left && err == nil {
		err = d.clearMark()
	}
	return err
}

// translate converts an error of one of the two drivers to a fault. It returns a fault unchanged.
func translate(err error) error {
	var known *fault.Error
	var lite *driver.Error
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return storage.Unavailable(err)
	case errors.As(err, &lite):
		return translateCode(lite.Code(), err)
	}
	return translateCode(int(direct.ErrCode(err)), err)
}

// translateOr returns the translation of err, or fallback if err is nil.
func translateOr(err, fallback error) error {
	if err != nil {
		return translate(err)
	}
	return fallback
}
