package tracing

import (
	"encoding/binary"
	"math"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/protobuf/encoding/protowire"
)

// This file writes the messages of OTLP (opentelemetry-proto, trace/v1 and common/v1). The exporter of OpenTelemetry
// would make the program larger by 2.3 MB, because it contains gRPC; see docs/adr.
//
// The texts of errors are left out of statuses and events, because they can hold a submitted value: a database may
// quote it. The type of an error stays.

// encode returns an ExportTraceServiceRequest with spans of one resource.
func encode(spans []sdk.ReadOnlySpan) []byte {
	if len(spans) == 0 {
		return nil
	}
	var scopes []instrumentation.Scope
	byScope := map[instrumentation.Scope][]sdk.ReadOnlySpan{}
	for _, s := range spans {
		own := s.InstrumentationScope()
		if byScope[own] == nil {
			scopes = append(scopes, own)
		}
		byScope[own] = append(byScope[own], s)
	}
	var all message
	all.message(1, encodeResource(spans[0].Resource()))
	for _, own := range scopes {
		var m message
		m.message(1, encodeScope(own))
		for _, s := range byScope[own] {
			m.message(2, encodeSpan(s))
		}
		m.text(3, own.SchemaURL)
		all.message(2, m)
	}
	all.text(3, spans[0].Resource().SchemaURL())
	var request message
	request.message(1, all)
	return request
}

func encodeResource(r *resource.Resource) (m message) {
	for it := r.Iter(); it.Next(); {
		m.message(1, encodeAttribute(it.Attribute()))
	}
	return m
}

func encodeScope(s instrumentation.Scope) (m message) {
	m.text(1, s.Name)
	m.text(2, s.Version)
	return m
}

func encodeSpan(s sdk.ReadOnlySpan) (m message) {
	own, parent := s.SpanContext(), s.Parent()
	m.ids(1, own)
	m.text(3, own.TraceState().String())
	if id := parent.SpanID(); id.IsValid() {
		m.bytes(4, id[:])
	}
	m.text(5, s.Name())
	m.number(6, uint64(max(0, s.SpanKind())))
	m.time(7, s.StartTime())
	m.time(8, s.EndTime())
	m.attributes(9, s.Attributes())
	m.count(10, s.DroppedAttributes())
	for _, e := range s.Events() {
		m.message(11, encodeEvent(e))
	}
	m.count(12, s.DroppedEvents())
	for _, l := range s.Links() {
		var link message
		link.ids(1, l.SpanContext)
		link.attributes(4, l.Attributes)
		link.flags(6, l.SpanContext, l.SpanContext.IsRemote())
		m.message(13, link)
	}
	m.count(14, s.DroppedLinks())
	if code := statusCode(s.Status().Code); code > 0 {
		var status message
		status.number(3, code) // without the message
		m.message(15, status)
	}
	m.flags(16, own, parent.IsRemote())
	return m
}

// encodeEvent returns an event of a span. Of its attributes, it keeps the type of an error.
func encodeEvent(e sdk.Event) (m message) {
	m.time(1, e.Time)
	m.text(2, e.Name)
	for _, a := range e.Attributes {
		if a.Key == semconv.ExceptionTypeKey {
			m.message(3, encodeAttribute(a))
		}
	}
	return m
}

// statusCode returns the number of a status in OTLP.
func statusCode(c codes.Code) uint64 {
	switch c {
	case codes.Ok:
		return 1
	case codes.Error:
		return 2
	}
	return 0
}

func encodeAttribute(a attribute.KeyValue) (m message) {
	m.text(1, string(a.Key))
	m.message(2, encodeValue(a.Value))
	return m
}

