package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNoOutputIsWrittenToAFileOfTheProgram(t *testing.T) {
	_, args := signingDemo(t)
	file, key := args[3][len("sqlite:"):], args[5]
	linked := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(file, linked))
	missing := filepath.Join(t.TempDir(), "new.db")
	serve := []string{
		"serve", "--listen=127.0.0.1:0", "--database-url=sqlite:" + file, "--audit-key-file=" + key, "--audit-sink",
	}
	for _, args := range [][]string{
		append(args, "-o", key), append(args, "-o", file), append(args, "-o", linked), append(args, "-o", file+"-wal"),
		append(serve, "file:"+file), append(serve, "file:"+linked), append(serve, "file:"+file+"-wal"),
		append(serve, "file:"+key),
		{"serve", "--listen=127.0.0.1:0", "--database-url=sqlite:" + missing, "--audit-sink=file:" + missing},
		{"config", "--database-url=sqlite:" + missing, "--audit-sink=file:" + missing},
	} {
		before := []string{readFile(t, file), readFile(t, key)}
		status, out := inEnglish(t, args...)
		require.Equal(t, 1, status, "%v %s", args, out)
		require.Contains(t, out, "nothing may be written to this file, because procedo uses it for --")
		require.Equal(t, before, []string{readFile(t, file), readFile(t, key)})
	}
	require.NoFileExists(t, missing)
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(data)
}
