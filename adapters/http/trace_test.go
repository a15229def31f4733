package http_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/propagation"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/adapters/tracing"
	"github.com/procedo/procedo/core/app"
)

// newTracedServer returns a server whose requests, use cases and statements have spans.
func newTracedServer(t testing.TB) (*testServer, *tracetest.SpanRecorder) {
	t.Helper()
	recorder := tracetest.NewSpanRecorder()
	tracer := sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder)).Tracer("test")
	srv := newTestServerOf(t, limits{options: []app.Option{app.WithObserver(tracing.UseCases{Tracer: tracer})}},
		func(*app.Ports) {}, func(c *httpadapter.Config) {
			c.Tracing = &httpadapter.Tracing{Tracer: tracer, Parents: propagation.TraceContext{}}
		}, sqlite.WithTracing(tracer, storage.TraceGroups(tracer)))
	return srv, recorder
}

// send sends a request with headers given as name and value, and returns the spans that began.
func send(
	t *testing.T, srv *testServer, r *tracetest.SpanRecorder, method, path, body string, headers ...string,
) []sdk.ReadWriteSpan {
	t.Helper()
	r.Reset()
	req, err := http.NewRequest(method, srv.base+path, strings.NewReader(body))
	require.NoError(t, err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	var answer bytes.Buffer
	_, err = answer.ReadFrom(res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	return r.Started() // that of the request ends after its answer
}

// requestSpan waits for the span of the request and returns it.
func requestSpan(t *testing.T, r *tracetest.SpanRecorder) sdk.ReadOnlySpan {
	t.Helper()
	var found sdk.ReadOnlySpan
	require.Eventually(t, func() bool {
		for _, s := range r.Ended() {
			if s.SpanKind() == trace.SpanKindServer {
				found = s
			}
		}
		return found != nil
	}, time.Minute, time.Millisecond)
	return found
}

func attributes(s sdk.ReadOnlySpan) map[string]string {
	all := map[string]string{}
	for _, a := range s.Attributes() {
		all[string(a.Key)] = a.Value.String()
	}
	return all
}

func TestTheSpanOfARequestIsNamedForItsRoute(t *testing.T) {
	srv, r := newTracedServer(t)
	for _, c := range []struct{ method, path, name, route, status, problem string }{
		{"GET", "/runs/none?x=1", "GET /runs/{run_id}", "/runs/{run_id}", "400", "request.invalid"},
		{"GET", "/procedures/none", "GET /procedures/{procedure_id}", "/procedures/{procedure_id}", "404", "procedure.not_found"},
		{"GET", "/runs", "GET /runs", "/runs", "200", ""},
		{"GET", "/none/at/all", "GET", "", "404", "request.not_found"},
		{"DELETE", "/runs", "DELETE", "", "405", "request.method_not_allowed"},
		{"BREW", "/runs", "HTTP", "", "405", "request.method_not_allowed"},
		{"GET", "/" + strings.Repeat("é", 4000), "GET", "", "414", "request.target_too_long"},
	} {
		send(t, srv, r, c.method, c.path, "", "X-Request-Id", "id-1")
		span := requestSpan(t, r)
		got := attributes(span)
		require.Equal(t, c.name, span.Name())
		require.Equal(t, c.route, got["http.route"])
		require.Equal(t, c.status, got["http.response.status_code"])
		require.Equal(t, c.problem, got["procedo.problem"])
		require.Equal(t, "id-1", got["procedo.request_id"])
		require.LessOrEqual(t, len(got["url.path"]), 1024)
		require.Equal(t, "Unset", span.Status().Code.String())
	}
	require.NoError(t, srv.db.Close())
	send(t, srv, r, "GET", "/runs", "")
	require.Equal(t, "Error", requestSpan(t, r).Status().Code.String())
}

func TestHealthChecksHaveNoSpans(t *testing.T) {
	srv, r := newTracedServer(t)
	for _, path := range []string{"/livez", "/readyz", "/metrics"} {
		require.Empty(t, send(t, srv, r, "GET", path, "", "Traceparent", parent("01")))
	}
}

const parentTrace, parentSpan = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"

func parent(flags string) string { return "00-" + parentTrace + "-" + parentSpan + "-" + flags }

func TestTheParentOfARequestIsThatOfItsTraceparent(t *testing.T) {
	srv, r := newTracedServer(t)
	send(t, srv, r, "GET", "/runs", "", "Traceparent", parent("01"), "Tracestate", "a=b")
	span := requestSpan(t, r)
	require.Equal(t, parentTrace, span.SpanContext().TraceID().String())
	require.Equal(t, parentSpan, span.Parent().SpanID().String())
	require.Equal(t, "a=b", span.SpanContext().TraceState().String())

	require.Empty(t, send(t, srv, r, "GET", "/runs", "", "Traceparent", parent("00")), "its client does not sample it")
	r.Reset()
	srv.call("GET", "/runs", "")
	require.False(t, requestSpan(t, r).Parent().IsValid())
}

func TestAMalformedTraceparentIsIgnored(t *testing.T) {
	srv, r := newTracedServer(t)
	for _, header := range []string{
		"", "x", parent("1"), parent("zz"), parent("01") + "-extra", parent("01-"), strings.ToUpper(parent("01")),
		"ff" + parent("01")[2:], "0" + parent("01"), parent("01") + "," + parent("01"),
		"00-" + strings.Repeat("0", 32) + "-" + parentSpan + "-01", "00-" + parentTrace + "-" + strings.Repeat("0", 16) + "-01",
		"00-" + parentTrace[1:] + "-" + parentSpan + "-01", strings.Repeat("00-", 5000), "00-' OR 1=1 --" + parentTrace + "-01",
	} {
		send(t, srv, r, "GET", "/runs", "", "Traceparent", header)
		require.False(t, requestSpan(t, r).Parent().IsValid(), header)
	}
	send(t, srv, r, "GET", "/runs", "", "Traceparent", parent("01"), "Traceparent", parent("01"))
	require.False(t, requestSpan(t, r).Parent().IsValid(), "given twice")
	send(t, srv, r, "GET", "/runs", "", "Traceparent", parent("01"), "Tracestate", strings.Repeat("a=b,", 1000))
	require.Empty(t, requestSpan(t, r).SpanContext().TraceState().String())
}

func TestACommitIsATreeWithoutSubmittedValues(t *testing.T) {
	srv, r := newTracedServer(t)
	require.Equal(t, 201, srv.call("POST", "/procedures", `{"id":"p","name":"P","steps":[
		{"key":"s","title":"S","slots":[{"name":"v","type":"text"}]},{"key":"t","title":"T"}]}`).status)
	run := srv.call("POST", "/runs", `{"procedure_id":"p"}`).body.text("id")
	send(t, srv, r, "POST", "/runs/"+run+"/steps/s/commit", `{"slots":{"v":"s3cret"}}`,
		"X-Actor", "claire", "Idempotency-Key", "k3y", "Traceparent", parent("01"))
	top := requestSpan(t, r)
	require.Equal(t, "POST /runs/{run_id}/steps/{step_key}/commit", top.Name())
	byID := map[trace.SpanID]sdk.ReadOnlySpan{}
	for _, s := range r.Ended() {
		byID[s.SpanContext().SpanID()] = s
	}
	paths := map[string]bool{}
	for _, s := range r.Ended() {
		require.Equal(t, parentTrace, s.SpanContext().TraceID().String())
		path, at := s.Name(), s
		for at.SpanContext().SpanID() != top.SpanContext().SpanID() {
			at = byID[at.Parent().SpanID()]
			require.NotNil(t, at, "the parent of %s", path)
			path = at.Name() + " > " + path
		}
		paths[strings.TrimPrefix(path, top.Name()+" > ")] = true
		text := fmt.Sprint(s.Name(), s.Attributes(), s.Events(), s.Status())
		for _, private := range []string{"s3cret", "claire", "k3y"} {
			require.NotContains(t, text, private)
		}
	}
	for _, path := range []string{
		"Execute > SELECT", "Execute > write group > BEGIN", "Execute > write group > UPDATE",
		"Execute > write group > INSERT", "Execute > write group > COMMIT",
	} {
		require.Contains(t, paths, path)
	}
}

// BenchmarkTracedCommitOverHTTP is BenchmarkCommitOverHTTP with spans.
func BenchmarkTracedCommitOverHTTP(b *testing.B) {
	srv, r := newTracedServer(b)
	benchmarkCommits(b, srv, r.Reset)
}
