// Package sqlitetest opens temporary SQLite databases for tests.
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

// Open returns a new database with the schema. It is closed and removed when the test ends.
func Open(t testing.TB, options ...sqlite.Option) *sqlite.DB {
	t.Helper()
	return OpenAt(t, filepath.Join(t.TempDir(), "procedo.db"), options...)
}

// OpenAt is like Open, but creates the database in the given file.
func OpenAt(t testing.TB, file string, options ...sqlite.Option) *sqlite.DB {
	t.Helper()
	bytes, err := template()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, bytes, 0o600))
	db, err := sqlite.Open("sqlite:"+file, options...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// template returns the content of a database file with the schema. Copying a file is faster than applying the
// migrations for each test.
var template = sync.OnceValues(func() (bytes []byte, err error) {
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
