package tracing

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/procedo/procedo/core/fault"
)

// UseCases makes a span for each use case. It is an app.Observer.
type UseCases struct{ Tracer trace.Tracer }

// Begin begins the span of a use case.
func (u UseCases) Begin(ctx context.Context, useCase string) (context.Context, func(error)) {
	ctx, span := u.Tracer.Start(ctx, useCase)
	return ctx, func(err error) {
		record(span, err)
		span.End()
	}
}

// record adds the code of an error to a span. A refusal is not a failure of the service, so that its span is not marked
// as failed.
func record(span trace.Span, err error) {
	if err == nil || !span.IsRecording() {
		return
	}
	f := fault.From(err)
	if f.Kind == fault.Internal || f.Kind == fault.Unavailable {
		span.SetStatus(codes.Error, "")
		span.SetAttributes(semconv.ErrorTypeKey.String(f.Code))
		return
	}
	span.SetAttributes(attribute.String("procedo.refusal", f.Code))
}
