package http_test

import (
	"bufio"
	"context"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/core/audit"
)

// stream is a client that reads the event stream of a run.
type stream struct {
	t      *testing.T
	lines  *bufio.Scanner
	cancel context.CancelFunc
}

func (srv *testServer) stream(t *testing.T, run string, headers ...string) stream {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.base+"/runs/"+run+"/events/stream", nil)
	require.NoError(t, err)
	req.Header.Set("Accept", "text/event-stream")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	t.Cleanup(func() { res.Body.Close() })
	require.Equal(t, 200, res.StatusCode)
	require.Equal(t, "text/event-stream", res.Header.Get("Content-Type"))
	return stream{t, bufio.NewScanner(res.Body), cancel}
}

// next returns the next event and its id.
func (s stream) next() (id string, e audit.Event) {
	s.t.Helper()
	for s.lines.Scan() {
		if after, ok := strings.CutPrefix(s.lines.Text(), "id: "); ok {
			id = after
		}
		if data, ok := strings.CutPrefix(s.lines.Text(), "data: "); ok {
			require.NoError(s.t, json.Unmarshal([]byte(data), &e))
			return id, e
		}
	}
	s.t.Fatal("the stream ended")
	return "", e
}

func TestAStreamSendsEventsAndContinuesAfterTheLastOne(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startTwoSteps()
	s := srv.stream(t, run)
	for _, want := range []string{"run.created", "step.opened"} {
		_, e := s.next()
		require.Equal(t, want, e.Action)
	}
	srv.call("POST", "/runs/"+run+"/steps/first/commit", commitFirst)
	var last string
	for _, want := range []string{"run.started", "step.committed"} {
		var e audit.Event
		last, e = s.next()
		require.Equal(t, want, e.Action)
	}
	s.cancel()
	again := srv.stream(t, run, "Last-Event-ID", last)
	id, e := again.next()
	require.Equal(t, "5", id)
	require.Equal(t, "step.opened", e.Action)
	require.EqualValues(t, 5, e.Seq)
	for again.lines.Scan() {
		if again.lines.Text() == ":" {
			break // a heartbeat
		}
	}
	srv.call("POST", "/runs/"+run+"/fail", `{"reason":"enough"}`)
	_, e = again.next()
	require.Equal(t, "run.failed", e.Action)
	page := srv.call("GET", "/runs/"+run+"/events?limit=50", "").body.objects("items")
	require.Equal(t, e.Canonical, page[5]["canonical"], "the event is the same as in a page")
}

func TestTheStreamOfAFinalRunSendsWhatHappensLater(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startTwoSteps()
	srv.call("POST", "/runs/"+run+"/steps/first/commit", commitFirst)
	require.Equal(t, "completed", srv.call("POST", "/runs/"+run+"/steps/last/commit", "").body["state"])
	s := srv.stream(t, run)
	for action := ""; action != "run.completed"; {
		_, e := s.next()
		action = e.Action
	}
	for s.lines.Scan() {
		if s.lines.Text() == ":" {
			break // a heartbeat
		}
	}
	srv.call("POST", "/runs/"+run+"/steps/first/amend", `{"slots":{"code":"XYZ"},"reason":"typo"}`)
	_, e := s.next()
	require.Equal(t, "step.amended", e.Action)
}

func TestRequestsThatDoNotGetAStream(t *testing.T) {
	srv := newTestServer(t)
	events := "/runs/" + srv.startTwoSteps() + "/events"
	stream := events + "/stream"
	unknown := srv.call("GET", "/runs/none/events/stream", "", "Accept", "text/event-stream, application/problem+json")
	require.Equal(t, 404, unknown.status)
	for _, bad := range []string{"x", "-1", "1.5", "99999999999999999999999"} {
		require.Equal(t, 400, srv.call("GET", stream, "", "Accept", "text/event-stream", "Last-Event-ID", bad).status, bad)
	}
	require.Equal(t, 400, srv.call("GET", stream+"?cursor=x", "").status)
	// Such a client followed the run before its database was restored: new events would come under numbers that it has.
	seq := int(srv.call("GET", strings.TrimSuffix(events, "/events"), "").body["seq"].(float64))
	ahead := srv.call("GET", stream, "", "Last-Event-ID", strconv.Itoa(seq+1))
	require.Equal(t, 404, ahead.status)
	require.Equal(t, "run.event_not_found", ahead.body["code"])
	require.Equal(t, 200, srv.call("HEAD", stream, "", "Last-Event-ID", strconv.Itoa(seq)).status)
	require.Equal(t, 406, srv.call("GET", stream, "", "Accept", "application/json").status)
	for _, accept := range []string{"*/*", "application/json", "application/json, text/event-stream"} {
		r := srv.call("GET", events, "", "Accept", accept)
		require.Equal(t, "application/json", r.header.Get("Content-Type"), accept)
	}
	head := srv.call("HEAD", stream, "", "Accept", "text/event-stream")
	require.Equal(t, 200, head.status)
	require.Equal(t, "text/event-stream", head.header.Get("Content-Type"))
}

// A path that does not offer a media type names the path below it that does.
func TestANotAcceptableRepresentationIsNamedElsewhere(t *testing.T) {
	srv := newTestServer(t)
	events := "/runs/" + srv.startTwoSteps() + "/events"
	for path, media := range map[string]string{
		events: "text/event-stream", "/procedures/two-steps/versions/1": "text/vnd.mermaid",
	} {
		below := path + map[string]string{"text/event-stream": "/stream", "text/vnd.mermaid": "/graph"}[media]
		r := srv.call("GET", path, "", "Accept", media)
		require.Equal(t, 406, r.status)
		require.Equal(t, below, r.body.object("params").text("path"))
		for _, language := range []string{"en", "fr"} {
			r := srv.call("GET", path, "", "Accept", media, "Accept-Language", language)
			require.Contains(t, r.body.text("detail"), below)
		}
		require.NotContains(t, srv.call("GET", path, "", "Accept", "text/html").body.object("params"), "path")
	}
}

// TestAStreamHoldsLittleMemory measures the memory of a stream on both sides of the connection: the server's and the
// client's, which is about as much.
func TestAStreamHoldsLittleMemory(t *testing.T) {
	const streams, most = 200, 160 << 10 // bytes
	srv := newTestServer(t)
	run := srv.startTwoSteps()
	for range 20 { // warms up what all share
		srv.stream(t, run).next()
	}
	before := memoryInUse()
	for range streams {
		srv.stream(t, run).next()
	}
	each := (memoryInUse() - before) / streams
	t.Log(each, "bytes")
	require.Less(t, each, int64(most))
}

// memoryInUse returns the bytes of heap and stacks that are in use.
func memoryInUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// TestTheNumberOfStreamsIsBounded opens as many streams as one process serves, and one more.
func TestTheNumberOfStreamsIsBounded(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startTwoSteps()
	var first stream
	for i := range httpadapter.MaxStreams {
		if s := srv.stream(t, run); i == 0 {
			first = s
		}
	}
	refused := srv.call("GET", "/runs/"+run+"/events/stream", "", "Accept", "text/event-stream, application/problem+json")
	require.Equal(t, 503, refused.status)
	require.NotEmpty(t, refused.header.Get("Retry-After"))
	first.cancel()
	require.Eventually(t, func() bool {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.base+"/runs/"+run+"/events/stream", nil)
		require.NoError(t, err)
		req.Header.Set("Accept", "text/event-stream")
		res, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		defer res.Body.Close()
		return res.StatusCode == http.StatusOK
	}, time.Minute, 10*time.Millisecond, "there is room again")
}
