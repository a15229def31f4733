package sqlite_test

import (
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

// The statement journal holds content, which must not lie in temporary files. Writing it to a file also takes time.
func TestAGroupWritesNoTemporaryFile(t *testing.T) {
	s, runs, kept := serviceThatKeeps(withoutTemporaryFiles(t))
	doc, commit := wideProcedure(64)
	for range 200 { // trees of several pages
		startRun(t, s, doc)
	}
	ids := []string{startRun(t, s, doc), startRun(t, s, doc)}
	kept.keep = true
	for _, id := range ids {
		_, err := s.Execute(t.Context(), app.Request{}, id, commit)
		require.NoError(t, err)
	}
	_, err := runs.WriteTogether(kept.changes...)
	require.NoError(t, err)
}

func TestAnErasureWritesNoTemporaryFile(t *testing.T) {
	s := service(withoutTemporaryFiles(t))
	id := startRun(t, s, `{"id":"p","name":"P","steps":[{"key":"s","title":"S",
		"slots":[{"name":"a","type":"text"},{"name":"b","type":"text"}]}]}`)
	long := []byte(`"` + strings.Repeat("x", 50_000) + `"`)
	_, err := s.Execute(t.Context(), app.Request{}, id, run.Draft{
		Submission: run.Submission{Step: "s", Slots: map[string][]byte{"a": long, "b": long}},
	})
	require.NoError(t, err)
	_, err = s.Execute(t.Context(), app.Request{}, id, run.Erase{
		Places: []run.ErasePlace{{Step: "s", Slot: "a"}, {Step: "s", Slot: "b"}}, Reason: "asked to",
	})
	require.NoError(t, err)
}

// withoutTemporaryFiles returns a database. The test fails if a statement finds more deleted files open than there were
// at the start. SQLite deletes a temporary file as soon as it has opened it.
func withoutTemporaryFiles(t *testing.T) *sqlite.DB {
	t.Helper()
	before := deletedFiles()
	require.GreaterOrEqual(t, before, 0, "/proc cannot be read")
	most := before
	t.Cleanup(func() { require.Equal(t, before, most) })
	return sqlitetest.Open(t, sqlite.WithTrace(func(string) { most = max(most, deletedFiles()) }))
}

// deletedFiles returns the number of open files of this process that were deleted, or -1 if that cannot be known.
func deletedFiles() (n int) {
	const openFiles = "/proc/self/fd"
	entries, err := os.ReadDir(openFiles)
	if err != nil {
		return -1
	}
	for _, e := range entries {
		target, err := os.Readlink(filepath.Join(openFiles, e.Name()))
		if err == nil && strings.HasSuffix(target, " (deleted)") {
			n++
		}
	}
	return n
}
