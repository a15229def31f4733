package e2e

import (
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// collector receives spans, as a collector of OpenTelemetry does.
type collector struct {
	*httptest.Server
	t     *testing.T
	mu    sync.Mutex
	spans map[string]*tracepb.Span // by id
	raw   []byte
}

func startCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{t: t, spans: map[string]*tracepb.Span{}}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	return c
}

func (c *collector) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var all tracepb.TracesData
	if err != nil || r.URL.Path != "/v1/traces" || proto.Unmarshal(body, &all) != nil {
		c.t.Errorf("%s %s: not spans", r.Method, r.URL)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.raw = append(c.raw, body...)
	for _, own := range all.GetResourceSpans() {
		for _, scope := range own.GetScopeSpans() {
			for _, s := range scope.GetSpans() {
				c.spans[string(s.GetSpanId())] = s
			}
		}
	}
}

// paths returns the spans of a trace, each named with all spans above it. It requires that the top span has the given
// parent, and that all other parents are in the trace.
func (c *collector) paths(traceID, parent string) map[string]bool {
	paths := map[string]bool{}
	for _, s := range c.spans {
		if hexOf(s.GetTraceId()) != traceID {
			continue
		}
		path := s.GetName()
		for hexOf(s.GetParentSpanId()) != parent {
			s = c.spans[string(s.GetParentSpanId())]
			require.NotNil(c.t, s, "the span above %s", path)
			path = s.GetName() + " > " + path
		}
		paths[path] = true
	}
	return paths
}

const (
	tracedID, untracedID = "0af7651916cd43dd8448eb211c80319c", "1af7651916cd43dd8448eb211c80319c"
	callerID             = "b7ad6b7169203331"
)

// receiver is a webhook that keeps the headers of deliveries.
type receiver struct {
	mu      sync.Mutex
	parents []string
}

func (r *receiver) ServeHTTP(_ http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.parents = append(r.parents, req.Header.Get("Traceparent"))
}

func (r *receiver) first() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.parents) == 0 {
		return ""
	}
	return r.parents[0]
}

func TestACommitIsTracedFromTheRequestToTheStatements(t *testing.T) {
	for name, flags := range deployments(t) {
		t.Run(name, func(t *testing.T) {
			c, hook := startCollector(t), &receiver{}
			webhook := httptest.NewServer(hook)
			t.Cleanup(webhook.Close)
			t.Setenv("PROCEDO_AUDIT_SINK_SECRET", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
			t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
			s := serve(t, t.TempDir(), append(flags, "--audit-sink", webhook.URL, "--audit-sink-allow-private")...)
			s.post("/procedures", `{"id":"p","name":"P","steps":[{"key":"s","title":"S","slots":[{"name":"v","type":"text"}]},
				{"key":"t","title":"T"}]}`, "")
			for _, parent := range []string{tracedID + "-" + callerID + "-01", untracedID + "-" + callerID + "-00"} {
				run := s.startRun("p")
				s.post("/runs/"+run+"/steps/s/commit", `{"slots":{"v":"s3cret"}}`, "00-"+parent)
			}
			require.Eventually(t, func() bool { return hook.first() != "" }, waitAtMost, tick)
			require.Zero(t, s.signal(syscall.SIGTERM), "what waits is sent before the end")

			c.mu.Lock()
			defer c.mu.Unlock()
			c.requireCommit(name)
			require.Empty(t, c.paths(untracedID, callerID), "the caller does not sample it")
			for _, private := range []string{"s3cret", "cl4ire", "k3y"} {
				require.NotContains(t, string(c.raw), private)
			}
			c.requireDelivery(hook.first())
		})
	}
}

// requireCommit requires the spans of the traced commit.
func (c *collector) requireCommit(deployment string) {
	const request = "POST /runs/{run_id}/steps/{step_key}/commit"
	paths := c.paths(tracedID, callerID)
	want := []string{request, request + " > Execute", request + " > Execute > write group"}
	if strings.HasPrefix(deployment, "SQLite") {
		want = append(want, request+" > Execute > write group > UPDATE", request+" > Execute > write group > COMMIT")
	}
	for _, path := range want {
		require.Contains(c.t, paths, path)
	}
	statements, cached := 0, false
	for path := range paths {
		if strings.HasPrefix(path, request+" > Execute > write group > ") {
			statements++
		}
		cached = cached || strings.HasSuffix(path, " run")
	}
	require.Greater(c.t, statements, 2, paths)
	if !strings.HasPrefix(deployment, "SQLite") {
		require.True(c.t, cached, "the cache was asked: %v", paths)
	}
}

// requireDelivery requires the span that a delivery to a webhook names as its parent.
func (c *collector) requireDelivery(parent string) {
	parts := strings.Split(parent, "-")
	require.Len(c.t, parts, 4, parent)
	for _, s := range c.spans {
		if hexOf(s.GetSpanId()) == parts[2] {
			require.Equal(c.t, "deliver", s.GetName())
			require.Equal(c.t, parts[1], hexOf(s.GetTraceId()))
			return
		}
	}
	c.t.Errorf("no span %s", parts[2])
}

func hexOf(id []byte) string { return hex.EncodeToString(id) }

// post sends a request of cl4ire, with a traceparent if it is not empty.
func (s *server) post(path, body, traceparent string) {
	s.t.Helper()
	req, err := http.NewRequest(http.MethodPost, s.url+path, strings.NewReader(body))
	require.NoError(s.t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Actor", "cl4ire")
	req.Header.Set("Idempotency-Key", "k3y"+path)
	if traceparent != "" {
		req.Header.Set("Traceparent", traceparent)
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(s.t, err)
	require.NoError(s.t, res.Body.Close())
	require.Less(s.t, res.StatusCode, 300)
}
