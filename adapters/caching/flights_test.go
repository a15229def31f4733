package caching_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/caching"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// empty is a cache that keeps nothing.
type empty[V any] struct{}

func (empty[V]) Get(context.Context, string) (v V, found bool, err error) { return v, false, nil }

func (empty[V]) Put(context.Context, string, int64, V) (bool, error) { return true, nil }

// slow is a storage with one run whose loads are held up: each sees the run as it was when the load began.
type slow struct {
	app.Runs
	mu           sync.Mutex
	seq          int64
	heads, loads int
	held         chan error // a load ends when it gets its error from here
}

func (s *slow) now() app.RunRecord {
	return app.RunRecord{Run: run.Run{Seq: s.seq}, Head: audit.Head{Seq: s.seq}}
}

func (s *slow) Head(context.Context, string) (audit.Head, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heads++
	return s.now().Head, nil
}

func (s *slow) Load(context.Context, string) (app.RunRecord, error) {
	s.mu.Lock()
	s.loads++
	rec := s.now()
	s.mu.Unlock()
	return rec, <-s.held
}

func (s *slow) write() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq++
}

// coldReads lets script direct readers of a run that no cache holds.
func coldReads(t *testing.T, script func(t *testing.T, s *slow, read func(context.Context) <-chan app.RunRecord)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &slow{seq: 1, held: make(chan error)}
		p := decorate(t, app.Ports{Runs: s}, caching.Caches{Runs: empty[app.RunRecord]{}, Procedures: empty[procedure.Record]{}, Pages: empty[caching.Page]{}})
		script(t, s, func(ctx context.Context) <-chan app.RunRecord {
			got := make(chan app.RunRecord, 1)
			go func() {
				rec, err := p.Runs.Load(ctx, "r")
				if err != nil {
					rec.Run.ID = fault.From(err).Code
				}
				got <- rec
			}()
			synctest.Wait() // it waits for a load, its own or another's
			return got
		})
	})
}

func TestOfThoseWhoAskAtOnceOneLoads(t *testing.T) {
	coldReads(t, func(t *testing.T, s *slow, read func(context.Context) <-chan app.RunRecord) {
		readers := make([]<-chan app.RunRecord, 20)
		for i := range readers {
			readers[i] = read(t.Context())
		}
		require.Equal(t, 1, s.loads)
		s.held <- nil
		for _, r := range readers {
			require.EqualValues(t, 1, (<-r).Run.Seq)
		}
		require.Equal(t, 1, s.loads)
		require.Equal(t, 19, s.heads, "each of the others checks what was loaded for it")
	})
}

func TestWhoeverBeganAfterAWriteDoesNotGetWhatWasLoadedBeforeIt(t *testing.T) {
	coldReads(t, func(t *testing.T, s *slow, read func(context.Context) <-chan app.RunRecord) {
		before := read(t.Context())
		s.write()
		after := read(t.Context())
		require.Equal(t, 1, s.loads)
		s.held <- nil
		require.EqualValues(t, 1, (<-before).Run.Seq, "it began before the write")
		s.held <- nil
		require.EqualValues(t, 2, (<-after).Run.Seq)
		require.Equal(t, 2, s.loads)
	})
}

func TestALoadOutlivesWhoeverBeganItForThoseWhoWait(t *testing.T) {
	coldReads(t, func(t *testing.T, s *slow, read func(context.Context) <-chan app.RunRecord) {
		leaving, leave := context.WithCancel(t.Context())
		first, second := read(leaving), read(t.Context())
		leave()
		require.Equal(t, "service.unavailable", (<-first).Run.ID)
		s.held <- nil
		require.EqualValues(t, 1, (<-second).Run.Seq)
		require.Equal(t, 1, s.loads)
	})
}

func TestALoadThatFailsFailsOnlyWhoeverBeganIt(t *testing.T) {
	coldReads(t, func(t *testing.T, s *slow, read func(context.Context) <-chan app.RunRecord) {
		first, second := read(t.Context()), read(t.Context())
		s.held <- errors.New("boom")
		require.Equal(t, "service.internal", (<-first).Run.ID)
		s.held <- nil
		require.EqualValues(t, 1, (<-second).Run.Seq)
	})
}

func TestALoadThatPanicsIsAnError(t *testing.T) {
	p := decorate(t, app.Ports{Runs: panicking{}}, caching.Caches{Runs: empty[app.RunRecord]{}, Procedures: empty[procedure.Record]{}, Pages: empty[caching.Page]{}})
	_, err := p.Runs.Load(t.Context(), "r")
	require.Equal(t, "service.internal", fault.From(err).Code)
	require.ErrorContains(t, err, "panicking")
}

type panicking struct{ app.Runs }

func (panicking) Load(context.Context, string) (app.RunRecord, error) { panic("it is broken") }
