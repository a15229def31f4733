package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLookingAtMigrationsMakesNoDatabase(t *testing.T) {
	commands := [][]string{{"migrate", "status"}, {"migrate", "down", "--yes"}}
	for _, command := range commands {
		dir := t.TempDir()
		file := filepath.Join(dir, "p.db")
		status, out := inEnglish(t, append(command, "--database-url", "sqlite:"+file)...)
		if command[1] == "status" {
			require.Zero(t, status, out)
			require.Contains(t, out, "pending")
		} else {
			require.Equal(t, 1, status, out)
			require.Contains(t, out, file+": no such file or folder.")
		}
		require.Empty(t, filesIn(t, dir))
	}
	for _, command := range commands {
		dir := t.TempDir()
		file := filepath.Join(dir, "p.db")
		require.NoError(t, os.WriteFile(file, nil, 0o600))
		status, out := inEnglish(t, append(command, "--database-url", "sqlite:"+file)...)
		require.Equal(t, 0, status, out)
		require.NotContains(t, out, "applied")
		require.Equal(t, []string{"p.db"}, filesIn(t, dir))
		info, err := os.Stat(file)
		require.NoError(t, err)
		require.Zero(t, info.Size(), command)
		if command[1] == "status" {
			require.Contains(t, out, "pending")
		}
	}
}

// filesIn returns the names of the files in a folder.
func filesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
