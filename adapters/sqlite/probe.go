package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/schema"
	sqliteschema "github.com/procedo/procedo/schema/sqlite"
)

// selectState asks which migrations are applied, whether the table of events exists, and the size of a page.
const selectState = `SELECT coalesce(max(version), ''), count(*),
	(SELECT count(*) FROM sqlite_schema WHERE name = 'audit_events'), (SELECT page_size FROM pragma_page_size)
	FROM schema_revisions`

// probe compares the schema with that of this release, and the write-ahead log with what SQLite knows of it. It returns
// errors of the driver as they are.
func (d *DB) probe(ctx context.Context) error {
	conn, err := d.ready.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // only returns it to the pool
	pageSize, err := checkSchema(ctx, conn)
	if err != nil {
		return err
	}
	if err := conn.Raw(func(reader any) error { return d.file.checkShared(reader) }); err != nil {
		return err
	}
	return d.checkLength(ctx, conn, pageSize)
}

// checkSchema compares the schema with that of this release. It returns the size of a page.
func checkSchema(ctx context.Context, conn *sql.Conn) (pageSize int64, err error) {
	var applied schema.Revisions
	var tables int64
	switch err := conn.QueryRowContext(ctx, selectState).Scan(&applied.Newest, &applied.Count, &tables, &pageSize); {
	case err == nil && tables == 0, err != nil && lacksSchema(err):
		return 0, storage.NoSchema(errors.New("the database has no schema"))
	case err != nil:
		return 0, err
	}
	return pageSize, storage.CheckRelease(applied, sqliteschema.Revisions)
}

// The layout of a write-ahead log: a header, and frames that hold a header and a page each.
const (
	logHeader   = 32
	frameHeader = 24
)

// checkLength returns a fault if the write-ahead log is shorter than the frames that SQLite has written to it: it was
// cut off. Another process may have emptied it between the two looks, as is its right, so that the second look counts.
func (d *DB) checkLength(ctx context.Context, conn *sql.Conn, pageSize int64) error {
	for second := false; ; second = true {
		var busy, frames, moved int64
		// NOOP copies nothing and takes no lock: it only tells the number of frames.
		if err := conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(NOOP)").Scan(&busy, &frames, &moved); err != nil {
			return err
		}
		if frames <= 0 {
			return nil
		}
		found, err := os.Stat(d.file.beside(logSuffix))
		if err != nil {
			return storage.Moved(err)
		}
		if want := logHeader + frames*(frameHeader+pageSize); found.Size() < want && second {
			return storage.Damaged(fmt.Errorf("the write-ahead log has %d bytes instead of %d", found.Size(), want))
		} else if found.Size() >= want {
			return nil
		}
	}
}
