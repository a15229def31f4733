package http

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// Tracing makes a span for each request. A span holds what the log says about the request, except for the actor: no
// value, no other header and no query is in it.
type Tracing struct {
	Tracer trace.Tracer
	// Parents reads the parent of the span from the headers. Nil means that each request begins a trace.
	Parents propagation.TextMapPropagator
}

// maxTracedPath is the maximum length of the path in a span, in bytes.
const maxTracedPath = 1 << 10

// traceparentSize is the length of a traceparent of version 00. The library also accepts longer ones.
const traceparentSize = 55

// tracedMethods are the methods that a span shows. Others are shown as _OTHER.
var tracedMethods = map[string]bool{
	http.MethodGet: true, http.MethodHead: true, http.MethodPost: true, http.MethodPut: true, http.MethodPatch: true,
	http.MethodDelete: true, http.MethodConnect: true, http.MethodOptions: true, http.MethodTrace: true,
}

// start begins the span of a request and returns the request with it. Health checks and reads of the metrics, which
// monitoring sends all the time, have no spans.
func (t *Tracing) start(r *http.Request) *http.Request {
	switch r.URL.Path {
	case "/livez", "/readyz", "/metrics":
		return r
	}
	method, name := r.Method, r.Method
	if !tracedMethods[method] {
		method, name = "_OTHER", "HTTP"
	}
	ctx, _ := t.Tracer.Start(t.withParent(r), name, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
		semconv.HTTPRequestMethodKey.String(method), semconv.URLScheme("http"), semconv.URLPath(tracedPath(r)),
		semconv.NetworkProtocolVersion(strings.TrimPrefix(r.Proto, "HTTP/")),
	))
	return r.WithContext(ctx)
}

// withParent returns the context of a request with the parent that its headers name. A header that is given twice or is
// malformed names none.
func (t *Tracing) withParent(r *http.Request) context.Context {
	given := r.Header.Values("Traceparent")
	if t.Parents == nil || len(given) != 1 || strings.HasPrefix(given[0], "00") && len(given[0]) != traceparentSize {
		return r.Context()
	}
	return t.Parents.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
}

func tracedPath(r *http.Request) string {
	path := r.URL.EscapedPath()
	if len(path) > maxTracedPath {
		path = path[:maxTracedPath]
	}
	return path
}

// end ends the span of a request.
func (t *Tracing) end(ctx context.Context, c *call, w *statusRecorder) {
	span := trace.SpanFromContext(ctx)
	if !span.IsRecording() {
		return
	}
	if method, route, known := strings.Cut(c.operation, " "); known {
		span.SetName(method + " " + route)
		span.SetAttributes(semconv.HTTPRoute(route))
	}
	span.SetAttributes(
		semconv.HTTPResponseStatusCode(w.status), attribute.String("procedo.request_id", c.requestID),
	)
	if c.refusal != "" {
		span.SetAttributes(attribute.String("procedo.problem", c.refusal))
	}
	if w.status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, "")
		span.SetAttributes(semconv.ErrorTypeKey.String(strconv.Itoa(w.status)))
	}
	span.End()
}
