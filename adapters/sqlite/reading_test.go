package sqlite_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/tests/contract"
)

// openReader opens a database that may only be read.
func openReader(t *testing.T, path string) *sqlite.DB {
	t.Helper()
	db, err := sqlite.Open("sqlite:"+path, sqlite.ReadOnly())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func TestADatabaseIsReadByOneThatWritesNothing(t *testing.T) {
	for name, closed := range map[string]bool{"beside a service": false, "of which no service is left": true} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "p.db")
			db := sqlitetest.OpenAt(t, path)
			contract.RunReader(t, openStorage(db), func() contract.Reader {
				if closed {
					require.NoError(t, db.Close())
				}
				reader := openReader(t, path)
				return contract.Reader{
					Storage: openStorage(reader), Check: reader.CheckReadable, Refused: "service.database_read_only",
				}
			})
		})
	}
}

// contents returns the files of a folder. The index of a write-ahead log may change: readers note in it what they read.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	files := map[string]string{}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		if filepath.Ext(e.Name()) == ".db-shm" {
			data = nil
		}
		files[e.Name()] = string(data)
	}
	return files
}

// inUse returns the path of a database that a service writes to, and has marked.
func inUse(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "p.db")
	db := sqlitetest.OpenAt(t, path)
	require.NoError(t, db.MarkInUse(t.Context()))
	doc, _ := wideProcedure(1)
	startRun(t, service(db), doc)
	return path
}

// copyTo copies files of a database into a new folder, and returns the path of the copy.
func copyTo(t *testing.T, path string, suffixes ...string) string {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "p.db")
	for _, suffix := range append(suffixes, "") {
		copyFile(t, path+suffix, copied+suffix)
	}
	return copied
}

func TestReadingChangesNoFileAndMakesNone(t *testing.T) {
	for name, newFile := range map[string]func(t *testing.T) (path string){
		"after a crash":   func(t *testing.T) string { return copyTo(t, inUse(t), "-wal", "-shm") },
		"without its log": func(t *testing.T) string { return copyTo(t, inUse(t)) },
		"an empty log": func(t *testing.T) string {
			path := copyTo(t, inUse(t))
			require.NoError(t, os.WriteFile(path+"-wal", nil, 0o600))
			return path
		},
		"without a log": func(t *testing.T) string {
			path := copyTo(t, inUse(t), "-wal", "-shm")
			db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(DELETE)")
			require.NoError(t, err)
			require.NoError(t, db.PingContext(t.Context()))
			require.NoError(t, db.Close())
			return path
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := newFile(t)
			before := contents(t, filepath.Dir(path))
			for range 2 {
				db, err := sqlite.Open("sqlite:"+path, sqlite.ReadOnly())
				require.NoError(t, err)
				require.NoError(t, db.CheckReadable(t.Context()))
				_, err = contract.ReadEverything(t.Context(), openStorage(db))
				require.NoError(t, err)
				require.NoError(t, db.MigrationDB().PingContext(t.Context()))
				db.EndMigrations()
				require.NoError(t, db.Close())
				require.Equal(t, before, contents(t, filepath.Dir(path)))
			}
		})
	}
}

// Without its index, SQLite would read a log only after making the index, and an interrupted change only after rolling
// it back. To leave them out would be to read old or half-written data.
func TestALogThatCannotBeReadIsNotLeftOut(t *testing.T) {
	withoutIndex := copyTo(t, inUse(t), "-wal")
	interrupted := copyTo(t, inUse(t))
	require.NoError(t, os.WriteFile(interrupted+"-journal", []byte("x"), 0o600))
	for path, log := range map[string]string{withoutIndex: "-wal", interrupted: "-journal"} {
		before := contents(t, filepath.Dir(path))
		_, err := sqlite.Open("sqlite:"+path, sqlite.ReadOnly())
		require.ErrorIs(t, err, sqlite.LogError{Log: path + log})
		require.Equal(t, before, contents(t, filepath.Dir(path)))
	}
}

// A file without a log is read without locks. Whatever is read after a service has begun to write is refused.
func TestAReaderNoticesThatAServiceBegins(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.db")
	db := sqlitetest.OpenAt(t, path)
	doc, _ := wideProcedure(1)
	id := startRun(t, service(db), doc)
	require.NoError(t, db.Close())
	reader := openReader(t, path)
	_, err := contract.ReadEverything(t.Context(), openStorage(reader))
	require.NoError(t, err)

	db, err = sqlite.Open("sqlite:" + path)
	require.NoError(t, err)
	_, err = service(db).Execute(t.Context(), app.Request{}, id, draftOf("2"))
	require.NoError(t, err)
	check := func() {
		t.Helper()
		_, err := contract.ReadEverything(t.Context(), openStorage(reader))
		require.ErrorIs(t, err, sqlite.ErrChanged)
		require.True(t, fault.Is(err, fault.Unavailable), err)
		require.ErrorIs(t, reader.CheckReadable(t.Context()), sqlite.ErrChanged)
	}
	check()
	require.NoError(t, db.Close())
	check()
}

func TestAReaderRefusesWhatIsNotADatabaseOfThisRelease(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "text.db"), []byte("no database, but a text of some length"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "empty.db"), nil, 0o600))
	older := filepath.Join(dir, "older.db")
	db := sqlitetest.OpenAt(t, older)
	_, err := db.Writer().ExecContext(t.Context(),
		"DELETE FROM schema_revisions WHERE version = (SELECT max(version) FROM schema_revisions)")
	require.NoError(t, err)
	for name, code := range map[string]string{
		"text.db": "service.database_damaged", "empty.db": "service.database_schema",
		"older.db": "service.database_schema", "missing.db": "service.database_unreadable",
	} {
		requireCode(t, code, openReader(t, filepath.Join(dir, name)).CheckReadable(t.Context()))
	}
	require.ErrorIs(t, openReader(t, older).CheckReadable(context.Background()), storage.ErrOtherRelease)
	require.NoFileExists(t, filepath.Join(dir, "missing.db"))
}
