package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// serveFor serves a handler on a free port with a limit of connections until the test ends or stop is called. Stop
// returns how long the server took to stop.
func serveFor(t *testing.T, limit int, handler http.HandlerFunc) (address string, stop func() time.Duration) {
	t.Helper()
	listener, stop := listenFor(t, limit, handler)
	return listener.Addr().String(), stop
}

// listenFor is like serveFor, but returns the listener.
func listenFor(t *testing.T, limit int, handler http.HandlerFunc) (listener *connections, stop func() time.Duration) {
	t.Helper()
	inner, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	listener = limitConnections(inner, limit)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- serve(ctx, handler, listener, slog.New(slog.DiscardHandler))
	}()
	stop = sync.OnceValue(func() time.Duration {
		begin := time.Now()
		cancel()
		require.NoError(t, <-done)
		return time.Since(begin)
	})
	t.Cleanup(func() { stop() })
	return listener, stop
}

// dial opens a connection to a server and sends text.
func dial(t *testing.T, address, text string) net.Conn {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(time.Minute)))
	_, err = io.WriteString(conn, text)
	require.NoError(t, err)
	return conn
}

// answer reads a response and returns its status, or 0 if the connection was closed.
func answer(conn net.Conn) int {
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode
}

const request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

func TestUnusedConnectionsKeepNobodyOut(t *testing.T) {
	const limit = 8
	for name, begin := range map[string]string{
		"idle after a request": request, "silent from the start": "", "half a header": "GET / HTTP/1.1\r\nHost: x\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			address, _ := serveFor(t, limit, func(http.ResponseWriter, *http.Request) {})
			for range 10 * limit {
				conn := dial(t, address, begin)
				if begin == request {
					require.Equal(t, 200, answer(conn))
				}
			}
			require.Equal(t, 200, answer(dial(t, address, request)))
		})
	}
}

func TestTheConnectionThatWaitedLongestIsReplaced(t *testing.T) {
	const limit = 3
	listener, _ := listenFor(t, limit, func(http.ResponseWriter, *http.Request) {})
	address := listener.Addr().String()
	var conns []net.Conn
	use := func(c net.Conn) int {
		if _, err := io.WriteString(c, request); err != nil {
			return 0
		}
		status := answer(c)
		require.Eventually(t, func() bool { // the server counts a connection as waiting soon after it has answered
			listener.mu.Lock()
			defer listener.mu.Unlock()
			return listener.waiting.Len() == len(listener.open)
		}, time.Minute, time.Millisecond)
		return status
	}
	for range limit {
		c := dial(t, address, "")
		conns = append(conns, c)
		require.Equal(t, 200, use(c))
	}
	require.Equal(t, 200, use(conns[0]), "now the second has waited longest")
	require.Equal(t, 200, use(dial(t, address, "")))
	require.Equal(t, 0, use(conns[1]))
	require.Equal(t, 200, use(conns[0]))
	require.Equal(t, 200, use(conns[2]))
}

func TestANewConnectionWaitsWhileAllHandleRequests(t *testing.T) {
	const limit = 2
	release, entered := make(chan struct{}), make(chan struct{}, 10*limit)
	address, _ := serveFor(t, limit, func(http.ResponseWriter, *http.Request) {
		entered <- struct{}{}
		<-release
	})
	var conns []net.Conn
	for range limit {
		conns = append(conns, dial(t, address, request))
		<-entered
	}
	third := dial(t, address, request)
	select {
	case <-entered:
		t.Fatal("more connections than the limit")
	case <-time.After(50 * time.Millisecond):
	}
	close(release)
	for _, c := range append(conns, third) {
		require.Equal(t, 200, answer(c), "no request is cut off")
	}
}

func TestTheConnectionLimitLeavesFilesForTheRest(t *testing.T) {
	for files, want := range map[uint64]int{
		0: mostConnections, 1: 1, 64: 32, 256: 128, 512: 256, 1024: 768, 1 << 20: mostConnections, 1 << 63: mostConnections,
	} {
		require.Equal(t, want, connectionLimit(files), files)
	}
}

