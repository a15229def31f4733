package caching

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/budget"
	"github.com/procedo/procedo/core/fault"
)

// checkedCache is a cache that compares its values with the database on every read. The head of a value (the seq and
// hash of its last event) identifies its state.
type checkedCache[V any] struct {
	cache   Cache[V]
	headOf  func(V) audit.Head
	metrics resourceMetrics
	loads   singleflight.Group
}

// source reads a value from the database. Head returns only the head of the current value, with one lookup; load
// returns the whole value.
type source[V any] struct {
	head func(context.Context) (audit.Head, error)
	load func(context.Context) (V, error)
	// advance returns the value at a head from an earlier value, or false if it cannot. It may be nil.
	advance func(ctx context.Context, earlier V, head audit.Head) (V, bool)
}

// from returns a source that advances an earlier value instead of loading the value, if it can. It then sets advanced.
func (s source[V]) from(earlier V, head audit.Head, advanced *atomic.Bool) source[V] {
	load := s.load
	if s.advance != nil {
		s.load = func(ctx context.Context) (V, error) {
			if v, ok := s.advance(ctx, earlier, head); ok {
				advanced.Store(true)
				return v, nil
			}
			return load(ctx)
		}
	}
	return s
}

// read returns a value that was current at some moment during the call. It gets the cached value first, and then the
// head from the database. If the heads are equal, the cached value was still current when the head was looked up. If
// ctx has ended before the call, read always returns an error, whatever other callers load.
func (c *checkedCache[V]) read(ctx context.Context, key string, s source[V]) (v V, err error) {
	if ctx.Err() != nil {
		return v, budget.Interrupted(ctx)
	}
	cached, found, failure := c.get(ctx, key)
	if !found {
		c.metrics.countRead(missOutcome(failure))
		return c.sharedLoad(ctx, key, s)
	}
	head, err := s.head(ctx)
	if err != nil {
		return v, err
	}
	if head == c.headOf(cached) {
		c.metrics.countRead(hit)
		return cached, nil
	}
	var advanced atomic.Bool
	v, err = c.sharedLoad(ctx, key, s.from(cached, head, &advanced))
	if advanced.Load() {
		c.metrics.countRead(caughtUp)
	} else {
		c.metrics.countRead(stale)
	}
	return v, err
}

// sharedLoad loads a value and stores it in the cache. Callers that need the same key at the same time share one load.
// A caller that joins a running load compares the loaded value with the database, because a newer one may have been
// written since the load began. If the loaded value is out of date, or the load has failed, the callers that joined it
// share a second load. They do not if the database is unavailable, so that it gets no more queries then.
func (c *checkedCache[V]) sharedLoad(ctx context.Context, key string, s source[V]) (v V, err error) {
	v, isFirst, err := c.join(ctx, key, s)
	if isFirst {
		return v, err
	}
	if err == nil {
		var head audit.Head
		if head, err = s.head(ctx); err == nil && head == c.headOf(v) {
			return v, nil
		}
	}
	if fault.Is(err, fault.Unavailable) {
		return *new(V), err
	}
	v, _, err = c.join(ctx, key, s) // it began after the first one had ended, and so after this call
	return v, err
}

// join joins the running load of a key, or begins one. It reports whether it has begun it.
func (c *checkedCache[V]) join(ctx context.Context, key string, s source[V]) (V, bool, error) {
	begun := false
	pending := c.loads.DoChan(key, func() (_ any, err error) {
		begun = true
		defer func() {
			if p := recover(); p != nil { // a panic in this goroutine would end the process
				err = fault.From(fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
			}
		}()
		return c.load(context.WithoutCancel(ctx), key, s) // other callers may still wait when ctx is cancelled
	})
	select {
	case <-ctx.Done():
		return *new(V), false, budget.Interrupted(ctx)
	case result := <-pending:
		v, _ := result.Val.(V)
		return v, begun, result.Err
	}
}

func (c *checkedCache[V]) load(ctx context.Context, key string, s source[V]) (V, error) {
	v, err := s.load(ctx)
	if err == nil {
		c.put(ctx, key, v)
	}
	return v, err
}

// get reads the cache. If the cache fails, get also returns false.
func (c *checkedCache[V]) get(ctx context.Context, key string) (v V, found bool, err error) {
	defer c.metrics.observeDuration("get", time.Now())
	v, found, err = c.cache.Get(ctx, key)
	return v, found && err == nil, err
}

// put stores a value in the cache. A failure is only counted: the next reader loads the value from the database.
func (c *checkedCache[V]) put(ctx context.Context, key string, v V) {
	defer c.metrics.observeDuration("put", time.Now())
	stored, err := c.cache.Put(ctx, key, c.headOf(v).Seq, v)
	c.metrics.countStore(stored, err)
}

func (c *checkedCache[V]) evict(ctx context.Context, key string, seq int64) error {
	defer c.metrics.observeDuration("evict", time.Now())
	return c.cache.Evict(ctx, key, seq)
}
