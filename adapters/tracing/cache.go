package tracing

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// cache is a cache on a server, as in the package caching.
type cache[V any] interface {
	Get(ctx context.Context, key string) (v V, found bool, err error)
	Put(ctx context.Context, key string, seq int64, v V) (stored bool, err error)
	Evict(ctx context.Context, key string, seq int64) error
}

// Cache makes a span for each call of a cache on a server, if the call belongs to a trace. Keys are not in it.
type Cache[V any] struct {
	tracer trace.Tracer
	next   cache[V]
	system string // such as valkey
	kind   string // of the values
}

// NewCache returns a cache with spans.
func NewCache[V any](t trace.Tracer, next cache[V], system, kind string) Cache[V] {
	return Cache[V]{t, next, system, kind}
}

// Get calls Get of the cache.
func (c Cache[V]) Get(ctx context.Context, key string) (v V, found bool, err error) {
	ctx, span := c.start(ctx, "get")
	v, found, err = c.next.Get(ctx, key)
	span.SetAttributes(attribute.Bool("procedo.cache.hit", found))
	finish(span, err)
	return v, found, err
}

// Put calls Put of the cache.
func (c Cache[V]) Put(ctx context.Context, key string, seq int64, v V) (bool, error) {
	ctx, span := c.start(ctx, "put")
	stored, err := c.next.Put(ctx, key, seq, v)
	finish(span, err)
	return stored, err
}

// Evict calls Evict of the cache.
func (c Cache[V]) Evict(ctx context.Context, key string, seq int64) error {
	ctx, span := c.start(ctx, "evict")
	err := c.next.Evict(ctx, key, seq)
	finish(span, err)
	return err
}

func (c Cache[V]) start(ctx context.Context, operation string) (context.Context, trace.Span) {
	if span := trace.SpanFromContext(ctx); !span.IsRecording() {
		return ctx, trace.SpanFromContext(context.Background())
	}
	return c.tracer.Start(ctx, operation+" "+c.kind, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		semconv.DBSystemNameKey.String(c.system), semconv.DBOperationName(operation),
		semconv.DBCollectionName(c.kind),
	))
}

// finish ends the span of a call.
func finish(span trace.Span, err error) {
	if err != nil {
		span.SetStatus(codes.Error, "")
		span.SetAttributes(semconv.ErrorType(err))
	}
	span.End()
}
