package storage_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/procedo/procedo/adapters/storage"
)

func TestAGroupHasASpanInEachTraceAndLinksBetweenThem(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	tracer := sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder)).Tracer("test")
	request := func() (context.Context, trace.SpanContext) {
		ctx, span := tracer.Start(context.Background(), "request")
		return ctx, span.SpanContext()
	}
	one, oneSpan := request()
	two, twoSpan := request()
	three, threeSpan := request()
	ctx, end := storage.TraceGroups(tracer)(t.Context(), []context.Context{context.Background(), one, two, three})
	inTransaction := trace.SpanContextFromContext(ctx)
	require.Equal(t, oneSpan.TraceID(), inTransaction.TraceID(), "the statements are in the trace of the first")
	end(errors.New("the whole failed"))

	spans := recorder.Ended()
	require.Len(t, spans, 3)
	for i, parent := range []trace.SpanContext{oneSpan, twoSpan, threeSpan} {
		require.Equal(t, parent.SpanID(), spans[i].Parent().SpanID())
		require.Equal(t, "Error", spans[i].Status().Code.String())
		require.EqualValues(t, 4, spans[i].Attributes()[0].Value.AsInt64())
	}
	require.Equal(t, inTransaction, spans[0].SpanContext())
	require.Equal(t, []trace.SpanContext{spans[1].SpanContext(), spans[2].SpanContext()}, linked(spans[0]))
	require.Equal(t, []trace.SpanContext{inTransaction}, linked(spans[1]))
	require.Equal(t, []trace.SpanContext{inTransaction}, linked(spans[2]))
}

func linked(s sdk.ReadOnlySpan) (all []trace.SpanContext) {
	for _, l := range s.Links() {
		all = append(all, l.SpanContext)
	}
	return all
}

func TestAGroupThatIsNotTracedHasNoSpan(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	tracer := sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder)).Tracer("test")
	ctx, end := storage.TraceGroups(tracer)(t.Context(), []context.Context{context.Background()})
	end(nil)
	require.False(t, trace.SpanContextFromContext(ctx).IsValid())
	require.Empty(t, recorder.Started())
}
