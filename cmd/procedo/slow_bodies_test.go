package main

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// drip sends text in pieces with a pause before each, until all is sent or the connection is closed.
func drip(conn net.Conn, piece string, times int, pause time.Duration) {
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for range times {
		<-ticker.C
		if _, err := io.WriteString(conn, piece); err != nil {
			return
		}
	}
}

func readsBody(w http.ResponseWriter, r *http.Request) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		w.WriteHeader(http.StatusRequestTimeout)
	}
}

func TestSlowBodiesKeepNobodyOut(t *testing.T) {
	const limit = 8
	ignoresBody := func(http.ResponseWriter, *http.Request) {}
	for name, one := range map[string]struct {
		handler http.HandlerFunc
		header  string
		drips   bool
	}{
		"nothing arrives":       {readsBody, "Content-Length: 100000\r\n\r\n", false},
		"a byte at a time":      {readsBody, "Content-Length: 100000\r\n\r\n", true},
		"without a length":      {readsBody, "Transfer-Encoding: chunked\r\n\r\n", false},
		"only after a continue": {readsBody, "Content-Length: 100000\r\nExpect: 100-continue\r\n\r\n", false},
		"a body of no use":      {ignoresBody, "Content-Length: 100000\r\n\r\n", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, _ := serveFor(t, limit, one.handler)
			for range limit {
				conn := dial(t, address, "POST / HTTP/1.1\r\nHost: x\r\n"+one.header)
				if one.drips {
					go drip(conn, "a", 1000, 20*time.Millisecond)
				}
			}
			for range 3 {
				began := time.Now()
				require.Equal(t, 200, answer(dial(t, address, request)))
				require.Less(t, time.Since(began), readTime/2)
			}
		})
	}
}

// A body that arrives at an ordinary pace is read to its end, also while others wait for room.
func TestABodyThatArrivesSteadilyIsNotReplaced(t *testing.T) {
	const size, piece = 2560 << 10, 64 << 10 // forty times as fast as a slow body
	entered := make(chan struct{}, 3)
	address, _ := serveFor(t, 2, func(w http.ResponseWriter, r *http.Request) {
		entered <- struct{}{}
		readsBody(w, r)
	})
	steady := dial(t, address, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2621440\r\n\r\n")
	go drip(steady, strings.Repeat("a", piece), size/piece, 100*time.Millisecond)
	slow := dial(t, address, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2621440\r\n\r\n")
	<-entered
	<-entered // before that, either could be taken for a connection that sends nothing
	require.Equal(t, 200, answer(dial(t, address, request)))
	require.Equal(t, 0, answer(slow), "the slow one was replaced")
	require.Equal(t, 200, answer(steady))
}

// Work that takes long is not mistaken for a slow body.
func TestARequestThatIsWorkedOnIsNotReplaced(t *testing.T) {
	release, entered := make(chan struct{}), make(chan struct{})
	address, _ := serveFor(t, 1, func(w http.ResponseWriter, r *http.Request) {
		if readsBody(w, r); r.Method == http.MethodPost {
			close(entered)
			<-release
		}
	})
	busy := dial(t, address, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody")
	<-entered
	other := dial(t, address, request)
	time.AfterFunc(slowAfter+4*slowCheck, func() { close(release) })
	require.Equal(t, 200, answer(busy))
	require.NoError(t, busy.Close())
	require.Equal(t, 200, answer(other))
}
