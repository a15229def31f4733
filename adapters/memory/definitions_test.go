package memory_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/docs"
)

// source is an app.Definitions that counts its calls. It returns err with every version.
type source struct {
	calls int
	err   error
	text  string // the description of each version
}

func (s *source) Definition(_ context.Context, _ string, n int) (*procedure.Version, error) {
	s.calls++
	d := &procedure.Definition{Name: "N", Description: s.text}
	return &procedure.Version{Definition: d, Number: n}, s.err
}

func TestDefinitionsCompilesAVersionAgainOnlyAfterDroppingIt(t *testing.T) {
	s := &source{}
	d := memory.KeepDefinitions(2)(s)
	get := func(n int) {
		v, err := d.Definition(t.Context(), "p", n)
		require.NoError(t, err)
		require.Equal(t, n, v.Number)
	}
	get(1)
	get(1)
	require.Equal(t, 1, s.calls)
	get(2)
	get(3)
	get(1)
	require.Equal(t, 4, s.calls)
}

func TestTheTotalSizeOfCachedDefinitionsIsLimited(t *testing.T) {
	s := &source{text: strings.Repeat("x", 1<<20)}
	d := memory.KeepDefinitions(100)(s)
	for range 3 {
		for n := range 20 {
			_, err := d.Definition(t.Context(), "p", n)
			require.NoError(t, err)
		}
	}
	require.Equal(t, 60, s.calls, "20 MiB do not fit, and the least recently used is dropped first")
	for n := range 7 {
		_, err := d.Definition(t.Context(), "p", 19-n)
		require.NoError(t, err)
	}
	require.Equal(t, 60, s.calls, "7 MiB fit")
}

func TestDefinitionsDoesNotCacheErrors(t *testing.T) {
	s := &source{err: errors.New("boom")}
	d := memory.KeepDefinitions(2)(s)
	for range 2 {
		_, err := d.Definition(t.Context(), "p", 1)
		require.Error(t, err)
	}
	require.Equal(t, 2, s.calls)
}

// compiler compiles a version on every call, as the database adapters do after reading its canonical document.
type compiler struct {
	record    procedure.VersionRecord
	canonical []byte
}

func (c compiler) Definition(context.Context, string, int) (*procedure.Version, error) {
	return procedure.Compile(c.record, c.canonical, cel.Language{})
}

func BenchmarkDefinitions(b *testing.B) {
	doc, err := jsondoc.Parse(docs.Demo)
	require.NoError(b, err)
	demo, issues := procedure.Read(context.Background(), doc, cel.Language{})
	require.Empty(b, issues)
	canonical := demo.Canonical()
	source := compiler{procedure.VersionRecord{ID: demo.ID, Version: 1, Digest: procedure.Digest(canonical)}, canonical}
	for name, definitions := range map[string]app.Definitions{
		"not cached": source,
		"cached":     memory.KeepDefinitions(100)(source),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := definitions.Definition(b.Context(), demo.ID, 1)
				require.NoError(b, err)
			}
		})
	}
}
