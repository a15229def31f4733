package simulation

import (
	"context"
	"sync"

	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/procedure"
)

// cache is a caching.Cache whose methods are effects. It may fail and drop values.
type cache[V any] struct {
	w     *world
	name  string
	inner *memory.Cache[V]
	check func(V) // what must hold for each stored value
}

func newCache[V any](w *world, name string, check func(V)) *cache[V] {
	return &cache[V]{w: w, name: name, inner: memory.NewCache(1<<30, func(V) int { return 1 }), check: check}
}

// effect carries out an effect of the cache, which may fail before it.
func (c *cache[V]) effect(ctx context.Context, what, key string, effect func()) (err error) {
	at := replicaOf(ctx)
	c.w.await(ctx, &call{what: what + " " + c.name + " " + short(key), do: func() string {
		switch {
		case at.dead, c.w.violation != nil:
			err = errCache
			return "the replica is gone"
		case !c.w.calm && happens(c.w.rng, c.w.weather.cache):
			err = errCache
			return c.w.count("cache fails")
		}
		effect()
		return "done"
	}})
	return err
}

// Get returns a value, or none although one was stored.
func (c *cache[V]) Get(ctx context.Context, key string) (v V, found bool, err error) {
	err = c.effect(ctx, "get", key, func() {
		if !c.w.calm && happens(c.w.rng, c.w.weather.forget) {
			c.w.count("cache forgets")
			return
		}
		v, found, _ = c.inner.Get(ctx, key)
	})
	return v, found, err
}

// Put stores a value.
func (c *cache[V]) Put(ctx context.Context, key string, seq int64, v V) (stored bool, err error) {
	err = c.effect(ctx, "put", key, func() {
		c.check(v)
		stored, _ = c.inner.Put(ctx, key, seq, v)
	})
	return stored, err
}

// Evict removes older values.
func (c *cache[V]) Evict(ctx context.Context, key string, seq int64) error {
	return c.effect(ctx, "evict", key, func() { _ = c.inner.Evict(ctx, key, seq) })
}

// staleRuns returns cached runs without asking for their heads, which caching never does.
type staleRuns struct {
	app.Runs
	recent app.RecentRuns
}

func (s staleRuns) Load(ctx context.Context, id string) (app.RunRecord, error) {
	if rec, ok := s.recent.Recall(ctx, id); ok {
		return rec, nil
	}
	return s.Runs.Load(ctx, id)
}

// definitions reads and compiles versions. What was compiled in one simulation is used in the others, because compiling
// takes longer than all the rest; a replica that starts reads the document again all the same.
type definitions struct {
	procedures app.Procedures
	language   condition.Language
}

type compiledKey struct {
	digest  string
	meaning condition.Meaning
}

var compiled sync.Map // by compiledKey

func (d definitions) Definition(ctx context.Context, id string, version int) (*procedure.Version, error) {
	rec, canonical, err := d.procedures.Document(ctx, id, version)
	if err != nil {
		return nil, err
	}
	return compile(rec, canonical, d.language)
}

func compile(rec procedure.VersionRecord, canonical []byte, language condition.Language) (*procedure.Version, error) {
	key := compiledKey{rec.Digest, rec.Meaning}
	known, ok := compiled.Load(key)
	if !ok {
		v, err := procedure.Compile(rec, canonical, language)
		if err != nil {
			return nil, err
		}
		known, _ = compiled.LoadOrStore(key, v.Definition)
	}
	return &procedure.Version{
		Definition: known.(*procedure.Definition), Number: rec.Version, Digest: rec.Digest, CreatedAt: rec.CreatedAt,
		CreatedBy: rec.CreatedBy,
	}, nil
}
