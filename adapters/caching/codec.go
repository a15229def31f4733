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

// RunCodec writes runs as their rows (RFC 8949, CBOR), for caches that other processes share. Sensitive values are in it as seals
// only, as they are in the state.
type RunCodec struct{ Definitions app.Definitions }

type encodedRun struct {
	Own  projection.RunRow
	Rows projection.Rows
}

// Format names the form of what Encode writes: another one is not read.
func (RunCodec) Format() string { return format[encodedRun]() }

// Encode writes a run.
func (RunCodec) Encode(r app.RunRecord) ([]byte, error) {
	return cborEncoding.Marshal(encodedRun{Own: projection.RunRowOf(r.Run, r.Head.Hash), Rows: projection.RowsOf(r.Run)})
}

// Decode reads a run; its definition comes from where definitions are kept.
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

// Codec writes values that need nothing but themselves.
type Codec[V any] struct{}

// Format names the form of what Encode writes: another one is not read.
func (Codec[V]) Format() string { return format[V]() }

// Encode writes a value.
func (Codec[V]) Encode(v V) ([]byte, error) { return cborEncoding.Marshal(v) }

// Decode reads a value.
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

// format is a digest of a type's members: replicas of two releases that differ in one do not read each other's values.
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
