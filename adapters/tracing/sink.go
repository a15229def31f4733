package tracing

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

// sink is a sink with spans.
type sink struct {
	app.Sink
	tracer trace.Tracer
}

// Sink returns a sink that makes a span for each delivery. A webhook passes the span on to its receiver.
func Sink(t trace.Tracer, s app.Sink) app.Sink { return sink{s, t} }

// Deliver delivers the records.
func (s sink) Deliver(ctx context.Context, records []audit.FeedRecord) (int, error) {
	ctx, span := s.tracer.Start(ctx, "deliver", trace.WithSpanKind(trace.SpanKindProducer), trace.WithAttributes(
		attribute.String("procedo.sink", s.Name()), attribute.Int("procedo.sink.records", len(records)),
	))
	n, err := s.Sink.Deliver(ctx, records)
	span.SetAttributes(attribute.Int("procedo.sink.delivered", n))
	finish(span, err)
	return n, err
}
