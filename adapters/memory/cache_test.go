package memory_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/caching"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/tests/contract"
)

func weigh(t contract.Thing) int { return len(t.Text) }

func TestCache(t *testing.T) {
	contract.RunCache(t, func(*testing.T) caching.Cache[contract.Thing] { return memory.NewCache(1<<20, weigh) })
}

func TestTheBoundIsKeptByForgettingWhatWasLongestUnused(t *testing.T) {
	c := memory.NewCache(1000, weigh)
	put := func(key string, seq int64, size int) bool {
		kept, err := c.Put(t.Context(), key, seq, contract.Thing{Seq: seq, Text: strings.Repeat("x", size-len(key))})
		require.NoError(t, err)
		return kept
	}
	kept := func(key string) bool {
		_, found, err := c.Get(t.Context(), key)
		require.NoError(t, err)
		return found
	}
	require.True(t, put("a", 1, 400))
	require.True(t, put("b", 1, 400))
	require.True(t, kept("a"))
	require.True(t, put("c", 1, 200), "exactly full")
	require.True(t, kept("b"))
	require.True(t, put("d", 1, 300))
	require.False(t, kept("a"), "longest unused")
	require.True(t, put("b", 2, 500), "it makes room for itself first")
	require.True(t, kept("c") && kept("d") && kept("b"))
	require.False(t, put("e", 1, 1001), "more than all")
	require.True(t, kept("c") && kept("d") && kept("b"))
	require.False(t, put("b", 3, 1001))
	require.False(t, kept("b"), "what it would have replaced is old")
}
