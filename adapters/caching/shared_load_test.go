package caching_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/caching"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// emptyCache stores nothing.
type emptyCache[V any] struct{}

func (emptyCache[V]) Get(context.Context, string) (v V, found bool, err error) { return v, false, nil }

func (emptyCache[V]) Put(context.Context, string, int64, V) (bool, error) { return true, nil }

func (emptyCache[V]) Evict(context.Context, string, int64) error { return nil }

func emptyCaches() caching.Caches {
	return caching.Caches{
		Runs: emptyCache[app.RunRecord]{}, Procedures: emptyCache[procedure.Record]{}, Pages: emptyCache[caching.Page]{},
	}
}

// blockingRuns stores one run. Load reads the run and then blocks until the test sends an error, or nil, to the release
// channel. Load returns that error.
type blockingRuns struct {
	app.Runs
	mu           sync.Mutex
	seq          int64
	heads, loads int
	headErr      error
	release      chan error
}

func (s *blockingRuns) current() app.RunRecord {
	return app.RunRecord{Run: run.Run{Seq: s.seq}, Head: audit.Head{Seq: s.seq}}
}

func (s *blockingRuns) Head(context.Context, string) (audit.Head, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heads++
	return s.current().Head, s.headErr
}

func (s *blockingRuns) Load(context.Context, string) (app.RunRecord, error) {
	s.mu.Lock()
	s.loads++
	rec := s.current()
	s.mu.Unlock()
	return rec, <-s.release
}

func (s *blockingRuns) write() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq++
}

// testUncachedReads calls test with a storage that blocks and a function that reads the run. The function starts a
// goroutine that loads the run, and returns a channel once that goroutine is blocked. The goroutine later sends the run
// to this channel. If the load fails, it sends a run whose ID is the code of the error.
func testUncachedReads(
	t *testing.T, test func(t *testing.T, s *blockingRuns, read func(context.Context) <-chan app.RunRecord),
) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &blockingRuns{seq: 1, release: make(chan error)}
		p := decorate(t, app.Ports{Runs: s}, emptyCaches())
		test(t, s, func(ctx context.Context) <-chan app.RunRecord {
			result := make(chan app.RunRecord, 1)
			go func() {
				rec, err := p.Runs.Load(ctx, "r")
				if err != nil {
					rec.Run.ID = fault.From(err).Code
				}
				result <- rec
			}()
			synctest.Wait()
			return result
		})
	})
}

func TestConcurrentReadersShareOneLoad(t *testing.T) {
	testUncachedReads(t, func(t *testing.T, s *blockingRuns, read func(context.Context) <-chan app.RunRecord) {
		readers := make([]<-chan app.RunRecord, 20)
		for i := range readers {
			readers[i] = read(t.Context())
		}
		require.Equal(t, 1, s.loads)
		s.release <- nil
		for _, r := range readers {
			require.EqualValues(t, 1, (<-r).Run.Seq)
		}
		require.Equal(t, 1, s.loads)
		require.Equal(t, 19, s.heads, "each of the other readers compares the result with the database")
	})
}

// lockedTrail is a trail whose table somebody has locked.
type lockedTrail struct{ app.Trail }

func (lockedTrail) Events(
	ctx context.Context, _ audit.Entity, _ int64, _ app.PageSize,
) (p app.Page[audit.Event], err error) {
	<-ctx.Done()
	return p, ctx.Err()
}

func TestALockedTrailDelaysAReadForASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &blockingRuns{seq: 1, release: make(chan error, 2)}
		s.release <- nil
		s.release <- nil
		p := decorate(t, app.Ports{Runs: s, Trail: lockedTrail{}}, inMemory())
		_, err := p.Runs.Load(t.Context(), "r")
		require.NoError(t, err)
		s.write()
		began := time.Now()
		rec, err := p.Runs.Load(t.Context(), "r")
		require.NoError(t, err)
		require.EqualValues(t, 2, rec.Head.Seq)
		require.Equal(t, time.Second, time.Since(began))
	})
}

func TestAReadThatStartedAfterAWriteSeesIt(t *testing.T) {
	testUncachedReads(t, func(t *testing.T, s *blockingRuns, read func(context.Context) <-chan app.RunRecord) {
		before := read(t.Context())
		s.write()
		after := read(t.Context())
		require.Equal(t, 1, s.loads)
		s.release <- nil
		require.EqualValues(t, 1, (<-before).Run.Seq, "this read started before the write")
		s.release <- nil
		require.EqualValues(t, 2, (<-after).Run.Seq)
		require.Equal(t, 2, s.loads)
	})
}

