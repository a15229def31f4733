package memory

import (
	"context"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// Cache keeps values in this process, the most recently used, up to a bound of their weights.
type Cache[V any] struct {
	mu     sync.Mutex
	kept   *simplelru.LRU[string, weighed[V]]
	weigh  func(V) int
	weight int
	most   int
}

type weighed[V any] struct {
	value  V
	seq    int64
	weight int
}

// NewCache returns a cache of at most so many bytes; weigh tells about how many a value takes. One that takes more than all is not kept.
func NewCache[V any](most int, weigh func(V) int) *Cache[V] {
	c := &Cache[V]{weigh: weigh, most: most}
	c.kept, _ = simplelru.NewLRU(1<<30, func(_ string, gone weighed[V]) { c.weight -= gone.weight }) // its only error is a size below 1
	return c
}

// Get returns what is kept under the key; false where nothing is.
func (c *Cache[V]) Get(_ context.Context, key string) (V, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept, found := c.kept.Get(key)
	return kept.value, found, nil
}

// Put keeps a value unless one with the same or a higher seq is kept under the key.
func (c *Cache[V]) Put(_ context.Context, key string, seq int64, v V) (bool, error) {
	w := weighed[V]{v, seq, c.weigh(v) + len(key)}
	c.mu.Lock()
	defer c.mu.Unlock()
	if kept, found := c.kept.Peek(key); found && kept.seq >= seq {
		return false, nil
	}
	c.kept.Remove(key)
	if w.weight > c.most {
		return false, nil
	}
	for c.weight+w.weight > c.most {
		c.kept.RemoveOldest()
	}
	c.kept.Add(key, w)
	c.weight += w.weight
	return true, nil
}