func TestTheServerStopsInTimeWhateverItsClientsDo(t *testing.T) {
	entered := make(chan struct{}, 10)
	address, stop := serveFor(t, 100, func(w http.ResponseWriter, r *http.Request) {
		entered <- struct{}{}
		switch r.URL.Path {
		case "/body":
			_, _ = io.Copy(io.Discard, r.Body)
		case "/reader":
			for _, err := io.WriteString(w, strings.Repeat("x", 1<<20)); err == nil; {
				_, err = io.WriteString(w, strings.Repeat("x", 1<<20))
			}
		case "/work":
			<-r.Context().Done()
		}
	})
	dial(t, address, "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\na")
	dial(t, address, "GET /reader HTTP/1.1\r\nHost: x\r\n\r\n")
	dial(t, address, "GET /work HTTP/1.1\r\nHost: x\r\n\r\n")
	dial(t, address, "GET /slow HTTP/1.1\r\nHo")
	for range 3 {
		<-entered
	}
	require.Less(t, stop(), 10*time.Second-2*finishTime)
}

func TestARequestThatNoHandlerSeesIsAProblem(t *testing.T) {
	address, _ := serveFor(t, 10, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "handled")
	})
	for request, want := range map[string]int{
		"GET /" + strings.Repeat("a", 900_000) + " HTTP/1.1\r\nHost: x\r\n\r\n":        431,
		"GET / HTTP/1.1\r\nHost: x\r\nA: " + strings.Repeat("a", 100_000) + "\r\n\r\n": 431,
		"GET / HTTP/1.1\r\n\r\n":                                                400,
		"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n":                          400,
		"GET / HTTP/1.1\r\nHost: x\x01\r\n\r\n":                                 400,
		"nonsense\r\n\r\n":                                                      400,
		"GET / HTTP/3.0\r\nHost: x\r\n\r\n":                                     400,
		"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: x\r\n\r\n":            400,
		"GET / HTTP/1.1\r\nHost: x\r\nExpect: x\r\n\r\n":                        400,
		"GET / HTTP/1.0\r\nHost: x\r\nExpect: x\r\n\r\n":                        400,
		"POST / HTTP/1.1\r\nHost: x\r\nExpect: x\r\nContent-Length: 1\r\n\r\na": 400,
	} {
		conn := dial(t, address, "")
		go func() { _, _ = io.WriteString(conn, request) }()
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		require.NoError(t, err)
		require.Equal(t, want, res.StatusCode, "%.60q", request)
		require.Equal(t, "application/problem+json", res.Header.Get("Content-Type"))
		var problem struct {
			Status       int
			Code, Detail string
		}
		require.NoError(t, json.NewDecoder(res.Body).Decode(&problem))
		require.NoError(t, res.Body.Close())
		require.Equal(t, want, problem.Status)
		require.NotEmpty(t, problem.Code)
		require.NotContains(t, problem.Detail, "problem.")
	}
	conn := dial(t, address, request)
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, "handled", string(body))
}

func TestLinesOfTheLogAreCut(t *testing.T) {
	var out bytes.Buffer
	log := newLogger(&out, slog.LevelInfo)
	long := strings.Repeat("é\x1b\n", 300_000)
	log.Info("request", "path", "/"+long, "status", 200, "request_id", "the-id")
	line := out.String()
	require.Equal(t, 1, strings.Count(line, "\n"))
	require.LessOrEqual(t, len(line), maxLogLine)
	require.Contains(t, line, "request_id=the-id", "what follows a long value stays")
	require.Contains(t, line, "(1200001 bytes)")

	for name, write := range map[string]func(){
		"message": func() { log.Info(long) },
		"error":   func() { log.Info("m", "error", fmt.Errorf("cause: %s", long)) },
		"bytes":   func() { log.Info("m", "b", []byte(long)) },
		"group":   func() { log.Info("m", slog.Group("g", "a", long, "b", long, "c", long, "d", long)) },
		"many":    func() { log.With("a", long, "b", long, "c", long).Info("m", "d", long, "e", long, "f", long) },
		"key":     func() { log.Info("m", long, 1) },
		"invalid": func() { log.Info("m", "v", strings.Repeat("\xff", 1<<20)) },
		"plain":   func() { slog.NewLogLogger(log.Handler(), slog.LevelWarn).Print(long) },
		"stack":   func() { log.Info("panic", "stack", strings.Repeat("f()\n\t", 1<<20)) },
	} {
		out.Reset()
		write()
		require.LessOrEqual(t, out.Len(), maxLogLine, name)
		require.Contains(t, out.String(), " bytes)", name)
		require.True(t, strings.HasSuffix(out.String(), "\n"), name)
		require.Equal(t, strings.ToValidUTF8(out.String(), ""), out.String(), name)
	}
	out.Reset()
	log.Info("short", "path", "/é")
	require.Contains(t, out.String(), "path=/é\n")
}
