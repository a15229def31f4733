package caching

import (
	"context"
	"time"
)

// Answers caches the rendered answers that show the current state of an entity, under the entity's id. They stay in the
// memory of this process: rendering them anew is faster than fetching them over a network. A caller must compare the
// head of the answers with the database before it uses them.
type Answers[V any] struct {
	cache   Cache[V]
	metrics resourceMetrics
}

// NewAnswers returns answers in a cache in memory. Decorate must be called with the answers before they are used.
func NewAnswers[V any](cache Cache[V]) *Answers[V] { return &Answers[V]{cache: cache} }

// Rendered is Answers of any type.
type Rendered interface {
	setMetrics(m resourceMetrics)
	evict(id string, seq int64)
}

func (a *Answers[V]) setMetrics(m resourceMetrics) { a.metrics = m }

// Get returns the answers for an entity, and whether there are any. The caller must call Count.
func (a *Answers[V]) Get(id string) (v V, found bool) {
	defer a.metrics.observeDuration("get", time.Now())
	v, found, err := a.cache.Get(context.Background(), id)
	return v, found && err == nil
}

// Put stores the answers for an entity in the state with the given seq.
func (a *Answers[V]) Put(id string, seq int64, v V) {
	defer a.metrics.observeDuration("put", time.Now())
	stored, err := a.cache.Put(context.Background(), id, seq, v)
	a.metrics.countStore(stored, err)
}

// Count counts a read: found says whether there was an answer, and current whether it showed the current state.
func (a *Answers[V]) Count(found, current bool) {
	switch {
	case !found:
		a.metrics.countRead(miss)
	case current:
		a.metrics.countRead(hit)
	default:
		a.metrics.countRead(stale)
	}
}

// evict removes the answers for states before the given seq, and keeps them from being stored later.
func (a *Answers[V]) evict(id string, seq int64) {
	defer a.metrics.observeDuration("evict", time.Now())
	_ = a.cache.Evict(context.Background(), id, seq) // a cache in memory can always be reached
}
