package sqlite

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"

	direct "zombiezen.com/go/sqlite"

	"github.com/procedo/procedo/adapters/storage"
)

// ReadOnly returns an option for a database that is only read. It needs no right to write, neither to the file nor to
// its folder, and it creates and changes nothing beside the index of a write-ahead log that exists already.
func ReadOnly() Option { return func(d *DB) { d.readOnly = true } }

// LogError means that a database cannot be read without writing: SQLite would first have to make an index of its
// write-ahead log, or to roll a change back.
type LogError struct{ Log string }

func (e LogError) Error() string { return e.Log + " cannot be read without writing to the database" }

// ErrChanged means that somebody began to write to a file that was read as one that nobody writes.
var ErrChanged = errors.New("the database was changed while it was read")

// openReading opens the pools of a database that is only read.
func (d *DB) openReading() error {
	source, err := d.file.readingSource()
	if err != nil {
		return err
	}
	d.scans = newRawConns(source, direct.OpenReadOnly|direct.OpenURI)
	source += "&_txlock=deferred&_pragma=busy_timeout(" + strconv.Itoa(readBusy) + ")&_pragma=query_only(1)&_pragma=" +
		readerCache
	var errs [4]error
	d.write, errs[0] = openPool(d.file.path, source, true, 1) // for the error of a write
	d.read, errs[1] = openPool(d.file.path, source, true, readers)
	d.ready, errs[2] = openPool(d.file.path, source, true, 1)
	d.migrations, errs[3] = openPrivate(d.file.path, source, true)
	return errors.Join(errs[:]...)
}

// readingSource returns the URI with which the file can be read without writing.
//
// With a write-ahead log, SQLite reads through the index of the log, which all processes share. Without one, it would
// create both, so it is told that nobody writes the file. That hides a log that is there: hence the order here, and
// checkUnchanged.
func (f *file) readingSource() (string, error) {
	u := url.URL{Scheme: "file", Opaque: escapedPath(f.path), RawQuery: "mode=ro"}
	log := f.beside(logSuffix)
	if exists(log) && exists(f.beside(sharedSuffix)) {
		return u.String(), nil
	}
	for _, path := range []string{log, f.beside(journalSuffix)} {
		if isFilled(path) {
			return "", LogError{path}
		}
	}
	f.immutable = true
	u.RawQuery += "&immutable=1"
	return u.String(), nil
}

// checkUnchanged returns a fault if somebody has written to a file that is read as one that nobody writes. What was
// read since the last check is then worthless.
func (f *file) checkUnchanged() error {
	if !f.immutable {
		return nil
	}
	found, err := os.Stat(f.path)
	if err != nil {
		return storage.Unavailable(err)
	}
	f.mu.Lock()
	known := f.main
	f.mu.Unlock()
	same := known != nil && os.SameFile(found, known) && found.Size() == known.Size() &&
		found.ModTime().Equal(known.ModTime())
	if !same || isFilled(f.beside(logSuffix)) {
		return storage.Unavailable(fmt.Errorf("%s: %w", f.path, ErrChanged))
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// isFilled reports whether there is a file with content.
func isFilled(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Size() > 0
}

// CheckReadable returns a fault of kind fault.Unavailable if the database cannot be read: it does not answer, is
// damaged, has no schema or that of another release. Unlike Ping, it does not ask whether it can be written.
func (d *DB) CheckReadable(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTime)
	defer cancel()
	conn, err := d.ready.Conn(ctx)
	if err == nil {
		defer conn.Close() //nolint:errcheck // only returns it to the pool
		_, err = checkSchema(ctx, conn)
	}
	if err != nil {
		return storage.AsUnavailable(translate(err))
	}
	return d.file.check()
}
