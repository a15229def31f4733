package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestServeWarnsOfFilesThatOthersCanOpen(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, nil, 0o600))
		require.NoError(t, os.Chmod(path, mode))
		return path
	}
	c := serveCmd{database: database{DatabaseURL: "sqlite:" + file("p.db", 0o644)}}
	c.AuditKeyFile = file("key", 0o640)
	file("p.db-wal", 0o604)
	file("p.db-shm", 0o600)
	var out bytes.Buffer
	c.warnOfExposedFiles(newLogger(&out, slog.LevelInfo))
	require.Equal(t, 3, strings.Count(out.String(), "level=WARN"), out.String())
	require.NotContains(t, out.String(), "p.db-shm")

	out.Reset()
	for _, name := range []string{"p.db", "p.db-wal", "key"} {
		require.NoError(t, os.Chmod(filepath.Join(dir, name), 0o600))
	}
	c.warnOfExposedFiles(newLogger(&out, slog.LevelInfo))
	require.Empty(t, out.String())
}
