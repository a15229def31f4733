package auditsink_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/auditsink"
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

func TestFileAppendsLinesThatOnlyItsOwnerCanRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b.jsonl")
	sink := open(t, "file:"+strings.ReplaceAll(path, " ", "%20"), auditsink.Options{})
	records := append(trail(t, "r", 3), checkpoint(1))
	deliver(t, sink, records[:2]...)
	deliver(t, sink, records[2:]...)
	require.Equal(t, linesOf(t, records...), read(t, path))
	stat, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), stat.Mode().Perm())

	require.NoError(t, os.Rename(path, path+".moved"))
	deliver(t, sink, records[0])
	require.Equal(t, linesOf(t, records[0]), read(t, path), "a file that was moved away is replaced by a new one")
}

func TestFileRemovesATornLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jsonl")
	sink := open(t, "file:"+path, auditsink.Options{})
	long := strings.Repeat("x", 200_000)
	for _, torn := range []string{"{", "{" + long, "first\n{\"id\":", "first\n" + long} {
		require.NoError(t, os.WriteFile(path, []byte(torn), 0o600))
		records := trail(t, "r", 1)
		deliver(t, sink, records...)
		whole := torn[:strings.LastIndexByte(torn, '\n')+1]
		require.Equal(t, whole+linesOf(t, records...), read(t, path))
	}
	require.NoError(t, os.WriteFile(path, []byte("some other text"), 0o600))
	n, err := sink.Deliver(t.Context(), trail(t, "r", 1))
	require.Error(t, err)
	require.Zero(t, n)
	require.Equal(t, "some other text", read(t, path))
}

func TestADatabaseIsNoTrail(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.db")
	database := "SQLite format 3\x00" + strings.Repeat("x\n", 1<<20)
	require.NoError(t, os.WriteFile(path, []byte(database), 0o600))
	n, err := open(t, "file:"+path+"?max_megabytes=1", auditsink.Options{}).Deliver(t.Context(), trail(t, "r", 1))
	require.ErrorContains(t, err, "does not hold a trail")
	require.Zero(t, n)
	require.True(t, database == read(t, path), "it is neither changed nor renamed")
}

func TestAFullFileIsRenamedToTheNextNumber(t *testing.T) {
	path := filepath.Join(t.TempDir(), "[a]*.jsonl")
	sink := open(t, "file:"+strings.ReplaceAll(path, "*", "%2A")+"?max_megabytes=1", auditsink.Options{})
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("x", 1<<20-1)+"\n"), 0o600))
	records := trail(t, "r", 2)
	deliver(t, sink, records[0])
	require.Len(t, read(t, path+".000001"), 1<<20)
	require.Equal(t, linesOf(t, records[0]), read(t, path))
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("y", 1<<20-1)+"\n{\"id\":\"torn"), 0o600))
	deliver(t, sink, records[1])
	require.True(t, strings.HasPrefix(read(t, path+".000001"), "x"))
	require.Equal(t, strings.Repeat("y", 1<<20-1)+"\n", read(t, path+".000002"), "the torn line is removed first")
	require.Equal(t, linesOf(t, records[1]), read(t, path))
}

func TestFileFailsIfItCannotBeWritten(t *testing.T) {
	n, err := open(t, "file:"+t.TempDir(), auditsink.Options{}).Deliver(t.Context(), trail(t, "r", 1))
	require.Error(t, err)
	require.Zero(t, n)
	missing := filepath.Join(t.TempDir(), "none", "x")
	n, err = open(t, "file:"+missing, auditsink.Options{}).Deliver(t.Context(), trail(t, "r", 1))
	require.Error(t, err)
	require.Zero(t, n)
}
