package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/core/audit"
)

// copyFile copies a file, as cp does.
func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(to, data, 0o600))
}

// flawsOf returns what verification says of a database file itself. Each is a warning.
func flawsOf(t *testing.T, path string) (codes []string) {
	t.Helper()
	db, err := sqlite.Open("sqlite:" + path)
	require.NoError(t, err)
	defer db.Close()
	err = sqlite.Storage(db, cel.Language{}, memory.KeepDefinitions(1)).Verify.Objects.EachFlaw(t.Context(), func(_ string, problem audit.Problem, warning bool) {
		require.True(t, warning)
		codes = append(codes, problem.Code)
	})
	require.NoError(t, err)
	return codes
}

// A copy without the write-ahead log is a complete database of some time before. Only the mark shows that it is not
// all.
func TestACopyWithoutItsLogIsRecognised(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "procedo.db")
	db, err := sqlite.Open("sqlite:" + path)
	require.NoError(t, err)
	_, err = migrate.SQLite.Apply(t.Context(), db.MigrationDB())
	require.NoError(t, err)
	require.NoError(t, db.MarkInUse(t.Context()))
	_, err = db.Writer().ExecContext(t.Context(), "INSERT INTO sessions (id, actor, created_at, seen_at, expires_at, "+
		"access_token, access_expires_at) VALUES (zeroblob(32), 'a', '', '', '', x'00', '')")
	require.NoError(t, err)
	require.Empty(t, flawsOf(t, path), "the database that is in use")

	plain := filepath.Join(dir, "plain.db")
	copyFile(t, path, plain)
	require.Equal(t, []string{"log_left_behind"}, flawsOf(t, plain))
	require.Equal(t, []string{"log_left_behind"}, flawsOf(t, plain), "to look at it changes nothing")

	both := filepath.Join(dir, "both.db")
	copyFile(t, path, both)
	copyFile(t, path+"-wal", both+"-wal")
	require.Empty(t, flawsOf(t, both), "the log was copied with it")
	require.NoFileExists(t, both+"-wal")
	require.Empty(t, flawsOf(t, both), "all of it was moved into the file, as after a crash")

	backup := filepath.Join(dir, "backup.db")
	require.NoError(t, db.Backup(t.Context(), backup))
	require.Empty(t, flawsOf(t, backup), "a copy that SQLite makes is complete")

	require.NoError(t, db.Close())
	closed := filepath.Join(dir, "closed.db")
	copyFile(t, path, closed)
	require.Empty(t, flawsOf(t, closed), "the service was stopped before")
}

// A database that is opened and closed without being used, as procedo config does, is left as a crash has left it.
func TestAnUnusedDatabaseIsNotTouched(t *testing.T) {
	path := copyTo(t, inUse(t), "-wal", "-shm")
	before := contents(t, filepath.Dir(path))
	db, err := sqlite.Open("sqlite:" + path)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	require.Equal(t, before, contents(t, filepath.Dir(path)))
}
