package caching_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/caching"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/run"
)

// downCache is a cache that held a value and can no longer be reached.
type downCache struct{ caching.Cache[app.RunRecord] }

var errDown = errors.New("down")

func (downCache) Get(context.Context, string) (r app.RunRecord, found bool, err error) {
	return r, false, errDown
}

func (downCache) Put(context.Context, string, int64, app.RunRecord) (bool, error) {
	return false, errDown
}

func (downCache) Evict(context.Context, string, int64) error { return errDown }

// smallCache rejects every run once full is set, like a cache in which a value is too large to be stored.
type smallCache struct {
	caching.Cache[app.RunRecord]
	full bool
}

func (c *smallCache) Put(ctx context.Context, key string, seq int64, r app.RunRecord) (bool, error) {
	if c.full {
		return false, errors.New("too large")
	}
	return c.Cache.Put(ctx, key, seq, r)
}

func erase(slot string) run.Erase {
	return run.Erase{Places: []run.ErasePlace{{Step: "s", Slot: slot}}, Reason: "r"}
}

func TestAnErasureRemovesTheRunFromTheCache(t *testing.T) {
	runs := &smallCache{Cache: inMemory().Runs}
	caches := inMemory()
	caches.Runs = runs
	f := newFixture(t, caches)
	_, err := f.Execute(t.Context(), ann, f.run, run.Draft{Submission: submissionOf(`"x"`)})
	require.NoError(t, err)
	before, found, err := runs.Get(t.Context(), f.run)
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, "x", before.Run.Steps[0].Slots[0].Value.Text())

	runs.full = true // the state after the erasure cannot replace the state before it
	erased, uncleared, err := f.Erase(t.Context(), ann, f.run, erase("a"))
	require.NoError(t, err)
	require.NoError(t, uncleared.Cache)
	_, found, err = runs.Get(t.Context(), f.run)
	require.NoError(t, err)
	require.False(t, found)

	runs.full = false
	stored, err := runs.Put(t.Context(), f.run, before.Head.Seq, before)
	require.NoError(t, err)
	require.False(t, stored, "a slow reader does not bring the value back")
	got, err := f.Run(t.Context(), f.run)
	require.NoError(t, err)
	require.Equal(t, erased, got)
	cached, found, err := runs.Get(t.Context(), f.run)
	require.NoError(t, err)
	require.True(t, found)
	require.NotNil(t, cached.Run.Steps[0].Slots[0].ErasedAt)
}

func TestAnErasureSaysThatTheCacheIsDown(t *testing.T) {
	caches := inMemory()
	caches.Runs = downCache{}
	f := newFixture(t, caches)
	_, err := f.Execute(t.Context(), ann, f.run, run.Draft{Submission: submissionOf(`"x"`)})
	require.NoError(t, err)
	for range 2 { // a second erasure of the same value tries again to remove the run from the cache
		erased, uncleared, err := f.Erase(t.Context(), ann, f.run, erase("a"))
		require.NoError(t, err)
		require.ErrorIs(t, uncleared.Cache, errDown)
		require.NotNil(t, erased.Steps[0].Slots[0].ErasedAt)
	}
	_, uncleared, err := f.Erase(t.Context(), ann, f.run, erase("nothing"))
	require.Error(t, err)
	require.NoError(t, uncleared.Cache, "nothing was erased")
}

func TestAnErasureRemovesRenderedAnswersEvenIfTheCacheIsDown(t *testing.T) {
	answers := caching.NewAnswers(memory.NewCache(1<<20, func(s string) int { return len(s) }))
	caches := inMemory()
	caches.Runs, caches.RunAnswers = downCache{}, answers
	f := newFixture(t, caches)
	_, err := f.Execute(t.Context(), ann, f.run, run.Draft{Submission: submissionOf(`"x"`)})
	require.NoError(t, err)
	before, err := f.Run(t.Context(), f.run)
	require.NoError(t, err)
	answers.Put(f.run, before.Seq, "it was x")
	answers.Put("other", 1, "another run")
	erased, uncleared, err := f.Erase(t.Context(), ann, f.run, erase("a"))
	require.NoError(t, err)
	require.ErrorIs(t, uncleared.Cache, errDown)
	answers.Put(f.run, before.Seq, "it was x")
	_, found := answers.Get(f.run)
	require.False(t, found, "nor does a slow reader bring it back")
	_, found = answers.Get("other")
	require.True(t, found)
	answers.Put(f.run, erased.Seq, "it is erased")
	got, _ := answers.Get(f.run)
	require.Equal(t, "it is erased", got)
}

func TestReadsOfRenderedAnswersAreCounted(t *testing.T) {
	answers := caching.NewAnswers(memory.NewCache(1<<20, func(s string) int { return len(s) }))
	caches := inMemory()
	caches.RunAnswers = answers
	f := newFixture(t, caches)
	answers.Count(true, true)
	answers.Count(true, true)
	answers.Count(true, false)
	answers.Count(false, true)
	for series, want := range map[string]float64{"run_answer hit": 2, "run_answer stale": 1, "run_answer miss": 1} {
		require.InDelta(t, want, f.reads(t, series), 0, series)
	}
}
