package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// health runs procedo health and returns its exit status and output.
func health(t *testing.T, listen string) (int, string) {
	t.Helper()
	var out bytes.Buffer
	m := Main{Stdout: &out, Stderr: &out}
	return m.Run(t.Context(), []string{"health", "--listen", listen}), out.String()
}

func TestHealthSaysWhetherTheServerIsReady(t *testing.T) {
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		require.Equal(t, "/readyz", r.URL.Path)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(`{"status":"x"}`))
	}))
	defer server.Close()
	address := strings.TrimPrefix(server.URL, "http://")
	_, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	for _, listen := range []string{address, "0.0.0.0:" + port, ":" + port, "localhost:" + port, "[::]:" + port} {
		code, out := health(t, listen)
		require.Equal(t, 0, code, "%s: %s", listen, out)
		require.Contains(t, out, "status")
	}
	status = http.StatusServiceUnavailable
	code, _ := health(t, address)
	require.Equal(t, 1, code)
	server.Close()
	code, _ = health(t, address)
	require.Equal(t, 1, code)
	code, _ = health(t, "nowhere")
	require.Equal(t, 1, code)
}

func TestHealthDoesNotWaitForAServerThatHangs(t *testing.T) {
	silent, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = silent.Close() }()
	start := time.Now()
	code, _ := health(t, silent.Addr().String())
	require.Equal(t, 1, code)
	require.Less(t, time.Since(start), 2*healthTime)
}
