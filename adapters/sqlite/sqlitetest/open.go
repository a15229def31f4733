// Package sqlitetest opens throw-away SQLite databases for tests.
package sqlitetest

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/adapters/sqlite"
)

// Open returns a new migrated database that is closed and removed with the test.
func Open(t testing.TB, options ...sqlite.Option) *sqlite.DB {
	t.Helper()
	db, err := sqlite.Open("sqlite:"+filepath.Join(t.TempDir(), "procedo.db"), options...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err = migrate.SQLite.Apply(t.Context(), db.Writer())
	require.NoError(t, err)
	return db
}
