package memory_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/caching"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/tests/contract"
)

func sizeOf(t contract.Thing) int { return len(t.Text) }

func TestCache(t *testing.T) {
	contract.RunCache(t, func(*testing.T) caching.Cache[contract.Thing] { return memory.NewCache(1<<20, sizeOf) })
}

func TestCacheDropsTheLeastRecentlyUsedValues(t *testing.T) {
	c := memory.NewCache(1000, sizeOf)
	put := func(key string, seq int64, size int) bool {
		stored, err := c.Put(t.Context(), key, seq, contract.Thing{Seq: seq, Text: strings.Repeat("x", size-len(key))})
		require.NoError(t, err)
		return stored
	}
	has := func(key string) bool {
		_, found, err := c.Get(t.Context(), key)
		require.NoError(t, err)
		return found
	}
	require.True(t, put("a", 1, 400))
	require.True(t, put("b", 1, 400))
	require.True(t, has("a"))
	require.True(t, put("c", 1, 200), "the cache is exactly full")
	require.True(t, has("b"))
	require.True(t, put("d", 1, 300))
	require.False(t, has("a"), "a was the least recently used")
	require.True(t, put("b", 2, 500), "the old value of b makes room for the new one")
	require.True(t, has("c") && has("d") && has("b"))
	require.False(t, put("e", 1, 1001), "larger than the cache")
	require.True(t, has("c") && has("d") && has("b"))
	require.False(t, put("b", 3, 1001))
	require.False(t, has("b"), "the old value is dropped even though the new one is too large")
}

func TestAMergingCacheCombinesValuesOfTheSameSeq(t *testing.T) {
	join := func(current, added contract.Thing) contract.Thing {
		return contract.Thing{Seq: added.Seq, Text: current.Text + added.Text}
	}
	c := memory.NewMergingCache(100, sizeOf, join)
	put := func(seq int64, text string) bool {
		stored, err := c.Put(t.Context(), "key", seq, contract.Thing{Seq: seq, Text: text})
		require.NoError(t, err)
		return stored
	}
	get := func() string {
		got, _, err := c.Get(t.Context(), "key")
		require.NoError(t, err)
		return got.Text
	}
	require.True(t, put(2, "a"))
	require.True(t, put(2, "b"))
	require.Equal(t, "ab", get())
	require.False(t, put(1, "old"))
	require.Equal(t, "ab", get())
	require.True(t, put(3, "c"))
	require.Equal(t, "c", get())
	require.NoError(t, c.Evict(t.Context(), "key", 4))
	require.Empty(t, get())
	require.False(t, put(3, "d"), "an evicted state is not stored again")
	require.True(t, put(4, strings.Repeat("e", 60)))
	require.False(t, put(4, strings.Repeat("f", 60)), "together, they are larger than the cache")
	require.Empty(t, get())
	require.True(t, put(4, strings.Repeat("f", 60)))
}
