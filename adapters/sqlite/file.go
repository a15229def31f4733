package sqlite

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/procedo/procedo/adapters/storage"
)

// file watches the file of a database. SQLite writes on into a file that was renamed or deleted, and opens new
// connections to whatever file has the name by then.
//
// It must not open the file: closing it would release all locks that this process holds on it.
type file struct {
	path      string
	target    string       // where path leads if it is a link; SQLite keeps its other files there
	immutable bool         // SQLite opens it as a file that nobody writes
	checked   atomic.Int64 // when the last check began, in nanoseconds after started; 0 if it failed

	mu        sync.Mutex
	main, log os.FileInfo // the database and its write-ahead log; nil until they are known
	writer    any         // the connection that wrote last

	shared os.FileInfo // the index of the log, as the connection reader uses it
	reader any
}

// newFile returns the watch of a file, which may not exist yet.
func newFile(path string) *file {
	f := &file{path: path, target: targetOf(path)}
	f.remember()
	return f
}

// remember records which file has the name, unless that is known.
func (f *file) remember() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.main == nil {
		if found, err := os.Stat(f.path); err == nil {
			f.main = found
		}
	}
}

// check returns a fault if another file than before has the name of the database, or none.
func (f *file) check() error {
	f.mu.Lock()
	known := f.main
	f.mu.Unlock()
	began := time.Since(started)
	if err := cmp.Or(isStill(f.path, known), f.checkUnchanged()); err != nil {
		f.checked.Store(0)
		return err
	}
	f.checked.Store(int64(began))
	return nil
}

// recent is for how long reads rely on an earlier check. Nothing is lost by a read of a file that has just been moved;
// writes are always checked before they are committed.
const recent = 2 * time.Millisecond

var started = time.Now() // times are compared by the monotonic clock

// checkRecent is like check, but returns nil without looking if the last check returned nil and has just been made.
func (f *file) checkRecent() error {
	if last := f.checked.Load(); last > 0 && time.Since(started)-time.Duration(last) < recent {
		return nil
	}
	return f.check()
}

// checkBoth returns a fault if the database or its write-ahead log was moved or deleted.
func (f *file) checkBoth() error {
	f.mu.Lock()
	known := f.log
	f.mu.Unlock()
	if err := isStill(f.beside(logSuffix), known); err != nil {
		f.checked.Store(0) // the next read looks at the file, which may have been moved as well
		return err
	}
	return f.check()
}

// logSuffix follows the name of the database in the name of its write-ahead log.
const logSuffix = "-wal"

// checkLog returns a fault if the write-ahead log was moved or deleted since the writer, a connection in a transaction,
// began to use it. SQLite itself never removes the log under an open connection.
func (f *file) checkLog(writer any) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	path := f.beside(logSuffix)
	if f.log != nil && f.writer == writer {
		return isStill(path, f.log)
	}
	f.log, f.writer = nil, writer
	found, err := os.Stat(path)
	if err == nil {
		f.log = found
	}
	return nil
}

// sharedSuffix follows the name of the database in the name of the index of its write-ahead log, through which all
// connections see each other.
const sharedSuffix = "-shm"

// journalSuffix follows the name of a database without a write-ahead log in the name of its rollback journal.
const journalSuffix = "-journal"

// checkShared returns a fault if the index of the log was moved or deleted since the reader, an open connection, began
// to use it. New connections would then make an index of their own, and not see what the others write.
func (f *file) checkShared(reader any) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	path := f.beside(sharedSuffix)
	if f.shared != nil && f.reader == reader {
		return isStill(path, f.shared)
	}
	f.shared, f.reader = nil, reader
	found, err := os.Stat(path)
	if err == nil {
		f.shared = found
	}
	return nil
}

// beside returns the path of a file that belongs to the database.
func (f *file) beside(suffix string) string { return f.target + suffix }

// hasLog reports whether the database has a write-ahead log. A new database has none, and lacks none.
func (f *file) hasLog() bool {
	_, err := os.Stat(f.beside(logSuffix))
	return !errors.Is(err, os.ErrNotExist)
}

// maxLinks is the number of links that follow each other, as SQLite limits it.
const maxLinks = 200

// targetOf returns the file that a path leads to, which may not exist yet.
func targetOf(path string) string {
	for range maxLinks {
		if target, err := filepath.EvalSymlinks(path); err == nil {
			return target
		}
		next, err := os.Readlink(path)
		if err != nil {
			break
		}
		if !filepath.IsAbs(next) {
			next = filepath.Join(filepath.Dir(path), next)
		}
		path = next
	}
	return path
}

// isStill returns a fault if the file at the path is missing or is not the known one. It returns nil if known is nil.
func isStill(path string, known os.FileInfo) error {
	if known == nil {
		return nil
	}
	found, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return storage.Moved(fmt.Errorf("%s was moved or deleted", path))
	case err != nil:
		return storage.Unavailable(err)
	case !os.SameFile(found, known):
		return storage.Moved(fmt.Errorf("%s was replaced by another file", path))
	}
	return nil
}

// minSpace is the space on the disk below which the database counts as full, in bytes.
const minSpace = 4 << 20

// checkSpace returns a fault if the file is read-only or if its disk is nearly full.
func (f *file) checkSpace() error {
	if err := writable(f.path); err != nil {
		return storage.ReadOnly(fmt.Errorf("%s: %w", f.path, err))
	}
	dir := filepath.Dir(f.target)
	free, err := freeSpace(dir)
	if err != nil {
		return storage.Unavailable(fmt.Errorf("%s: %w", dir, err))
	}
	if free < minSpace {
		return storage.Full(fmt.Errorf("%s has %d bytes left", dir, free))
	}
	return nil
}
