//go:build unix

package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/docs"
)

// namedPipe makes a named pipe. Readers that still wait for it when the test ends are released.
func namedPipe(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "pipe.json")
	require.NoError(t, syscall.Mkfifo(name, 0o600))
	t.Cleanup(func() {
		if pipe, err := os.OpenFile(name, os.O_RDWR|syscall.O_NONBLOCK, 0); err == nil {
			pipe.Close() //nolint:errcheck // nothing was written
		}
	})
	return name
}

// keepOpen waits until somebody reads the pipe, and holds its other end open until the test ends.
func keepOpen(t *testing.T, name string) {
	t.Helper()
	require.Eventually(t, func() bool {
		pipe, err := os.OpenFile(name, os.O_WRONLY|syscall.O_NONBLOCK, 0)
		if err == nil {
			t.Cleanup(func() { pipe.Close() }) //nolint:errcheck // nothing was written
		}
		return err == nil
	}, 20*time.Second, time.Millisecond)
}

// interruptedAt runs a command, calls wait, which waits until the command reads, and interrupts the command.
func interruptedAt(t *testing.T, wait func(), args ...string) (status int, output string) {
	t.Helper()
	t.Setenv("LC_ALL", "C")
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	var out bytes.Buffer
	m := Main{Stdout: &out, Stderr: &out}
	ended := make(chan int, 1)
	go func() { ended <- m.Run(ctx, args) }()
	wait()
	interrupt()
	select {
	case status = <-ended:
		return status, out.String()
	case <-time.After(20 * time.Second):
		require.FailNow(t, "the command does not end", "%v", args)
		return 0, ""
	}
}

// replaceInput replaces standard input by a pipe into which nothing is written.
func replaceInput(t *testing.T) {
	t.Helper()
	reader, writer, err := os.Pipe()
	require.NoError(t, err)
	before := os.Stdin
	os.Stdin = reader
	t.Cleanup(func() {
		os.Stdin = before
		writer.Close() //nolint:errcheck // it ends the reading
	})
}

func TestASignalEndsEveryReadOfAFile(t *testing.T) {
	w, database := openDemo(t)
	startDemo(t.Context(), t, w)
	definition := writeFile(t, "words.yaml", wordsYAML)
	address := "--database-url=sqlite:" + database
	for _, command := range []string{
		"load FILE " + address, "load " + definition + " FILE " + definition + " " + address, "lint FILE",
		"lint " + definition + " FILE " + definition,
		"lint --simulate FILE " + definition, "run " + docs.DemoID + " --answers FILE " + address,
		"audit verify FILE", "audit verify " + writeFile(t, "empty", "") + " FILE", "audit verify --checkpoint FILE " + address,
		"audit verify --secrets-key-file FILE " + address, "audit withhold FILE --withhold slots",
		"audit checkpoint --audit-key-file FILE " + address, "list --server http://127.0.0.1:1 --token-file FILE",
		"mcp --token-file FILE", "migrate status --database-url postgres://a@127.0.0.1:1/b --database-password-file FILE",
		"secrets rotate --secrets-key-file FILE " + address, "backup --secrets-key-file FILE " + address + " " + database + ".copy",
		"copy --secrets-key-file FILE --from sqlite:" + database + " --to sqlite:" + database + ".copy",
		"serve --audit-key-file FILE --listen 127.0.0.1:0 " + address, "serve --tokens FILE --secrets-in-clear " + address,
		"serve --secrets-key-file FILE --listen 127.0.0.1:0 " + address,
		"serve --oidc-client-secret-file FILE " + address,
		"config --audit-key-file FILE " + address, "serve --otlp-endpoint http://127.0.0.1:1 --listen 127.0.0.1:0 " + address,
	} {
		t.Run(strings.ReplaceAll(command, address, ""), func(t *testing.T) {
			pipe := namedPipe(t)
			if strings.Contains(command, "--otlp-endpoint") {
				t.Setenv("OTEL_EXPORTER_OTLP_CERTIFICATE", pipe)
			}
			args := strings.Fields(strings.ReplaceAll(command, "FILE", pipe))
			status, out := interruptedAt(t, func() { keepOpen(t, pipe) }, args...)
			require.Equal(t, interrupted, status, out)
			require.NotContains(t, out, "canceled")
			require.True(t, out == "" || strings.HasSuffix(out, "\n"), "%q", out)
			require.NoFileExists(t, database+".copy")
		})
	}
}

func TestASignalEndsTheWaitForTheWriterOfAPipe(t *testing.T) {
	pipe := namedPipe(t)
	ctx, interrupt := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, interrupt)
	_, err := openInput(ctx, pipe)
	require.ErrorIs(t, err, context.Canceled)
	_, err = readInput(ctx, pipe)
	require.ErrorIs(t, err, context.Canceled)
}

func TestASignalEndsEveryReadOfStandardInput(t *testing.T) {
	_, database := openDemo(t)
	definition := writeFile(t, "words.yaml", wordsYAML)
	address := "--database-url=sqlite:" + database
	for command, want := range map[string]int{
		"lint --simulate - " + definition: interrupted, "run " + docs.DemoID + " --answers - " + address: interrupted,
		"run " + docs.DemoID + " " + address: interrupted, "mcp": 0,
	} {
		replaceInput(t)
		status, out := interruptedAt(t, func() { time.Sleep(50 * time.Millisecond) }, strings.Fields(command)...)
		require.Equal(t, want, status, "%s %s", command, out)
		if want != 0 { // the library logs the end of the tools
			require.Empty(t, out)
		}
	}
}
