package sqlite_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
)

// overwrite writes the same byte over the file from an offset on. It writes into the file that the service has open.
func overwrite(t *testing.T, path string, from int64, with byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	require.NoError(t, err)
	info, err := f.Stat()
	require.NoError(t, err)
	_, err = f.WriteAt(bytes.Repeat([]byte{with}, int(max(0, info.Size()-from))), from)
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

// TestADamagedFileIsReportedAndIsNoInternalError damages the files of a database that is in use. Whatever the damage,
// no operation answers with an internal error, and the readiness check says so.
func TestADamagedFileIsReportedAndIsNoInternalError(t *testing.T) {
	truncate := func(suffix string, size int64) func(*testing.T, string) {
		return func(t *testing.T, path string) { require.NoError(t, os.Truncate(path+suffix, size)) }
	}
	for name, one := range map[string]struct {
		damage func(t *testing.T, path string)
		ready  string // the code of the readiness check
	}{
		"no database":        {func(t *testing.T, path string) { overwrite(t, path, 0, 'x') }, ""},
		"pages overwritten":  {func(t *testing.T, path string) { overwrite(t, path, 4096, 0xff) }, ""},
		"cut off":            {truncate("", 8192), ""},
		"empty":              {truncate("", 0), ""},
		"log cut off":        {truncate("-wal", 5000), "service.database_damaged"},
		"log emptied":        {truncate("-wal", 0), "service.database_damaged"},
		"index of log gone":  {func(t *testing.T, path string) { require.NoError(t, os.Remove(path+"-shm")) }, "service.database_moved"},
		"log overwritten":    {func(t *testing.T, path string) { overwrite(t, path+"-wal", 0, 0) }, ""},
		"log of garbage":     {func(t *testing.T, path string) { overwrite(t, path+"-wal", 0, 'x') }, ""},
		"half a log garbage": {func(t *testing.T, path string) { overwrite(t, path+"-wal", 20_000, 'x') }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "procedo.db")
			db, err := sqlite.Open("sqlite:" + path)
			require.NoError(t, err)
			t.Cleanup(func() { _ = db.Close() }) // the log may be lost
			_, err = migrate.SQLite.Apply(t.Context(), db.MigrationDB())
			require.NoError(t, err)
			s := service(db)
			doc, _ := wideProcedure(1)
			id := startRun(t, s, doc)
			require.NoError(t, db.Ping(t.Context()))
			one.damage(t, path)
			switch err := db.Ping(t.Context()); {
			case one.ready != "":
				requireCode(t, one.ready, err)
			case err != nil:
				require.True(t, fault.Is(err, fault.Unavailable), "%v", err)
			}
			for i := range 20 {
				_, err := s.Run(t.Context(), id)
				requireNoInternal(t, err)
				_, err = s.RunEvents(t.Context(), id, 0, 10)
				requireNoInternal(t, err)
				_, err = s.Execute(t.Context(), app.Request{}, id, draftOf(fmt.Sprint(i)))
				requireNoInternal(t, err)
			}
		})
	}
}

// A file that is damaged before it is opened is reported, too.
func TestAFileThatIsNoDatabaseIsReported(t *testing.T) {
	for name, content := range map[string][]byte{
		"text": bytes.Repeat([]byte("text"), 5000), "half a database": append([]byte("SQLite format 3\x00"), make([]byte, 9000)...),
	} {
		path := filepath.Join(t.TempDir(), "procedo.db")
		require.NoError(t, os.WriteFile(path, content, 0o600), name)
		db, err := sqlite.Open("sqlite:" + path)
		require.NoError(t, err)
		requireCode(t, "service.database_damaged", db.Ping(t.Context()))
		_, err = service(db).Run(t.Context(), "01a224fe-2753-71fc-8480-18e499a186db")
		requireCode(t, "service.database_damaged", err)
		require.NoError(t, db.Close())
	}
}

func requireNoInternal(t *testing.T, err error) {
	t.Helper()
	require.False(t, err != nil && !fault.Is(err, fault.Unavailable) && !fault.Is(err, fault.NotFound), "%v", err)
}

func TestTheReadinessCheckKnowsALogThatWasEmptiedRightly(t *testing.T) {
	db := sqlitetest.Open(t)
	s := service(db)
	doc, _ := wideProcedure(1)
	id := startRun(t, s, doc)
	for i := range 5 {
		require.NoError(t, db.Ping(t.Context()))
		require.NoError(t, db.Scrub(t.Context()))
		require.NoError(t, db.Ping(t.Context()))
		_, err := s.Execute(t.Context(), app.Request{}, id, draftOf(fmt.Sprint(i)))
		require.NoError(t, err)
	}
}

func TestEveryCodeOfTheFileIsUnavailable(t *testing.T) {
	for code, want := range map[int]string{
		11: "service.database_damaged", 26: "service.database_damaged", 267: "service.database_damaged", // corrupt
		522: "service.database_damaged", 10: "service.database_unreadable", 266: "service.database_unreadable", // I/O
		14: "service.database_unreadable", 3: "service.database_unreadable", 1550: "service.database_unreadable",
		8: "service.database_read_only", 1032: "service.database_moved", 13: "service.database_full",
		5: "service.unavailable", 6: "service.unavailable", 9: "service.unavailable", 7: "service.unavailable",
		1: "service.internal", 19: "service.internal", 21: "service.internal",
	} {
		f := fault.From(sqlite.TranslateCode(code, fmt.Errorf("code %d", code)))
		require.Equal(t, want, f.Code, "code %d", code)
		require.Equal(t, want != "service.internal", f.Kind == fault.Unavailable)
	}
	requireCode(t, "service.database_schema", sqlite.TranslateCode(1, errors.New("SQL logic error: no such table: runs")))
}

// The readiness check compares the migrations that are applied with those of the program. Tables of other releases may
// have the same names.
func TestTheTablesOfAnotherReleaseAreNotReady(t *testing.T) {
	for name, change := range map[string]string{
		"newer":          "INSERT INTO schema_revisions VALUES ('20991231000000', 'future', 'x', 1, '')",
		"older":          "DELETE FROM schema_revisions WHERE version = (SELECT max(version) FROM schema_revisions)",
		"one is missing": "DELETE FROM schema_revisions WHERE version = (SELECT min(version) FROM schema_revisions)",
	} {
		t.Run(name, func(t *testing.T) {
			db := sqlitetest.Open(t)
			require.NoError(t, db.Ping(t.Context()))
			_, err := db.Writer().Exec(change)
			require.NoError(t, err)
			err = db.Ping(t.Context())
			requireCode(t, "service.database_schema", err)
			require.ErrorIs(t, err, storage.ErrOtherRelease)
		})
	}
}
