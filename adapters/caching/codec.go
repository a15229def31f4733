package caching

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"strings"

	"github.com/fxamacker/cbor/v2"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/projection"
)

// RunCodec encodes runs as CBOR (RFC 8949), in the form of their database rows, for caches that several processes
// share. Of sensitive values, a run and its encoding hold only digests.
type RunCodec struct{ Definitions app.Definitions }

type encodedRun struct {
	Own  projection.RunRow
	Rows projection.Rows
}

// Format identifies the encoding. Values in another format must not be decoded.
func (RunCodec) Format() string { return format[encodedRun]() }

// Encode encodes a run.
func (RunCodec) Encode(r app.RunRecord) ([]byte, error) {
	return cborEncoding.Marshal(encodedRun{
		Own: projection.RunRowOf(r.Run, r.Head.Hash), Rows: projection.RowsOf(r.Run),
	})
}

// Decode decodes a run. Its definition comes from c.Definitions.
func (c RunCodec) Decode(ctx context.Context, data []byte) (app.RunRecord, error) {
	var e encodedRun
	if err := cborDecoding.Unmarshal(data, &e); err != nil {
		return app.RunRecord{}, err
	}
	v, err := c.Definitions.Definition(ctx, e.Own.ProcedureID, e.Own.ProcedureVersion)
	if err != nil {
		return app.RunRecord{}, err
	}
	r, err := projection.Restore(v, e.Own, e.Rows)
	return app.RunRecord{Run: r, Head: e.Own.Head}, err
}

// Codec encodes values as CBOR (RFC 8949), field by field.
type Codec[V any] struct{}

// Format identifies the encoding. Values in another format must not be decoded.
func (Codec[V]) Format() string { return format[V]() }

// Encode encodes a value.
func (Codec[V]) Encode(v V) ([]byte, error) { return cborEncoding.Marshal(v) }

// Decode decodes a value.
func (Codec[V]) Decode(_ context.Context, data []byte) (v V, err error) {
	return v, cborDecoding.Unmarshal(data, &v)
}

var (
	cborEncoding = must(cbor.EncOptions{Time: cbor.TimeRFC3339Nano}.EncMode())
	cborDecoding = must(cbor.DecOptions{ExtraReturnErrors: cbor.ExtraDecErrorUnknownField}.DecMode())
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// format returns a digest of the fields of a type and of the types that it contains. If the fields differ between two
// releases, the formats also differ, and neither release reads the values of the other.
func format[V any]() string {
	var b strings.Builder
	describe(&b, reflect.TypeFor[V](), map[reflect.Type]bool{})
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:6])
}

func describe(b *strings.Builder, t reflect.Type, seen map[reflect.Type]bool) {
	fmt.Fprintf(b, "%s(%s)", t, t.Kind())
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		describe(b, t.Elem(), seen)
	case reflect.Struct:
		if seen[t] {
			return
		}
		seen[t] = true
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() {
				b.WriteString(f.Name + ":")
				describe(b, f.Type, seen)
				b.WriteByte(';')
			}
		}
	}
}
