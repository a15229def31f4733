//go:build unix

package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A manager that waits for a service of Type=notify hears of it once requests are answered, and again when it begins to
// stop.
func TestTheServiceManagerIsToldWhenTheServerIsReadyAndWhenItStops(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "notify")
	manager, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "unixgram", socket)
	require.NoError(t, err)
	defer func() { _ = manager.Close() }()
	t.Setenv(notifyVariable, socket)
	told := func() string {
		buffer := make([]byte, 100)
		require.NoError(t, manager.SetReadDeadline(time.Now().Add(time.Minute)))
		n, _, err := manager.ReadFrom(buffer)
		require.NoError(t, err)
		return string(buffer[:n])
	}
	ctx, stop := context.WithCancel(t.Context())
	url, ended := make(chan string, 1), make(chan int, 1)
	m := Main{Stdout: io.Discard, Stderr: io.Discard, Ready: func(base string) { url <- base }}
	go func() {
		ended <- m.Run(ctx, []string{
			"serve", "--listen", "127.0.0.1:0", "--database-url", "sqlite:" + filepath.Join(t.TempDir(), "p.db"),
		})
	}()
	require.Equal(t, "READY=1", told())
	answer, err := http.Get(<-url + "/livez")
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	stop()
	require.Equal(t, "STOPPING=1", told())
	require.Zero(t, <-ended)
}

func TestAServerRunsWhereTheServiceManagerDoesNotListen(t *testing.T) {
	t.Setenv(notifyVariable, filepath.Join(t.TempDir(), "nobody"))
	ctx, stop := context.WithCancel(t.Context())
	m := Main{Stdout: io.Discard, Stderr: io.Discard, Ready: func(string) { stop() }}
	require.Zero(t, m.Run(ctx, []string{
		"serve", "--listen", "127.0.0.1:0", "--database-url", "sqlite:" + filepath.Join(t.TempDir(), "p.db"),
	}))
}
