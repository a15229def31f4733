package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"
)

// A file that is copied while a service writes to it lacks what stands in its write-ahead log. Nothing in the copy says
// so, because it is a complete database of some time before. Therefore a service that goes on writing marks the file:
// the user version, which nothing else uses, is then the version of the schema. Copies that SQLite itself makes (VACUUM
// INTO, the backup API) have another version of the schema, and are not marked.

// MarkInUse marks the file as one that a service writes to, until Close.
func (d *DB) MarkInUse(ctx context.Context) error {
	if err := d.file.check(); err != nil {
		return err
	}
	version, err := d.pragma(ctx, "schema_version")
	if err != nil {
		return err
	}
	if err := d.setUserVersion(ctx, version); err != nil {
		return err
	}
	d.marked.Store(true)
	// The mark must stand in the file itself, of which copies are made. If a reader prevents it, the next checkpoint of
	// the log moves it there.
	_, err = d.write.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)")
	return translate(err)
}

// unmark removes the mark before the file is closed. If another file has the name by now, it is left alone.
func (d *DB) unmark() error {
	if !d.marked.Load() || d.file.check() != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return d.setUserVersion(ctx, 0)
}

// hasMarkOfAnother reports whether there was a write-ahead log, and the file has a mark that this process has not made.
// A service made it that runs, or that has crashed. A database that was not used is not opened to find out.
func (d *DB) hasMarkOfAnother() bool {
	if !d.hadLog || d.marked.Load() || !d.isUsed() || d.file.check() != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	version, err := d.pragma(ctx, "user_version")
	return err == nil && version != 0
}

// isUsed reports whether the database has been connected to.
func (d *DB) isUsed() bool {
	for _, db := range []*sql.DB{d.write.DB, d.read.DB, d.ready.DB, d.migrations} {
		if s := db.Stats(); s.OpenConnections > 0 || s.MaxIdleClosed > 0 { // those of migrations are closed after use
			return true
		}
	}
	return len(d.scans.idle) > 0
}

// clearMark removes the mark of a service that has crashed. It is called after the database was closed: if the log is
// gone by then, SQLite has moved all of it into the file, and nobody else has the file open.
func (d *DB) clearMark() error {
	if d.file.hasLog() {
		return nil
	}
	db, err := openPrivate(d.file.path, dsn(d.file.path, "_txlock=immediate", beginBusy), false)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(context.Background(), "PRAGMA user_version = 0")
	return errors.Join(translate(err), db.Close())
}

func (d *DB) setUserVersion(ctx context.Context, version int64) error {
	_, err := d.write.ExecContext(ctx, "PRAGMA user_version = "+strconv.FormatInt(version, 10))
	return translate(err)
}

func (d *DB) pragma(ctx context.Context, name string) (value int64, err error) {
	err = d.read.QueryRowContext(ctx, "PRAGMA "+name).Scan(&value)
	return value, translate(err)
}

// lacksLog reports whether the file was in use when it was copied, and its write-ahead log was left behind.
func (d *DB) lacksLog(ctx context.Context) (bool, error) {
	if d.hadLog {
		return false, nil
	}
	user, err := d.pragma(ctx, "user_version")
	if err != nil || user == 0 {
		return false, err
	}
	version, err := d.pragma(ctx, "schema_version")
	return user == version, err
}
