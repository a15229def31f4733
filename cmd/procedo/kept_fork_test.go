package main

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/audit"
)

// forkedNotes makes a database, a copy of it, and in each a checkpoint of the same size with another hash. It returns
// the arguments that make a checkpoint in the copy, and the notes of the two.
func forkedNotes(t *testing.T) (args []string, other, own string) {
	t.Helper()
	w, args := signingDemo(t)
	file := strings.TrimPrefix(args[3], "sqlite:")
	backup := filepath.Join(t.TempDir(), "backup.db")
	status, out := inEnglish(t, "backup", args[2], args[3], backup)
	require.Equal(t, 0, status, out)
	note := func() string {
		startDemo(t.Context(), t, w)
		status, out := inEnglish(t, args...)
		require.Equal(t, 0, status, out)
		return audit.SplitNotes(out)[0]
	}
	other = note()
	require.NoError(t, w.close())
	for _, name := range []string{file, file + "-wal", file + "-shm"} {
		_ = os.Remove(name)
	}
	require.NoError(t, os.Rename(backup, file))
	w, err := database{DatabaseURL: args[3]}.open(t.Context(), true, wiring{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = w.close() })
	startDemo(t.Context(), t, w)
	status, out = inEnglish(t, args...)
	require.Equal(t, 0, status, out)
	return args, other, audit.SplitNotes(out)[0]
}

func TestOfTwoKeptNotesThatContradictEachOtherTheForeignOneIsNamed(t *testing.T) {
	args, other, own := forkedNotes(t)
	third := strings.Replace(other, "\n", "x\n", 1) // of another log
	for _, c := range []struct{ notes, foreign string }{
		{own + "\n" + other + "\n", "FILE, note 2 does not belong to this database."},
		{other + "\n" + own + "\n", "FILE, note 1 does not belong to this database."},
		{own + "\n" + own + "\n" + other + "\n", "FILE, note 3 does not belong to this database."},
		{third + "\n" + other + "\n", "Neither belongs to this database."},
	} {
		file := writeFile(t, "kept.txt", c.notes)
		want := strings.ReplaceAll(c.foreign, "FILE", file)
		for _, command := range [][]string{verifyArgs(args, "--checkpoint", file), append(args[:len(args):len(args)], "-o", file)} {
			status, out := inEnglish(t, command...)
			require.Equal(t, 1, status, out)
			require.Contains(t, out, " contradict each other: there are two different checkpoints of a log of ")
			require.Contains(t, out, want)
		}
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, c.notes, string(data))
	}
	alone := filepath.Join(t.TempDir(), "alone.db")
	status, out := inEnglish(t, "backup", args[2], args[3], alone)
	require.Equal(t, 0, status, out)
	db, err := sql.Open("sqlite", alone)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), "PRAGMA journal_mode = delete")
	require.NoError(t, errors.Join(err, db.Close()))
	before, err := os.ReadFile(alone)
	require.NoError(t, err)
	file := writeFile(t, "kept.txt", own+"\n"+other+"\n")
	status, out = inEnglish(t, "audit", "verify", "--database-url", "sqlite:"+alone, "--checkpoint", file)
	require.Equal(t, 1, status, out)
	after, err := os.ReadFile(alone)
	require.NoError(t, err)
	require.Equal(t, before, after, "verification writes nothing")
	one, two := writeFile(t, "one.txt", own+"\n"), writeFile(t, "two.txt", other+"\n")
	status, out = inEnglish(t, verifyArgs(args, "--checkpoint", one, "--checkpoint", two)...)
	require.Equal(t, 1, status, out)
	require.Contains(t, out, one+", note 1 and "+two+", note 1 contradict each other")
	require.Contains(t, out, two+", note 1 does not belong to this database.")
	status, out = inEnglish(t, verifyArgs(args, "--checkpoint", one)...)
	require.Equal(t, 0, status, out)
}
