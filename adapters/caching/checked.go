package caching

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
)

// checked keeps values of one kind, each with the head of a chain that names its state.
type checked[V any] struct {
	cache   Cache[V]
	headOf  func(V) audit.Head
	count   counts
	flights singleflight.Group
}

// source is where a value comes from: head names its present state by one lookup, load reads it.
type source[V any] struct {
	head func(context.Context) (audit.Head, error)
	load func(context.Context) (V, error)
}

// read returns the value as it is now or later. What is kept is taken first and checked after, so that what the check says
// holds at a moment within this read.
func (c *checked[V]) read(ctx context.Context, key string, s source[V]) (v V, err error) {
	kept, found, failed := c.get(ctx, key)
	if !found {
		c.count.read(missed(failed))
		return c.fill(ctx, key, s)
	}
	head, err := s.head(ctx)
	if err != nil {
		return v, err
	}
	if head == c.headOf(kept) {
		c.count.read(hit)
		return kept, nil
	}
	c.count.read(stale)
	return c.fill(ctx, key, s)
}

// fill loads a value and keeps it. Of those who ask at once one loads; the others began at different moments, so that each
// checks what was loaded for it, and loads for itself where that is not enough.
func (c *checked[V]) fill(ctx context.Context, key string, s source[V]) (v V, err error) {
	leads := false
	flight := c.flights.DoChan(key, func() (_ any, err error) {
		leads = true
		defer func() {
			if p := recover(); p != nil { // in a goroutine of its own it would end the process
				err = fault.From(fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
			}
		}()
		return c.load(context.WithoutCancel(ctx), key, s) // whoever began it may leave; the others are still there
	})
	var landed singleflight.Result
	select {
	case <-ctx.Done():
		return v, fault.New(fault.Unavailable, "service.unavailable", nil).Because(ctx.Err())
	case landed = <-flight:
	}
	v, _ = landed.Val.(V)
	if leads {
		return v, landed.Err
	}
	if landed.Err == nil {
		if head, err := s.head(ctx); err == nil && head == c.headOf(v) {
			return v, nil
		}
	}
	return c.load(ctx, key, s)
}

func (c *checked[V]) load(ctx context.Context, key string, s source[V]) (V, error) {
	v, err := s.load(ctx)
	if err == nil {
		c.put(ctx, key, v)
	}
	return v, err
}

// get asks the cache. Its failure is a miss.
func (c *checked[V]) get(ctx context.Context, key string) (v V, found bool, err error) {
	defer c.count.seconds("get", time.Now())
	v, found, err = c.cache.Get(ctx, key)
	return v, found && err == nil, err
}

// put offers the cache a value. Its failure is nobody's but the next reader's.
func (c *checked[V]) put(ctx context.Context, key string, v V) {
	defer c.count.seconds("put", time.Now())
	kept, err := c.cache.Put(ctx, key, c.headOf(v).Seq, v)
	c.count.stored(kept, err)
}
