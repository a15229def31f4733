package http_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/procedure"
)

// slowList is a list of procedures that answers after a time, unless the request is stopped before.
type slowList struct {
	app.ProcedureList
	takes   time.Duration
	stopped chan error // receives the cause if a request is stopped
}

func (l slowList) ListProcedures(
	ctx context.Context, _ app.ProcedureFilter,
) (page app.Page[procedure.Record], err error) {
	select {
	case <-time.After(l.takes):
		return page, nil
	case <-ctx.Done():
		l.stopped <- context.Cause(ctx)
		return page, ctx.Err()
	}
}

// newSlowServer returns a server whose requests must arrive, and be answered, within a time.
func newSlowServer(t *testing.T, within, takes time.Duration) (*testServer, chan error) {
	stopped := make(chan error, 1)
	return newTestServerOf(t, limits{}, func(p *app.Ports) { p.ProcedureList = slowList{p.ProcedureList, takes, stopped} },
		func(c *httpadapter.Config) { c.RequestTimeout = within }), stopped
}

func TestWorkStopsAtTheDeadline(t *testing.T) {
	srv, stopped := newSlowServer(t, 50*time.Millisecond, time.Hour)
	r := srv.call("GET", "/procedures", "")
	require.Equal(t, 503, r.status, "%s", r.raw)
	require.Equal(t, "service.unavailable", r.body["code"])
	require.NotEmpty(t, r.header.Get("Retry-After"))
	require.ErrorIs(t, <-stopped, context.DeadlineExceeded)
	require.Contains(t, srv.log.String(), "request failed", "the log says so")
}

func TestWorkStopsWhenTheClientLeaves(t *testing.T) {
	srv, stopped := newSlowServer(t, time.Hour, time.Hour)
	for range 2 {
		ctx, leave := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			req, _ := http.NewRequestWithContext(ctx, http.MethodGet, srv.base+"/procedures", nil)
			res, err := http.DefaultClient.Do(req)
			if !assert.ErrorIs(t, err, context.Canceled) {
				res.Body.Close()
			}
		}()
		time.AfterFunc(20*time.Millisecond, leave)
		<-done
		require.ErrorIs(t, <-stopped, context.Canceled)
	}
	require.Empty(t, srv.log.String(), "a client that leaves is no fault of the service")
}

func TestABodyThatDoesNotArriveInTimeIsATimeout(t *testing.T) {
	srv, _ := newSlowServer(t, 50*time.Millisecond, 0)
	for _, path := range []string{"/procedures", "/procedures/lint", "/runs"} {
		status, body := srv.rawCall("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
			"Content-Length: 100\r\n\r\n{")
		require.Equal(t, 408, status, body)
		require.Contains(t, body, `"code":"request.timeout"`)
	}
}

// TestAnEventStreamOutlivesTheDeadlines checks that neither the deadline of the work nor that of reading the request
// ends a stream.
func TestAnEventStreamOutlivesTheDeadlines(t *testing.T) {
	const within = 300 * time.Millisecond
	srv, _ := newSlowServer(t, within, 0)
	run := srv.startTwoSteps()
	stream := srv.stream(t, run)
	begin := time.Now()
	for time.Since(begin) < 3*within { // the heartbeat comes every 20 ms
		require.True(t, stream.lines.Scan(), "the stream ended: %v", stream.lines.Err())
	}
}
