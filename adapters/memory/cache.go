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
	sizeOf  func(V) int
	size    int // of all entries, in bytes
	maxSize int
}

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
	c.entries, _ = simplelru.NewLRU(1<<30, func(_ string, evicted entry[V]) { c.size -= evicted.size })
	return c
}

// Get returns the value stored under the key, and whether there is one.
func (c *Cache[V]) Get(_ context.Context, key string) (V, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, found := c.entries.Get(key)
	return e.value, found, nil
}

// Put stores a value and reports whether it did so. It does not replace a value with the same or a higher seq.
func (c *Cache[V]) Put(_ context.Context, key string, seq int64, v V) (bool, error) {
	e := entry[V]{v, seq, c.sizeOf(v) + len(key)}
	c.mu.Lock()
	defer c.mu.Unlock()
	if current, found := c.entries.Peek(key); found && current.seq >= seq {
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
