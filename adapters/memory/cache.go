package memory

import (
	"context"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// Cache holds values in the memory of this process, up to a total size. To make room, it drops the least recently used
// values. It is safe for concurrent use.
type Cache[V any] struct {
	mu      sync.Mutex
	entries *simplelru.LRU[string, entry[V]]
	evicted *simplelru.LRU[string, int64] // the seqs given to Evict, by key; limited to maxEvicted keys
	merge   func(current, added V) V      // combines values of the same seq; nil: the first one stays
	sizeOf  func(V) int
	size    int // of all entries, in bytes
	maxSize int
}

// maxEvicted is the number of evictions that the cache remembers. It must remember an eviction for as long as a slow
// reader may still store a value read before it. That takes seconds, in which far fewer values are evicted.
const maxEvicted = 1000

type entry[V any] struct {
	value V
	seq   int64
	size  int
}

// NewCache returns a cache of at most maxSize bytes. SizeOf returns roughly how many bytes a value takes in memory. A
// value larger than maxSize is not stored.
func NewCache[V any](maxSize int, sizeOf func(V) int) *Cache[V] {
	c := &Cache[V]{sizeOf: sizeOf, maxSize: maxSize}
	// NewLRU fails only for a limit below 1. The limit is a number of entries so large that only maxSize has an effect.
	c.evicted, _ = simplelru.NewLRU[string, int64](maxEvicted, nil)
	c.entries, _ = simplelru.NewLRU(1<<30, func(_ string, evicted entry[V]) { c.size -= evicted.size })
	return c
}

// NewMergingCache is like NewCache, except that Put does not drop a value that has the same seq as the stored one, but
// stores the result of merge.
func NewMergingCache[V any](maxSize int, sizeOf func(V) int, merge func(current, added V) V) *Cache[V] {
	c := NewCache(maxSize, sizeOf)
	c.merge = merge
	return c
}

// Get returns the value stored under the key, and whether there is one.
func (c *Cache[V]) Get(_ context.Context, key string) (V, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, found := c.entries.Get(key)
	return e.value, found, nil
}

// Put stores a value and reports whether it did so. It does not replace a value with a higher seq, nor one with the
// same seq, unless the cache merges them.
func (c *Cache[V]) Put(_ context.Context, key string, seq int64, v V) (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if current, found := c.entries.Peek(key); found && current.seq >= seq {
		if c.merge == nil || current.seq > seq {
			return false, nil
		}
		v = c.merge(current.value, v)
	}
	e := entry[V]{v, seq, c.sizeOf(v) + len(key)}
	if oldest, found := c.evicted.Peek(key); found && oldest > seq {
		return false, nil
	}
	c.entries.Remove(key)
	if e.size > c.maxSize {
		return false, nil
	}
	for c.size+e.size > c.maxSize {
		c.entries.RemoveOldest()
	}
	c.entries.Add(key, e)
	c.size += e.size
	return true, nil
}

// Evict removes the value stored under the key if its seq is lower than the given one. Values with a lower seq are not
// stored later.
func (c *Cache[V]) Evict(_ context.Context, key string, seq int64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.evicted.Add(key, seq)
	if current, found := c.entries.Peek(key); found && current.seq < seq {
		c.entries.Remove(key)
	}
	return nil
}
