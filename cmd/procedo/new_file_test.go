package main

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

var errWrite = errors.New("no space")

// partly writes a part of a text, and fails if it is told to.
func partly(failing bool) func(io.Writer) error {
	return func(out io.Writer) error {
		for range 100_000 {
			fmt.Fprintln(out, "a line")
		}
		if failing {
			return errWrite
		}
		return nil
	}
}

func TestANewFileIsCompleteOrMissing(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "export")
	names := func() (all []string) {
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		for _, e := range entries {
			all = append(all, e.Name())
		}
		return all
	}
	require.ErrorIs(t, writeNew(name, partly(true)), errWrite)
	require.Empty(t, names())
	err := writeNew(name, func(io.Writer) error {
		require.NoFileExists(t, name, "nothing is seen of it before its end")
		return os.WriteFile(name, []byte("evidence"), 0o600) // by somebody else
	})
	require.ErrorIs(t, err, os.ErrExist)
	require.ErrorIs(t, writeNew(name, partly(false)), os.ErrExist)
	require.Equal(t, "evidence", readFile(t, name))
	require.NoError(t, os.Remove(name))
	require.NoError(t, writeNew(name, partly(false)))
	require.Equal(t, []string{"export"}, names())
	info, err := os.Stat(name)
	require.NoError(t, err)
	require.EqualValues(t, 700_000, info.Size())
	require.EqualValues(t, 0o600, info.Mode().Perm())
	err = writeNew(filepath.Join(dir, "none", "export"), partly(false))
	require.ErrorContains(t, err, filepath.Join(dir, "none", "export")+":", "the name that was given")
}

func TestNothingOrAllIsAppended(t *testing.T) {
	name := writeFile(t, "kept", "a note\n")
	require.ErrorIs(t, appendWhole(name, partly(true)), errWrite)
	require.Equal(t, "a note\n", readFile(t, name))
	missing := filepath.Join(t.TempDir(), "missing")
	require.ErrorIs(t, appendWhole(missing, partly(true)), errWrite)
	require.NoFileExists(t, missing)
	require.NoError(t, appendWhole(name, partly(false)))
	require.Len(t, readFile(t, name), 700_007)
}

func TestAFailedExportLeavesNoFile(t *testing.T) {
	w, file := openDemo(t)
	startDemo(t.Context(), t, w)
	db, err := sql.Open("sqlite", file)
	require.NoError(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), "ALTER TABLE audit_checkpoints RENAME TO lost")
	require.NoError(t, err)
	for _, format := range []string{"jsonl", "csv"} {
		dir := t.TempDir()
		status, out := inEnglish(t, "audit", "export", "--database-url=sqlite:"+file, "--format", format, "-o", filepath.Join(dir, "e"))
		require.Equal(t, 1, status, out)
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Empty(t, entries)
	}
}
