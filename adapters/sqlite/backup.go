package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/procedo/procedo/adapters/storage"
)

// Backup writes the database, as it is at one moment, into a new file that only its owner can read. Writers need not
// wait meanwhile. The copy is complete in itself: it needs no write-ahead log, and holds no deleted content. Backup
// returns after the copy is on the disk. If it fails, it removes the file.
func (d *DB) Backup(ctx context.Context, path string) (err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return err
	}
	const mode = 0o600
	created, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	if err := created.Close(); err != nil {
		return err
	}
	if err := d.file.check(); err != nil {
		return err
	}
	source, err := openPrivate(d.file.path, dsn(d.file.path, "_txlock=deferred", migrationBusy), false)
	if err != nil {
		return err
	}
	_, err = source.ExecContext(ctx, "VACUUM INTO ?", path)
	if err = errors.Join(translate(err), source.Close()); err != nil {
		return err
	}
	if err := d.file.check(); err != nil { // another file may have had the name
		return err
	}
	if err := checkIntegrity(ctx, path); err != nil {
		return err
	}
	return Sync(path)
}

// checkIntegrity returns an error if a database file is damaged. It does not change the file.
func checkIntegrity(ctx context.Context, path string) (err error) {
	db, err := openPrivate(path, "file:"+escapedPath(path)+"?mode=ro&_pragma=query_only(1)", true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var found string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&found); err != nil {
		return translate(err)
	}
	if found != "ok" {
		return storage.Corrupt("%s", found)
	}
	return nil
}

// Sync returns after a file and its name are on the disk.
func Sync(path string) error {
	for _, name := range []string{path, filepath.Dir(path)} {
		file, err := os.OpenFile(name, os.O_RDONLY, 0)
		if err != nil {
			return err
		}
		if err := errors.Join(syncFile(file), file.Close()); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
