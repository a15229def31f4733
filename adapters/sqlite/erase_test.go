package sqlite_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/run"
)

// The value fills many database pages. Without secure_delete, the pages that the erasure frees would keep its text.
func TestErasedValuesAreRemovedFromTheFiles(t *testing.T) {
	db := sqlitetest.Open(t)
	file := databaseFile(t, db)
	s := service(db)
	id := startRun(t, s, `{"id":"p","name":"P","steps":[{"key":"s","title":"S",
		"slots":[{"name":"secret","type":"text","sensitive":true}]}]}`)
	const secret = "the secret of many pages "
	long := run.Submission{Step: "s", Slots: map[string][]byte{
		"secret": []byte(`"` + strings.Repeat(secret, 2000) + `"`),
	}}
	_, err := s.Execute(t.Context(), app.Request{}, id, run.Draft{Submission: long})
	require.NoError(t, err)
	inFiles := func() bool {
		require.NoError(t, db.Scrub(t.Context()))
		files, err := filepath.Glob(file + "*")
		require.NoError(t, err)
		for _, name := range files {
			data, err := os.ReadFile(name)
			require.NoError(t, err)
			if strings.Contains(string(data), secret) {
				return true
			}
		}
		return false
	}
	require.True(t, inFiles())
	_, err = s.Execute(t.Context(), app.Request{}, id, run.Erase{
		Places: []run.ErasePlace{{Step: "s", Slot: "secret"}}, Reason: "asked to",
	})
	require.NoError(t, err)
	require.False(t, inFiles())
}

func TestCheckpointFailsWhileAReaderNeedsTheLog(t *testing.T) {
	db := sqlitetest.Open(t)
	startRun(t, service(db), `{"id":"p","name":"P","steps":[{"key":"s","title":"S"}]}`)
	_, err := db.Writer().ExecContext(t.Context(), "PRAGMA busy_timeout = 1") // do not wait for the reader below
	require.NoError(t, err)
	file, err := sql.Open("sqlite", databaseFile(t, db))
	require.NoError(t, err)
	reader, err := file.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	var n int
	require.NoError(t, reader.QueryRowContext(t.Context(), "SELECT count(*) FROM runs").Scan(&n))
	startRun(t, service(db), `{"id":"q","name":"Q","steps":[{"key":"s","title":"S"}]}`)
	require.Error(t, db.Scrub(t.Context()))
	require.NoError(t, reader.Rollback())
	require.NoError(t, db.Scrub(t.Context()))
	require.NoError(t, file.Close())
}

func databaseFile(t *testing.T, db *sqlite.DB) (name string) {
	t.Helper()
	const query = "SELECT file FROM pragma_database_list WHERE name = 'main'"
	require.NoError(t, db.Writer().QueryRowContext(t.Context(), query).Scan(&name))
	return name
}
