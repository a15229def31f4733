package memory_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/docs"
)

// The cache counts what versions take in memory, whatever they consist of, because its limit is a promise about memory.
func TestTheSizeOfAVersionIsItsMemory(t *testing.T) {
	list := func(n int, format string) string {
		all := make([]string, n)
		for i := range all {
			all[i] = strings.ReplaceAll(format, "#", fmt.Sprint(i))
		}
		return strings.Join(all, ",")
	}
	steps := func(all string) []byte { return []byte(`{"id":"p","name":"P","steps":[` + all + `]}`) }
	for name, doc := range map[string][]byte{
		"demo":  docs.Demo,
		"texts": steps(`{"key":"s","title":"S","prompt":"` + strings.Repeat("long ", 10_000) + `"}`),
		"steps": steps(list(100, `{"key":"s#","title":"S"}`)),
		"slots": steps(list(4, `{"key":"s#","title":"S","slots":[`+list(50, `{"name":"a#","type":"number"}`)+`]}`)),
		"options": steps(list(4, `{"key":"s#","title":"S","slots":[{"name":"a","type":"enum","options":[`+
			list(100, `"o#"`)+`]}]}`)),
		"items":         steps(list(4, `{"key":"s#","title":"S","checklist_items":[`+list(50, `{"key":"a#","label":"L"}`)+`]}`)),
		"one condition": steps(`{"key":"s","title":"S","slots":[{"name":"a","type":"number","when":"1 < 2"}]}`),
		"conditions in one step": steps(`{"key":"s","title":"S","slots":[{"name":"x","type":"number"},` +
			list(60, `{"name":"a#","type":"number","when":"x > # && x < 100"}`) + `]}`),
		"conditions in all steps": steps(list(60, `{"key":"s#","title":"S","when":"1 < 2","slots":[{"name":"a","type":"number"},`+
			`{"name":"b","type":"string","when":"a > #"},{"name":"c","type":"string","required_when":"a > 2"}]}`)),
		"transitions": steps(`{"key":"s","title":"S","slots":[{"name":"x","type":"number"}],"transitions":[` +
			list(20, `{"when":"x > #","to":"end"}`) + `,{"to":"end"}]}`),
	} {
		t.Run(name, func(t *testing.T) {
			canonical := jsontext.Value(doc).Clone()
			require.NoError(t, canonical.Canonicalize())
			var versions []*procedure.Version
			before := heapBytes()
			for n := range 20 {
				v, err := procedure.Compile(procedure.VersionRecord{
					ID: "p", Version: n + 1, Digest: procedure.Digest(canonical), Meaning: condition.Exact,
				}, canonical.Clone(), cel.Language{})
				require.NoError(t, err)
				versions = append(versions, v)
			}
			taken := (heapBytes() - before) / len(versions)
			estimate := memory.SizeOf(versions[0])
			runtime.KeepAlive(versions)
			require.Greater(t, estimate, taken/2, "of %d bytes of memory", taken)
			require.Less(t, estimate, taken*2, "of %d bytes of memory", taken)
		})
	}
}

// heapBytes returns how much of the heap is in use.
func heapBytes() int {
	runtime.GC()
	runtime.GC() // the first one leaves what has finalizers
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// Small documents with conditions take many times their length.
func TestTheMemoryOfCachedDefinitionsIsLimited(t *testing.T) {
	s := &compiled{}
	d := memory.KeepDefinitions(10_000)(s)
	for n := range 400 {
		_, err := d.Definition(t.Context(), "p", n+1)
		require.NoError(t, err)
	}
	kept := s.calls
	for n := range 200 {
		_, err := d.Definition(t.Context(), "p", 400-n)
		require.NoError(t, err)
	}
	require.Equal(t, kept, s.calls, "200 such versions fit")
	for n := range 50 {
		_, err := d.Definition(t.Context(), "p", n+1)
		require.NoError(t, err)
	}
	require.Equal(t, kept+50, s.calls, "400 do not")
}

// compiled compiles the same small document with a condition on each call.
type compiled struct{ calls int }

func (s *compiled) Definition(_ context.Context, id string, n int) (*procedure.Version, error) {
	s.calls++
	canonical := []byte(`{"id":"p","name":"P","steps":[{"key":"s","title":"S","when":"1 < 2"}]}`)
	return procedure.Compile(procedure.VersionRecord{
		ID: id, Version: n, Digest: procedure.Digest(canonical), Meaning: condition.Exact,
	}, canonical, cel.Language{})
}
