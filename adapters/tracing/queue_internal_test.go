package tracing

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"
	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// collector is a server that records what it receives.
type collector struct {
	*httptest.Server
	mu       sync.Mutex
	requests []*http.Request
	bodies   [][]byte
	arrived  chan struct{}
	answer   func(n int, w http.ResponseWriter, r *http.Request) // n counts from 1; nil: 200
}

func startCollector(t *testing.T, answer func(int, http.ResponseWriter, *http.Request)) *collector {
	t.Helper()
	c := &collector{answer: answer, arrived: make(chan struct{}, 1000)}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	return c
}

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	c.mu.Lock()
	c.requests, c.bodies = append(c.requests, r), append(c.bodies, body)
	n := len(c.requests)
	c.mu.Unlock()
	c.arrived <- struct{}{}
	if c.answer != nil {
		c.answer(n, w, r)
	}
}

// traced is a Tracing with its log and its metrics.
type traced struct {
	*Tracing
	log     *bytes.Buffer
	metrics *prometheus.Registry
}

func openAt(t *testing.T, endpoint string) *traced {
	t.Helper()
	settings, on, err := Read("--otlp-endpoint", endpoint)
	require.NoError(t, err)
	require.True(t, on)
	out := &traced{log: &bytes.Buffer{}, metrics: prometheus.NewRegistry()}
	out.Tracing, err = Open(settings, "1.2.3", slog.New(slog.NewTextHandler(out.log, nil)), out.metrics)
	require.NoError(t, err)
	return out
}

func (o *traced) span(name string) {
	_, span := o.Tracer().Start(context.Background(), name)
	span.End()
}

// shut closes with a time limit.
func (o *traced) shut(d time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	return o.Close(ctx)
}

// dropped requires the numbers of spans that were dropped for each reason.
func (o *traced) requireMetrics(t *testing.T, sent, full, unsent, refused string) {
	t.Helper()
	require.NoError(t, testutil.GatherAndCompare(o.metrics, strings.NewReader(`
# HELP procedo_trace_spans_dropped_total Spans that were not sent, or that the collector refused.
# TYPE procedo_trace_spans_dropped_total counter
procedo_trace_spans_dropped_total{reason="not_sent"} `+unsent+`
procedo_trace_spans_dropped_total{reason="queue_full"} `+full+`
procedo_trace_spans_dropped_total{reason="rejected"} `+refused+`
# HELP procedo_trace_spans_sent_total Spans that the collector has accepted.
# TYPE procedo_trace_spans_sent_total counter
procedo_trace_spans_sent_total `+sent+"\n")))
}

const long = 10 * time.Second

func TestSpansAreSentWhenTheServerStops(t *testing.T) {
	c := startCollector(t, nil)
	t.Setenv("OTEL_SERVICE_NAME", "branch")
	t.Setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")
	o := openAt(t, c.URL+"/base")
	for range 600 { // more than a batch
		o.span("s")
	}
	require.NoError(t, o.shut(long))
	require.Equal(t, "/base/v1/traces", c.requests[0].URL.Path)
	require.Equal(t, "application/x-protobuf", c.requests[0].Header.Get("Content-Type"))
	n, values := 0, map[string]string{}
	for _, body := range c.bodies {
		all := decode(t, body).GetResourceSpans()[0]
		n += len(all.GetScopeSpans()[0].GetSpans())
		for _, a := range all.GetResource().GetAttributes() {
			values[a.GetKey()] = a.GetValue().GetStringValue()
		}
	}
	require.Equal(t, 600, n)
	require.Equal(t, "branch", values["service.name"])
	require.Equal(t, "1.2.3", values["service.version"])
	require.Equal(t, "test", values["deployment.environment.name"])
	o.requireMetrics(t, "600", "0", "0", "0")
	require.Empty(t, o.log.String())
	o.span("after the end") // is dropped, and disturbs nobody
}

func TestSpansAreSentAfterAShortTime(t *testing.T) {
	c := startCollector(t, nil)
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "1")
	o := openAt(t, c.URL)
	o.span("s")
	<-c.arrived
	require.NoError(t, o.shut(long))
}

func TestACollectorThatHangsDelaysNobody(t *testing.T) {
	hung := make(chan struct{})
	c := startCollector(t, func(_ int, _ http.ResponseWriter, r *http.Request) {
		select {
		case <-hung:
		case <-r.Context().Done():
		}
	})
	defer close(hung)
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "1")
	t.Setenv("OTEL_BSP_MAX_QUEUE_SIZE", "8")
	o := openAt(t, c.URL)
	o.span("hangs")
	<-c.arrived
	for range 20 {
		o.span("s") // returns at once, although nothing is sent
	}
	begun := time.Now()
	require.ErrorIs(t, o.shut(50*time.Millisecond), context.DeadlineExceeded)
	require.Less(t, time.Since(begun), long)
	o.requireMetrics(t, "0", "12", "9", "0")
	require.Equal(t, 1, strings.Count(o.log.String(), "\n"), o.log)
}

