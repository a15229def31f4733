package storage

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// BeginGroup begins the span of a transaction that writes the changes of several requests, given their contexts. It
// returns the context of the transaction and a function that ends the span.
type BeginGroup func(ctx context.Context, requests []context.Context) (context.Context, func(error))

// groupSpan is the name of the span of a group's transaction.
const groupSpan = "write group"

// TraceGroups returns a BeginGroup that makes a span in the trace of each request that is traced. The statements are
// below the first of these spans, which has links to the others; each of the others has a link to the first.
func TraceGroups(t trace.Tracer) BeginGroup {
	return func(ctx context.Context, requests []context.Context) (context.Context, func(error)) {
		size := trace.WithAttributes(attribute.Int("procedo.group.size", len(requests)))
		var spans []trace.Span
		for _, request := range requests {
			if !trace.SpanFromContext(request).IsRecording() {
				continue
			}
			var first []trace.SpanStartOption
			if len(spans) > 0 {
				first = append(first, trace.WithLinks(trace.Link{SpanContext: spans[0].SpanContext()}))
			}
			_, span := t.Start(request, groupSpan, append(first, size)...)
			if len(spans) > 0 {
				spans[0].AddLink(trace.Link{SpanContext: span.SpanContext()})
			}
			spans = append(spans, span)
		}
		if len(spans) > 0 {
			ctx = trace.ContextWithSpan(ctx, spans[0])
		}
		return ctx, func(err error) {
			for _, span := range spans {
				if err != nil {
					span.SetStatus(codes.Error, "")
				}
				span.End()
			}
		}
	}
}
