package sqlite_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/adapters/sqlite"
)

// modes returns the modes of the files in a directory.
func modes(t *testing.T, dir string) map[string]os.FileMode {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	all := map[string]os.FileMode{}
	for _, e := range entries {
		info, err := os.Stat(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		all[e.Name()] = info.Mode().Perm()
	}
	return all
}

func TestTheFilesOfADatabaseAreTheirOwnersOnly(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there, the mode does not say who can read a file")
	}
	for name, prepare := range map[string]func(t *testing.T, dir string) (file string){
		"new": func(_ *testing.T, dir string) string { return filepath.Join(dir, "p.db") },
		"a link to a missing file": func(t *testing.T, dir string) string {
			link := filepath.Join(t.TempDir(), "link.db")
			require.NoError(t, os.Symlink(filepath.Join(dir, "p.db"), link))
			return link
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := prepare(t, dir)
			for range 2 { // a database that is opened again keeps its modes
				db, err := sqlite.Open("sqlite:" + file)
				require.NoError(t, err)
				_, err = migrate.SQLite.Apply(t.Context(), db.Writer())
				require.NoError(t, err)
				require.NoError(t, db.Ping(t.Context()))
				require.Equal(t, map[string]os.FileMode{"p.db": 0o600, "p.db-wal": 0o600, "p.db-shm": 0o600}, modes(t, dir))
				require.NoError(t, db.Close())
			}
		})
	}
}

func TestAnExistingDatabaseKeepsItsMode(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there, the mode does not say who can read a file")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "p.db")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.NoError(t, os.Chmod(file, 0o644))
	db, err := sqlite.Open("sqlite:" + file)
	require.NoError(t, err)
	_, err = migrate.SQLite.Apply(t.Context(), db.Writer())
	require.NoError(t, err)
	require.EqualValues(t, 0o644, modes(t, dir)["p.db"])
	require.Subset(t, sqlite.Files(file), []string{file, file + "-wal", file + "-shm"})
	require.NoError(t, db.Close())
}

func TestAMissingFolderIsReportedBySQLite(t *testing.T) {
	db, err := sqlite.Open("sqlite:" + filepath.Join(t.TempDir(), "missing", "p.db"))
	require.NoError(t, err)
	require.ErrorContains(t, db.Ping(t.Context()), "unable to open database file")
	require.NoError(t, db.Close())
}