func TestASharedLoadContinuesWhenTheReaderThatStartedItIsCancelled(t *testing.T) {
	testUncachedReads(t, func(t *testing.T, s *blockingRuns, read func(context.Context) <-chan app.RunRecord) {
		cancelled, cancel := context.WithCancel(t.Context())
		first, second := read(cancelled), read(t.Context())
		cancel()
		require.Equal(t, "service.unavailable", (<-first).Run.ID)
		s.release <- nil
		require.EqualValues(t, 1, (<-second).Run.Seq)
		require.Equal(t, 1, s.loads)
	})
}

func TestAReadWhoseContextHasEndedLoadsNothing(t *testing.T) {
	testUncachedReads(t, func(t *testing.T, s *blockingRuns, read func(context.Context) <-chan app.RunRecord) {
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		require.Equal(t, "service.unavailable", (<-read(cancelled)).Run.ID)
		require.Zero(t, s.loads)
	})
}

func TestAFailedLoadFailsOnlyTheReaderThatStartedIt(t *testing.T) {
	testUncachedReads(t, func(t *testing.T, s *blockingRuns, read func(context.Context) <-chan app.RunRecord) {
		first, second := read(t.Context()), read(t.Context())
		s.release <- errors.New("boom")
		require.Equal(t, "service.internal", (<-first).Run.ID)
		s.release <- nil
		require.EqualValues(t, 1, (<-second).Run.Seq)
	})
}

// Each of many readers would otherwise load the run by itself.
func TestReadersShareASecondLoadIfTheFirstIsOfNoUse(t *testing.T) {
	for name, fail := range map[string]func(*blockingRuns) error{
		"it failed":         func(*blockingRuns) error { return errors.New("boom") },
		"it is out of date": func(s *blockingRuns) error { s.write(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			testUncachedReads(t, func(t *testing.T, s *blockingRuns, read func(context.Context) <-chan app.RunRecord) {
				first := read(t.Context())
				failure := fail(s)
				readers := make([]<-chan app.RunRecord, 20)
				for i := range readers {
					readers[i] = read(t.Context())
				}
				s.release <- failure
				<-first
				synctest.Wait()
				require.Equal(t, 2, s.loads)
				s.release <- nil
				for _, r := range readers {
					require.EqualValues(t, s.seq, (<-r).Run.Seq)
				}
				require.Equal(t, 2, s.loads)
			})
		})
	}
}

func TestReadersDoNotLoadAgainWhileTheDatabaseIsUnavailable(t *testing.T) {
	testUncachedReads(t, func(t *testing.T, s *blockingRuns, read func(context.Context) <-chan app.RunRecord) {
		readers := make([]<-chan app.RunRecord, 20)
		for i := range readers {
			readers[i] = read(t.Context())
		}
		s.release <- fault.New(fault.Unavailable, "service.unavailable", nil)
		for _, r := range readers {
			require.Equal(t, "service.unavailable", (<-r).Run.ID)
		}
		require.Equal(t, 1, s.loads)
		require.Zero(t, s.heads)

		for i := range readers {
			readers[i] = read(t.Context())
		}
		s.mu.Lock()
		s.headErr = fault.New(fault.Unavailable, "service.unavailable", nil)
		s.mu.Unlock()
		s.release <- nil
		require.EqualValues(t, 1, (<-readers[0]).Run.Seq)
		for _, r := range readers[1:] {
			require.Equal(t, "service.unavailable", (<-r).Run.ID)
		}
		require.Equal(t, 2, s.loads)
	})
}

func TestAPanicInALoadIsAnError(t *testing.T) {
	p := decorate(t, app.Ports{Runs: panickingRuns{}}, emptyCaches())
	_, err := p.Runs.Load(t.Context(), "r")
	require.Equal(t, "service.internal", fault.From(err).Code)
	require.ErrorContains(t, err, "panickingRuns")
}

type panickingRuns struct{ app.Runs }

func (panickingRuns) Load(context.Context, string) (app.RunRecord, error) { panic("it is broken") }
