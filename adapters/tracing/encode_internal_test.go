package tracing

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// decode reads a request with the generated code of OpenTelemetry. A TracesData has the same fields as a request.
func decode(t *testing.T, data []byte) *tracepb.TracesData {
	t.Helper()
	var all tracepb.TracesData
	require.NoError(t, proto.Unmarshal(data, &all))
	require.Empty(t, all.ProtoReflect().GetUnknown())
	return &all
}

// spansOf returns the ended spans that fn makes.
func spansOf(fn func(trace.TracerProvider)) []sdk.ReadOnlySpan {
	recorder := tracetest.NewSpanRecorder()
	fn(sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder),
		sdk.WithResource(resource.NewSchemaless(attribute.String("service.name", "s")))))
	return recorder.Ended()
}

func TestASpanIsEncodedAsTheProtocolSays(t *testing.T) {
	begun, state := time.Unix(1700000000, 123456789), trace.TraceState{}
	state, err := state.Insert("vendor", "x")
	require.NoError(t, err)
	remote := trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{1, 2}, SpanID: trace.SpanID{3}, TraceFlags: trace.FlagsSampled, TraceState: state, Remote: true,
	})
	spans := spansOf(func(p trace.TracerProvider) {
		ctx := trace.ContextWithRemoteSpanContext(context.Background(), remote)
		_, span := p.Tracer("one", trace.WithInstrumentationVersion("1.2")).Start(ctx, "name é",
			trace.WithSpanKind(trace.SpanKindServer), trace.WithTimestamp(begun), trace.WithLinks(trace.Link{SpanContext: remote}),
			trace.WithAttributes(
				attribute.String("text", "v"), attribute.String("empty", ""), attribute.Int("int", -7), attribute.Bool("no", false),
				attribute.Float64("float", 1.5), attribute.StringSlice("list", []string{"a", ""}),
			))
		span.SetStatus(codes.Error, "")
		span.End(trace.WithTimestamp(begun.Add(time.Second)))
		_, other := p.Tracer("two").Start(context.Background(), "other")
		other.SetStatus(codes.Ok, "")
		other.End()
	})
	all := decode(t, encode(spans))
	require.Len(t, all.GetResourceSpans(), 1)
	require.Equal(t, "service.name", all.GetResourceSpans()[0].GetResource().GetAttributes()[0].GetKey())
	scopes := all.GetResourceSpans()[0].GetScopeSpans()
	require.Len(t, scopes, 2)
	require.Equal(t, "one", scopes[0].GetScope().GetName())
	require.Equal(t, "1.2", scopes[0].GetScope().GetVersion())

	own, got := spans[0].SpanContext(), scopes[0].GetSpans()[0]
	traceID, spanID, parent := own.TraceID(), own.SpanID(), remote.SpanID()
	require.Equal(t, traceID[:], got.GetTraceId())
	require.Equal(t, spanID[:], got.GetSpanId())
	require.Equal(t, parent[:], got.GetParentSpanId())
	require.Equal(t, "vendor=x", got.GetTraceState())
	require.Equal(t, "name é", got.GetName())
	require.Equal(t, tracepb.Span_SPAN_KIND_SERVER, got.GetKind())
	require.EqualValues(t, begun.UnixNano(), got.GetStartTimeUnixNano())
	require.EqualValues(t, begun.Add(time.Second).UnixNano(), got.GetEndTimeUnixNano())
	require.EqualValues(t, 1|knowsRemote|isRemote, got.GetFlags())
	require.Equal(t, tracepb.Status_STATUS_CODE_ERROR, got.GetStatus().GetCode())
	values := map[string]string{}
	for _, a := range got.GetAttributes() {
		values[a.GetKey()] = fmt.Sprintf("%T", a.GetValue().GetValue())
	}
	require.Equal(t, map[string]string{
		"text": "*v1.AnyValue_StringValue", "empty": "*v1.AnyValue_StringValue", "int": "*v1.AnyValue_IntValue",
		"no": "*v1.AnyValue_BoolValue", "float": "*v1.AnyValue_DoubleValue", "list": "*v1.AnyValue_ArrayValue",
	}, values)
	require.EqualValues(t, -7, got.GetAttributes()[2].GetValue().GetIntValue())
	require.Len(t, got.GetAttributes()[5].GetValue().GetArrayValue().GetValues(), 2)
	require.Equal(t, traceID[:], got.GetLinks()[0].GetTraceId())
	require.Equal(t, parent[:], got.GetLinks()[0].GetSpanId())

	other := scopes[1].GetSpans()[0]
	require.Empty(t, other.GetParentSpanId())
	require.Equal(t, tracepb.Status_STATUS_CODE_OK, other.GetStatus().GetCode())
	require.EqualValues(t, 1|knowsRemote, other.GetFlags())
}

func TestNoTextOfAnErrorIsSent(t *testing.T) {
	const secret = "4711-secret"
	data := encode(spansOf(func(p trace.TracerProvider) {
		_, span := p.Tracer("t").Start(context.Background(), "s")
		err := errors.New(`invalid input syntax for type integer: "` + secret + `"`)
		span.RecordError(err, trace.WithStackTrace(true))
		span.SetStatus(codes.Error, err.Error())
		span.AddEvent("other", trace.WithAttributes(attribute.String("a", secret)))
		span.End()
	}))
	require.NotContains(t, string(data), secret)
	span := decode(t, data).GetResourceSpans()[0].GetScopeSpans()[0].GetSpans()[0]
	require.Equal(t, tracepb.Status_STATUS_CODE_ERROR, span.GetStatus().GetCode())
	require.Equal(t, "exception", span.GetEvents()[0].GetName())
	require.Equal(t, "*errors.errorString", span.GetEvents()[0].GetAttributes()[0].GetValue().GetStringValue())
}

func TestRefusedSpansAreReadFromTheAnswer(t *testing.T) {
	var partial, answer message
	partial.number(1, 5)
	partial.text(2, "no")
	answer.text(9, "a field of a later version")
	answer.message(1, partial)
	require.Equal(t, 5, rejectedSpans(answer))
	for _, other := range [][]byte{nil, {}, {0xff}, []byte("<html>"), answer[:len(answer)-3], {0x0a, 0x00}, {0x08, 0x05}} {
		require.Zero(t, rejectedSpans(other), "%x", other)
	}
	require.Zero(t, rejectedSpans(protowire.AppendBytes([]byte{0x0a}, protowire.AppendVarint([]byte{0x08}, 1<<63))))
}

func TestNothingIsEncodedOfNoSpans(t *testing.T) { require.Empty(t, encode(nil)) }

func oneSpanOf(p trace.TracerProvider) {
	_, span := p.Tracer("t").Start(context.Background(), "s")
	span.End()
}
