package contract

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/procedo/procedo/adapters/caching"
)

// Thing is the type of the values that RunCache stores in a cache.
type Thing struct {
	Seq  int64
	Text string
}

// RunCache runs the tests that every adapter of the cache port must pass. Each test gets a new empty cache from
// newCache.
func RunCache(t *testing.T, newCache func(t *testing.T) caching.Cache[Thing]) {
	for name, test := range map[string]func(*testing.T, caching.Cache[Thing]){
		"an unknown key is not found":              cacheMisses,
		"a value is returned byte for byte":        cacheReturnsValues,
		"only a higher seq replaces a value":       cacheReplacesLowerSeqs,
		"concurrent writers: the highest seq wins": cacheKeepsHighestSeq,
		"keys are independent of each other":       cacheSeparatesKeys,
		"an evicted value does not come back":      cacheEvicts,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newCache(t))
		})
	}
}

func cacheMisses(t *testing.T, c caching.Cache[Thing]) {
	_, found, err := c.Get(t.Context(), "nothing")
	require.NoError(t, err)
	require.False(t, found)
}

func cacheReturnsValues(t *testing.T, c caching.Cache[Thing]) {
	for i, text := range []string{"", "plain", "é\x00\r\n 'quoted' \"twice\"", strings.Repeat("long ", 20_000)} {
		thing := Thing{int64(i + 1), text}
		kept, err := c.Put(t.Context(), "key", thing.Seq, thing)
		require.NoError(t, err)
		require.True(t, kept)
		got, found, err := c.Get(t.Context(), "key")
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, thing, got)
	}
}

func cacheReplacesLowerSeqs(t *testing.T, c caching.Cache[Thing]) {
	const large = 1 << 52 // needs more than 32 bits, and has more digits than %g prints
	for _, step := range []struct {
		seq  int64
		kept bool
	}{
		{5, true}, {5, false}, {4, false}, {6, true}, {10, true}, {9, false},
		{large, true}, {large - 1, false}, {large + 1, true},
	} {
		kept, err := c.Put(t.Context(), "key", step.seq, Thing{Seq: step.seq})
		require.NoError(t, err)
		require.Equal(t, step.kept, kept, step.seq)
	}
	got, _, err := c.Get(t.Context(), "key")
	require.NoError(t, err)
	require.EqualValues(t, large+1, got.Seq)
}

func cacheKeepsHighestSeq(t *testing.T, c caching.Cache[Thing]) {
	const writers, each = 8, 50
	var all errgroup.Group
	for w := range writers {
		all.Go(func() error {
			for i := range each {
				seq := int64(i*writers + w + 1)
				if _, err := c.Put(t.Context(), "key", seq, Thing{Seq: seq}); err != nil {
					return err
				}
				if got, found, err := c.Get(t.Context(), "key"); err != nil || !found || got.Seq < seq {
					return errors.Join(err, errors.New("a lower seq replaced a higher one"))
				}
			}
			return nil
		})
	}
	require.NoError(t, all.Wait())
	got, _, err := c.Get(t.Context(), "key")
	require.NoError(t, err)
	require.EqualValues(t, writers*each, got.Seq)
}

func cacheSeparatesKeys(t *testing.T, c caching.Cache[Thing]) {
	for i, key := range []string{"a", "A", "a:b", "{a}", "é", strings.Repeat("k", 300)} {
		_, err := c.Put(t.Context(), key, 1, Thing{1, key})
		require.NoError(t, err, i)
		got, _, err := c.Get(t.Context(), key)
		require.NoError(t, err)
		require.Equal(t, key, got.Text)
	}
}

func cacheEvicts(t *testing.T, c caching.Cache[Thing]) {
	put := func(seq int64) (kept bool) {
		kept, err := c.Put(t.Context(), "key", seq, Thing{Seq: seq, Text: "x"})
		require.NoError(t, err)
		return kept
	}
	found := func() bool {
		_, found, err := c.Get(t.Context(), "key")
		require.NoError(t, err)
		return found
	}
	require.NoError(t, c.Evict(t.Context(), "key", 3), "there is nothing to evict")
	require.False(t, put(2), "a slow reader stores the value from before the eviction")
	require.False(t, found())
	require.True(t, put(3), "the value of the eviction itself")
	require.False(t, put(3))
	require.NoError(t, c.Evict(t.Context(), "key", 3))
	require.True(t, found(), "the value has the seq of the eviction")
	require.NoError(t, c.Evict(t.Context(), "key", 4))
	require.False(t, found())
	require.False(t, put(3))
	require.True(t, put(5))
	require.NoError(t, c.Evict(t.Context(), "key", 4))
	require.True(t, found(), "the value is newer than the eviction")
}
