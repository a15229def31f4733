package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	lite "modernc.org/sqlite"
)

// private is a connector that creates a missing database file so that only its owner can read it. SQLite gives its
// other files (-wal, -shm, -journal) the mode of this one.
type private struct {
	driver.Connector
	dsn, path string
	reads     bool // the file is only read, and not created
}

// openPrivate returns the database in the file at path. If it is only read, it creates no file.
func openPrivate(path, dsn string, reads bool) (*sql.DB, error) {
	connector, err := lite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(private{connector, dsn, path, reads}), nil
}

// Connect creates the file if it is missing, and opens it.
func (p private) Connect(ctx context.Context) (driver.Conn, error) {
	if !p.reads {
		createPrivate(p.path)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	conn, err := withFunctions.Open(p.dsn)
	if err != nil {
		err = cmp.Or(p.accessError(), err)
	}
	return conn, err
}

// accessError returns which file or folder this process may not use. SQLite says only that it cannot open the database.
func (p private) accessError() error {
	target := targetOf(p.path)
	needed := []struct {
		name   string
		access func(string) error
	}{{target, readable}, {target, writable}, {filepath.Dir(target), writable}}
	if p.reads {
		needed = needed[:1]
	}
	for _, n := range needed {
		if err := n.access(n.name); errors.Is(err, fs.ErrPermission) {
			return &fs.PathError{Op: "open", Path: n.name, Err: err}
		}
	}
	return nil
}

// createPrivate creates a file with mode 0600 if there is none. If that fails, SQLite says why it cannot open the file.
// An existing file is never opened here: closing it would release the locks that this process has on it (POSIX, fcntl).
func createPrivate(path string) {
	const mode = 0o600
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) {
		if _, missing := os.Stat(path); !errors.Is(missing, fs.ErrNotExist) {
			return
		}
		file, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, mode) // a link to a missing file
	}
	if err == nil {
		_ = file.Close() // nothing was written
	}
}

// Files returns the paths of the files that a database can have (see Path).
func Files(path string) []string {
	target := targetOf(path)
	return slices.Compact([]string{path, target, target + logSuffix, target + sharedSuffix, target + journalSuffix})
}