func encodeValue(v attribute.Value) (m message) {
	switch v.Type() {
	case attribute.BOOL:
		m = protowire.AppendTag(m, 2, protowire.VarintType)
		m = protowire.AppendVarint(m, protowire.EncodeBool(v.AsBool()))
	case attribute.INT64:
		m = protowire.AppendTag(m, 3, protowire.VarintType)
		m = protowire.AppendVarint(m, uint64(v.AsInt64())) //nolint:gosec // two's complement
	case attribute.FLOAT64:
		m = protowire.AppendTag(m, 4, protowire.Fixed64Type)
		m = protowire.AppendFixed64(m, math.Float64bits(v.AsFloat64()))
	case attribute.STRINGSLICE:
		var texts message
		for _, text := range v.AsStringSlice() {
			texts.message(1, encodeValue(attribute.StringValue(text)))
		}
		m.message(5, texts)
	default: // a text is written even if it is empty
		m = protowire.AppendTag(m, 1, protowire.BytesType)
		m = protowire.AppendString(m, v.String())
	}
	return m
}

// message is an encoded message of protobuf. Its methods add a field, except for values that are the default.
type message []byte

func (m *message) message(n protowire.Number, value message) {
	*m = protowire.AppendBytes(protowire.AppendTag(*m, n, protowire.BytesType), value)
}

func (m *message) bytes(n protowire.Number, value []byte) { m.message(n, value) }

func (m *message) text(n protowire.Number, value string) {
	if value != "" {
		*m = protowire.AppendString(protowire.AppendTag(*m, n, protowire.BytesType), value)
	}
}

func (m *message) number(n protowire.Number, value uint64) {
	if value != 0 {
		*m = protowire.AppendVarint(protowire.AppendTag(*m, n, protowire.VarintType), value)
	}
}

func (m *message) count(n protowire.Number, value int) {
	m.number(n, uint64(max(0, value)))
}

func (m *message) time(n protowire.Number, t time.Time) {
	ns := uint64(max(0, t.UnixNano()))
	*m = protowire.AppendFixed64(protowire.AppendTag(*m, n, protowire.Fixed64Type), ns)
}

// ids adds the ids of a span, as the fields n and n+1.
func (m *message) ids(n protowire.Number, s trace.SpanContext) {
	traceID, spanID := s.TraceID(), s.SpanID()
	m.bytes(n, traceID[:])
	m.bytes(n+1, spanID[:])
}

func (m *message) attributes(n protowire.Number, all []attribute.KeyValue) {
	for _, a := range all {
		m.message(n, encodeAttribute(a))
	}
}

// The bits that OTLP adds to the flags of W3C.
const (
	knowsRemote = 1 << 8
	isRemote    = 1 << 9
)

// flags adds the flags of a span. For a link, remote is about the linked span; for a span, it is about its parent.
func (m *message) flags(n protowire.Number, s trace.SpanContext, remote bool) {
	flags := uint32(s.TraceFlags()) | knowsRemote
	if remote {
		flags |= isRemote
	}
	*m = protowire.AppendTag(*m, n, protowire.Fixed32Type)
	*m = binary.LittleEndian.AppendUint32(*m, flags)
}

// rejectedSpans returns how many spans the collector has refused, according to an ExportTraceServiceResponse. It
// returns 0 for an answer that it does not understand.
func rejectedSpans(answer []byte) int {
	partial := fieldOf(answer, 1, protowire.BytesType)
	if len(partial) == 0 {
		return 0
	}
	partial, n := protowire.ConsumeBytes(partial)
	if n < 0 {
		return 0
	}
	rejected, n := protowire.ConsumeVarint(fieldOf(partial, 1, protowire.VarintType))
	if n < 0 || rejected > math.MaxInt32 {
		return 0
	}
	return int(rejected)
}

// fieldOf returns the bytes from the value of a field on, or nil if the message does not have the field.
func fieldOf(m []byte, field protowire.Number, kind protowire.Type) []byte {
	for len(m) > 0 {
		number, found, n := protowire.ConsumeTag(m)
		if n < 0 {
			return nil
		}
		if m = m[n:]; number == field && found == kind {
			return m
		}
		if n = protowire.ConsumeFieldValue(number, found, m); n < 0 {
			return nil
		}
		m = m[n:]
	}
	return nil
}
