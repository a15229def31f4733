package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	sdk "go.opentelemetry.io/otel/sdk/trace"

	"github.com/procedo/procedo/adapters/tracing"
	"github.com/procedo/procedo/core/app"
)

func TestWithoutACollectorNothingIsMadeForTraces(t *testing.T) {
	log, metrics := slog.New(slog.DiscardHandler), prometheus.NewRegistry()
	spans, same, closeTraces, err := tracingFlags{}.openTraces(t.Context(), log, metrics)
	require.NoError(t, err)
	closeTraces()
	require.Nil(t, spans)
	require.Same(t, log, same, "lines of the log have no ids of traces")
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	require.NotContains(t, string(stacks), "opentelemetry", "no goroutine exports spans")
	require.NotContains(t, string(stacks), "adapters/tracing.", "no goroutine exports spans")
	families, err := metrics.Gather()
	require.NoError(t, err)
	require.Empty(t, families)

	require.Nil(t, spans.ofHTTP(), "no handler makes spans")
	require.Empty(t, spans.ofUseCases())
	require.Empty(t, spans.ofSQLite())
	require.Empty(t, spans.ofPostgres())
	sinks := []app.Sink{nil}
	require.Equal(t, sinks, spans.ofSinks(sinks))
}

func TestTheLogOfARequestNamesItsTrace(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(tracing.Logs(newLogger(&out, slog.LevelInfo).Handler()))
	ctx, span := sdk.NewTracerProvider().Tracer("test").Start(t.Context(), "request")
	defer span.End()
	log.With("a", 1).InfoContext(ctx, "request", "status", 200)
	own := span.SpanContext()
	require.Contains(t, out.String(), "status=200 trace_id="+own.TraceID().String()+" span_id="+own.SpanID().String())
	out.Reset()
	log.InfoContext(t.Context(), "request", "status", 200)
	require.NotContains(t, out.String(), "trace_id")
}

func TestThePasswordOfTheCollectorIsNotShown(t *testing.T) {
	flags := tracingFlags{OTLPEndpoint: "https://user:s3cret@collector:4318"}
	data, err := json.Marshal(flags)
	require.NoError(t, err)
	for _, shown := range []string{fmt.Sprint(flags.OTLPEndpoint), string(data)} {
		require.Contains(t, shown, "collector:4318")
		require.NotContains(t, shown, "s3cret")
	}
}

func TestSettingsOfTracesThatCannotBeUsedStopTheStart(t *testing.T) {
	for _, c := range []struct{ variable, value, message string }{
		{"PROCEDO_OTLP_ENDPOINT", "collector:4318", "--otlp-endpoint\u00a0: une URL est attendue, par exemple http://localhost:4318."},
		{"OTEL_EXPORTER_OTLP_HEADERS", "s3cret", "OTEL_EXPORTER_OTLP_HEADERS\u00a0: une liste est attendue"},
		{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "seule la valeur http/protobuf est admise"},
		{"OTEL_EXPORTER_OTLP_COMPRESSION", "zip", "valeurs possibles\u00a0: gzip ou none"},
		{"OTEL_TRACES_EXPORTER", "zipkin", "valeurs possibles\u00a0: otlp ou none"},
		{"OTEL_BSP_MAX_QUEUE_SIZE", "x", "un nombre de 1 à 86"},
	} {
		t.Run(c.variable, func(t *testing.T) {
			t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
			t.Setenv(c.variable, c.value)
			out := inFrench(t, "serve", "--listen", "127.0.0.1:0", "--database-url", "sqlite:"+t.TempDir()+"/p.db")
			require.Contains(t, out, c.message)
			require.NotContains(t, out, "s3cret")
		})
	}
}

// A server whose collector does not answer stops in time; see finishTime.
func TestACollectorThatHangsDoesNotDelayTheStop(t *testing.T) {
	release := make(chan struct{})
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	defer collector.Close()
	defer close(release)
	spans, _, closeTraces, err := tracingFlags{OTLPEndpoint: secretURL(collector.URL)}.openTraces(
		t.Context(), slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	require.NoError(t, err)
	_, span := spans.Tracer().Start(t.Context(), "s")
	span.End()
	begun := time.Now()
	closeTraces()
	require.Less(t, time.Since(begun), 3*finishTime)
}

func TestProfilesAreServedAtAnAddressOfTheirOwn(t *testing.T) {
	var out bytes.Buffer
	stop, err := pprofFlags{Pprof: "127.0.0.1:0"}.serveProfiles(t.Context(), newLogger(&out, slog.LevelInfo))
	require.NoError(t, err)
	_, rest, _ := strings.Cut(out.String(), "url=")
	base := strings.TrimSuffix(strings.TrimSpace(rest), "/debug/pprof/")
	get := func(path, host string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+path, http.NoBody)
		require.NoError(t, err)
		req.Host = host
		res, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		return res.StatusCode, string(body)
	}
	for path, want := range map[string]int{
		"/debug/pprof/": 200, "/debug/pprof/heap": 200, "/debug/pprof/goroutine?debug=1": 200,
		"/debug/pprof/cmdline": 404, "/debug/pprof/none": 404, "/": 404, "/runs": 404, "/metrics": 404,
	} {
		status, _ := get(path, "")
		require.Equal(t, want, status, path)
	}
	for host, want := range map[string]int{"localhost": 200, "127.0.0.2:1": 200, "[::1]": 200, "evil.example:6060": 421} {
		status, _ := get("/debug/pprof/", host)
		require.Equal(t, want, status, host)
	}
	used := strings.TrimPrefix(base, "http://")
	_, err = pprofFlags{Pprof: used}.serveProfiles(t.Context(), newLogger(io.Discard, slog.LevelInfo))
	require.ErrorContains(t, err, "another program uses this address")
	stop()
	_, err = http.Get(base + "/debug/pprof/") //nolint:bodyclose // there is none
	require.Error(t, err)
}

func TestProfilesAreForThisMachineUnlessAskedOutright(t *testing.T) {
	for address, refused := range map[string]bool{
		"": false, "127.0.0.1:6060": false, "[::1]:6060": false, "localhost:6060": false,
		":6060": true, "0.0.0.0:6060": true, "[::]:6060": true, "10.0.0.1:6060": true, "example.org:6060": true,
		"127.0.0.1": true, "6060": true, "unix:/tmp/x": true,
	} {
		err := pprofFlags{Pprof: address}.checkPprof(t.Context())
		require.Equal(t, refused, err != nil, address)
	}
	require.NoError(t, pprofFlags{Pprof: "0.0.0.0:6060", PprofAllowRemote: true}.checkPprof(t.Context()))
	out := inFrench(t, "serve", "--listen", "0.0.0.0:0", "--allow-anonymous", "--pprof", ":6060",
		"--database-url", "sqlite:"+t.TempDir()+"/p.db")
	require.Contains(t, out, "ajoutez --pprof-allow-remote", "what is allowed for the API is not allowed for profiles")
}
