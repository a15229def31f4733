// Package sqlitetest opens throw-away SQLite databases for tests.
package sqlitetest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/adapters/sqlite"
)

// Open returns a new migrated database that is closed and removed with the test.
func Open(t testing.TB, options ...sqlite.Option) *sqlite.DB {
	t.Helper()
	return OpenAt(t, filepath.Join(t.TempDir(), "procedo.db"), options...)
}

// OpenAt is like Open, with a given name for the file.
func OpenAt(t testing.TB, file string, options ...sqlite.Option) *sqlite.DB {
	t.Helper()
	bytes, err := migrated()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, bytes, 0o600))
	db, err := sqlite.Open("sqlite:"+file, options...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// migrated returns the file of an empty database with its schema. Copying it is faster than migrating one for each
// test.
var migrated = sync.OnceValues(func() (bytes []byte, err error) {
	dir, err := os.MkdirTemp("", "procedo-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "template.db")
	db, err := sqlite.Open("sqlite:" + file)
	if err != nil {
		return nil, err
	}
	_, err = migrate.SQLite.Apply(context.Background(), db.Writer())
	if err = errors.Join(err, db.Close()); err != nil { // closing empties the write-ahead log
		return nil, err
	}
	return os.ReadFile(file)
})