func TestAnUnreachableCollectorIsLoggedOnceAMinute(t *testing.T) {
	c := startCollector(t, nil)
	c.Close()
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "1")
	t.Setenv("OTEL_BSP_EXPORT_TIMEOUT", "5")
	t.Setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1")
	o := openAt(t, strings.Replace(c.URL, "http://", "http://user:p4ssw0rd@", 1)+"/?key=s3cret")
	for range 5 {
		o.span("s")
	}
	require.Eventually(t, func() bool {
		return testutil.CollectAndCount(o.metrics, "procedo_trace_spans_dropped_total") == 3 && o.unsent() == 5
	}, long, time.Millisecond)
	require.NoError(t, o.shut(long))
	require.Equal(t, 1, strings.Count(o.log.String(), "\n"), o.log)
	require.Contains(t, o.log.String(), "traces cannot be sent")
	for _, secret := range []string{"p4ssw0rd", "s3cret"} {
		require.NotContains(t, o.log.String(), secret)
	}
}

// unsent returns the number of spans that were not sent.
func (o *traced) unsent() int {
	families, _ := o.metrics.Gather()
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if len(m.GetLabel()) == 1 && m.GetLabel()[0].GetValue() == notSent {
				return int(m.GetCounter().GetValue())
			}
		}
	}
	return 0
}

func TestASpanIsSentAgainOnlyAfterATemporaryError(t *testing.T) {
	for status, attempts := range map[int]int{
		200: 1, 204: 1, 307: 1, 400: 1, 401: 1, 404: 1, 413: 1, 429: 2, 500: 1, 502: 2, 503: 2, 504: 2,
	} {
		c := startCollector(t, func(n int, w http.ResponseWriter, _ *http.Request) {
			if n == 1 {
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(status)
			}
		})
		settings, _, err := Read("", c.URL)
		require.NoError(t, err)
		settings.queue.timeout = long
		ctx, cancel := context.WithTimeout(t.Context(), long)
		_, err = newExporter(settings, "").export(ctx, []sdk.ReadOnlySpan{oneSpan()}, nil)
		cancel()
		require.Len(t, c.requests, attempts, status)
		require.Equal(t, status < 300 || attempts > 1, err == nil, status)
	}
}

func oneSpan() sdk.ReadOnlySpan {
	return spansOf(oneSpanOf)[0]
}

func TestHeadersAndCompressionAreHonoured(t *testing.T) {
	c := startCollector(t, nil)
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Basic%20abc, x-tenant = a%2Cb ,")
	t.Setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip")
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
	o := openAt(t, "")
	o.span("s")
	require.NoError(t, o.shut(long))
	require.Equal(t, "Basic abc", c.requests[0].Header.Get("Authorization"))
	require.Equal(t, "a,b", c.requests[0].Header.Get("X-Tenant"))
	require.Equal(t, "gzip", c.requests[0].Header.Get("Content-Encoding"))
	zipped, err := gzip.NewReader(bytes.NewReader(c.bodies[0]))
	require.NoError(t, err)
	data, err := io.ReadAll(zipped)
	require.NoError(t, err)
	require.Len(t, decode(t, data).GetResourceSpans(), 1)
}

func TestSpansThatTheCollectorRefusesAreCounted(t *testing.T) {
	c := startCollector(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte{0x0a, 0x02, 0x08, 0x01})
	})
	o := openAt(t, c.URL)
	o.span("a")
	o.span("b")
	require.NoError(t, o.shut(long))
	o.requireMetrics(t, "1", "0", "0", "1")
	require.Contains(t, o.log.String(), "the collector has refused spans")
}

func TestTheSamplerOfTheVariablesIsUsed(t *testing.T) {
	c := startCollector(t, nil)
	t.Setenv("OTEL_TRACES_SAMPLER", "always_off")
	o := openAt(t, c.URL)
	o.span("s")
	require.NoError(t, o.shut(long))
	require.Empty(t, c.requests)
	o.requireMetrics(t, "0", "0", "0", "0")

	t.Setenv("OTEL_TRACES_SAMPLER", "sometimes")
	o = openAt(t, c.URL)
	require.Contains(t, o.log.String(), "unsupported sampler: sometimes")
	require.NoError(t, o.shut(long))
}
