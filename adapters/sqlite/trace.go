package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/procedo/procedo/adapters/storage"
)

// WithTracing returns an option that makes spans: of statements with t, and of the transactions of groups with g. A
// statement outside a trace has no span.
func WithTracing(t trace.Tracer, g storage.BeginGroup) Option {
	return func(d *DB) { d.tracer, d.beginGroup = tracer{t}, g }
}

// tracer makes the spans of statements. The zero tracer makes none.
type tracer struct{ trace.Tracer }

// start begins the span of a statement. The text has parameters in place of values.
func (t tracer) start(ctx context.Context, text string) (context.Context, statementSpan) {
	if t.Tracer == nil || !trace.SpanFromContext(ctx).IsRecording() {
		return ctx, statementSpan{}
	}
	operation := operationOf(text)
	ctx, span := t.Start(ctx, operation, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		semconv.DBSystemNameSQLite, semconv.DBOperationName(operation), semconv.DBQueryText(text),
	))
	return ctx, statementSpan{span}
}

// operationOf returns the first word of a statement. It is in capitals, because go-jet writes it so.
func operationOf(text string) string {
	text = strings.TrimLeft(text, " \n\t(")
	if end := strings.IndexAny(text, " \n\t("); end > 0 {
		return text[:end]
	}
	return text
}

// statementSpan is the span of a statement. The zero value is none.
type statementSpan struct{ span trace.Span }

// end ends the span. That no row was found is no error.
func (s statementSpan) end(err error) {
	if s.span == nil {
		return
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		s.span.SetStatus(codes.Error, "")
		s.span.SetAttributes(semconv.ErrorType(err))
	}
	s.span.End()
}
