package main

import (
	"bytes"
	"io/fs"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// fullDisk is a standard output that nothing can be written to.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) {
	return 0, &fs.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}
}

func TestNoCommandSucceedsWhoseOutputIsLost(t *testing.T) {
	w, file := openDemo(t)
	id := startDemo(t.Context(), t, w)
	url := "--database-url=sqlite:" + file
	definition := filepath.Join("..", "..", "docs", "procedures", "demo.json")
	for _, args := range [][]string{
		{"list", url}, {"show", id, url}, {"audit", "verify", url}, {"lint", definition}, {"lint", "--graph", definition},
		{"migrate", "status", url}, {"migrate", "up", url}, {"demo"}, {"load", url, definition}, {"version"}, {"config"},
		{"config", "--json"}, {"audit", "export", url}, {"token", "x"}, {"completion", "bash"}, {"--help"}, {"list", "--help"},
		{"backup", url, filepath.Join(t.TempDir(), "copy.db")}, {"secrets", "keygen", filepath.Join(t.TempDir(), "keys")},
		{"audit", "keygen", "-o", filepath.Join(t.TempDir(), "key")},
	} {
		t.Setenv("LC_ALL", "C")
		var out, diagnostics bytes.Buffer
		m := Main{Stdout: &out, Stderr: &diagnostics}
		require.Equal(t, 0, m.Run(t.Context(), again(t, args)), "%v %s", args, diagnostics.String())
		require.NotEmpty(t, out.String(), args)
		diagnostics.Reset()
		m = Main{Stdout: fullDisk{}, Stderr: &diagnostics}
		require.Equal(t, 1, m.Run(t.Context(), args), "%v %s", args, diagnostics.String())
		require.Contains(t, diagnostics.String(), "/dev/stdout: no space left on device", args)
	}
}

// again returns the arguments with a file in another folder, if they name a new one.
func again(t *testing.T, args []string) []string {
	t.Helper()
	last := len(args) - 1
	switch args[0] {
	case "backup", "secrets", "audit":
		if filepath.IsAbs(args[last]) {
			return append(args[:last:last], filepath.Join(t.TempDir(), "new"))
		}
	}
	return args
}
