package tracing

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// queueSettings are those of the variables OTEL_BSP_….
type queueSettings struct {
	delay   time.Duration // for which a span waits for others
	timeout time.Duration // of the attempts to send a batch
	size    int           // spans that wait
	batch   int           // spans that are sent together
}

// queue holds ended spans and sends them in batches. Who ends a span never waits: a span that finds the queue full is
// dropped. The processor of the SDK does the same, but does not say how many spans it has dropped.
type queue struct {
	settings queueSettings
	exporter *exporter
	spans    chan sdk.ReadOnlySpan
	log      *limitedLog

	sent    prometheus.Counter
	dropped *prometheus.CounterVec

	stop     sync.Once
	stopping chan struct{}
	done     chan struct{}
	ctx      context.Context //nolint:containedctx // of the sending, which belongs to no request
	cancel   context.CancelFunc
}

// The reasons for which spans are dropped.
const (
	queueFull = "queue_full" // they come faster than they can be sent
	notSent   = "not_sent"   // the collector does not answer, or refuses the request
	rejected  = "rejected"   // the collector accepts the request, but not these spans
)

func newQueue(
	s queueSettings, e *exporter, log *slog.Logger, metrics prometheus.Registerer,
) (*queue, error) {
	q := &queue{
		settings: s, exporter: e, spans: make(chan sdk.ReadOnlySpan, s.size), log: newLimitedLog(log),
		stopping: make(chan struct{}), done: make(chan struct{}),
		sent: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "procedo_trace_spans_sent_total", Help: "Spans that the collector has accepted.",
		}),
		dropped: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "procedo_trace_spans_dropped_total", Help: "Spans that were not sent, or that the collector refused.",
		}, []string{"reason"}),
	}
	q.ctx, q.cancel = context.WithCancel(context.Background())
	for _, reason := range []string{queueFull, notSent, rejected} {
		q.dropped.WithLabelValues(reason).Add(0)
	}
	return q, errors.Join(metrics.Register(q.sent), metrics.Register(q.dropped))
}

func (q *queue) start() { go q.run() }

// OnStart does nothing.
func (q *queue) OnStart(context.Context, sdk.ReadWriteSpan) {}

// OnEnd puts a span into the queue.
func (q *queue) OnEnd(s sdk.ReadOnlySpan) {
	if !s.SpanContext().IsSampled() {
		return
	}
	select {
	case q.spans <- s:
	default:
		q.dropped.WithLabelValues(queueFull).Inc()
	}
}

// ForceFlush does nothing: spans are sent after a short time.
func (q *queue) ForceFlush(context.Context) error { return nil }

// Shutdown sends the spans that wait, unless ctx ends before.
func (q *queue) Shutdown(ctx context.Context) error {
	q.stop.Do(func() { close(q.stopping) })
	defer context.AfterFunc(ctx, q.cancel)()
	select {
	case <-q.done:
	case <-ctx.Done():
		<-q.done // soon: nothing is sent any more
	}
	q.cancel()
	q.exporter.client.CloseIdleConnections()
	return ctx.Err()
}

// run sends the spans until the queue is stopped and empty.
func (q *queue) run() {
	defer close(q.done)
	tick := time.NewTicker(q.settings.delay)
	defer tick.Stop()
	batch := make([]sdk.ReadOnlySpan, 0, q.settings.batch)
	for {
		due, stopping := false, false
		select {
		case s := <-q.spans:
			batch = append(batch, s)
		case <-tick.C:
			due = true
		case <-q.stopping:
			stopping = true
			batch = q.fill(batch)
		}
		if len(batch) > 0 && (due || stopping || len(batch) == cap(batch)) {
			q.send(batch)
			clear(batch)
			batch = batch[:0]
		} else if stopping {
			return
		}
	}
}

// fill adds spans that wait to a batch.
func (q *queue) fill(batch []sdk.ReadOnlySpan) []sdk.ReadOnlySpan {
	for len(batch) < cap(batch) {
		select {
		case s := <-q.spans:
			batch = append(batch, s)
		default:
			return batch
		}
	}
	return batch
}

// send sends a batch, and counts what became of its spans.
func (q *queue) send(batch []sdk.ReadOnlySpan) {
	ctx, cancel := context.WithTimeout(q.ctx, q.settings.timeout)
	defer cancel()
	refused, err := q.exporter.export(ctx, batch, q.stopping)
	if err != nil {
		q.dropped.WithLabelValues(notSent).Add(float64(len(batch)))
		q.log.warn("traces cannot be sent; their spans are dropped and counted",
			"collector", q.exporter.settings.Shown(), "spans", len(batch), "error", err)
		return
	}
	refused = min(refused, len(batch))
	q.sent.Add(float64(len(batch) - refused))
	q.dropped.WithLabelValues(rejected).Add(float64(refused))
	if refused > 0 {
		q.log.warn("the collector has refused spans", "collector", q.exporter.settings.Shown(), "spans", refused)
	}
}

// limitedLog logs a warning at most once in logEvery. It is safe for concurrent use.
type limitedLog struct {
	log  *slog.Logger
	mu   sync.Mutex
	next time.Time
}

const logEvery = time.Minute

func newLimitedLog(log *slog.Logger) *limitedLog { return &limitedLog{log: log} }

func (l *limitedLog) warn(message string, args ...any) {
	l.mu.Lock()
	now := time.Now()
	silent := now.Before(l.next)
	if !silent {
		l.next = now.Add(logEvery)
	}
	l.mu.Unlock()
	if !silent {
		l.log.Warn(message, args...)
	}
}
