package headcheck_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/procedo/procedo/adapters/headcheck"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
)

var errUnknown = errors.New("unknown")

// source is a database whose entities all have the same seq. A query reads the seq, and then blocks until the test
// sends an error, or nil, to the release channel.
type source struct {
	mu      sync.Mutex
	seq     int64
	queries []string // the ids of each query, as their number or as the only one
	release chan error
}

func (s *source) query(ctx context.Context, what string) (audit.Head, error) {
	s.mu.Lock()
	head := audit.Head{Seq: s.seq}
	s.queries = append(s.queries, what)
	s.mu.Unlock()
	select {
	case err := <-s.release:
		return head, err
	case <-ctx.Done():
		s.mu.Lock()
		defer s.mu.Unlock()
		s.queries = append(s.queries, "cancelled")
		return head, ctx.Err()
	}
}

func (s *source) Head(ctx context.Context, id string) (audit.Head, error) {
	if id == "panic" {
		panic("it is broken")
	}
	return s.query(ctx, id)
}

func (s *source) Heads(ctx context.Context, ids []string) (map[string]audit.Head, error) {
	head, err := s.query(ctx, fmt.Sprint(len(ids)))
	all := map[string]audit.Head{}
	for _, id := range ids {
		if id != "unknown" {
			all[id] = head
		}
	}
	return all, err
}

func (s *source) write() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq++
}

// sent returns the queries so far.
func (s *source) sent() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.queries)
}

// answer is what a reader gets.
type answer struct {
	seq int64
	err error
}

// testGroup calls test with a source and a function that begins a read. That function returns when the reader waits,
// and with a channel to which the answer is sent.
func testGroup(t *testing.T, test func(t *testing.T, s *source, read func(context.Context, string) <-chan answer)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &source{seq: 1, release: make(chan error)}
		g := headcheck.NewGroup(s, errUnknown)
		test(t, s, func(ctx context.Context, id string) <-chan answer {
			got := make(chan answer, 1)
			go func() {
				defer func() {
					if p := recover(); p != nil {
						got <- answer{err: fmt.Errorf("%v", p)}
					}
				}()
				head, err := g.Head(ctx, id)
				got <- answer{head.Seq, err}
			}()
			synctest.Wait()
			return got
		})
	})
}

type reader = func(context.Context, string) <-chan answer

func TestACheckIsNeverOlderThanItsReader(t *testing.T) {
	testGroup(t, func(t *testing.T, s *source, read reader) {
		first := read(t.Context(), "a")
		s.write()
		second := read(t.Context(), "a")
		s.write()
		third := read(t.Context(), "b")
		s.release <- nil
		require.Equal(t, answer{1, nil}, <-first)
		synctest.Wait()
		s.write()
		fourth := read(t.Context(), "a")
		s.release <- nil
		require.Equal(t, answer{3, nil}, <-second, "the check was sent after the last reader began to wait")
		require.Equal(t, answer{3, nil}, <-third)
		s.release <- nil
		require.Equal(t, answer{4, nil}, <-fourth, "a check under way is not joined")
		require.Equal(t, []string{"a", "2", "a"}, s.sent())
	})
}

func TestReadersWhoWaitShareOneQuery(t *testing.T) {
	testGroup(t, func(t *testing.T, s *source, read reader) {
		first := read(t.Context(), "a")
		var all []<-chan answer
		for i := range 40 {
			all = append(all, read(t.Context(), fmt.Sprint("e", i%5)))
		}
		require.Equal(t, []string{"a"}, s.sent())
		s.release <- nil
		<-first
		s.release <- nil
		for _, one := range all {
			require.Equal(t, answer{1, nil}, <-one)
		}
		require.Equal(t, []string{"a", "5"}, s.sent())
	})
}

func TestAReaderWhoIsAloneAsksAtOnce(t *testing.T) {
	testGroup(t, func(t *testing.T, s *source, read reader) {
		for range 3 {
			got := read(t.Context(), "a")
			s.release <- nil
			require.Equal(t, answer{1, nil}, <-got)
			synctest.Wait()
		}
		require.Equal(t, []string{"a", "a", "a"}, s.sent())
		ctx, cancel := context.WithCancel(t.Context())
		got := read(ctx, "a")
		cancel()
		require.ErrorIs(t, (<-got).err, context.Canceled)
	})
}

func TestACancelledReaderLeavesTheOthersAlone(t *testing.T) {
	testGroup(t, func(t *testing.T, s *source, read reader) {
		first := read(t.Context(), "a")
		ctx, cancel := context.WithCancel(t.Context())
		leaver, stayer := read(ctx, "b"), read(t.Context(), "c")
		cancel()
		require.Equal(t, "service.unavailable", fault.From((<-leaver).err).Code)
		s.release <- nil
		<-first
		s.release <- nil
		require.Equal(t, answer{1, nil}, <-stayer)

		first = read(t.Context(), "a")
		ctx, cancel = context.WithCancel(t.Context())
		leaver, stayer = read(ctx, "b"), read(t.Context(), "b")
		s.release <- nil
		<-first
		synctest.Wait()
		cancel() // while the check that it shares is under way
		require.Equal(t, "service.unavailable", fault.From((<-leaver).err).Code)
		s.release <- nil
		require.Equal(t, answer{1, nil}, <-stayer)
		require.Equal(t, []string{"a", "2", "a", "b"}, s.sent())
	})
}

func TestACheckThatNobodyWaitsForIsNotMade(t *testing.T) {
	testGroup(t, func(t *testing.T, s *source, read reader) {
		first := read(t.Context(), "a")
		ctx, cancel := context.WithCancel(t.Context())
		leaver := read(ctx, "b")
		cancel()
		require.Error(t, (<-leaver).err)
		s.release <- nil
		<-first
		synctest.Wait()
		require.Equal(t, []string{"a"}, s.sent())

		first = read(t.Context(), "a")
		ctx, cancel = context.WithCancel(t.Context())
		leaver = read(ctx, "b")
		s.release <- nil
		<-first
		synctest.Wait()
		cancel()
		require.Error(t, (<-leaver).err)
		synctest.Wait()
		require.Equal(t, []string{"a", "a", "b", "cancelled"}, s.sent())
		again := read(t.Context(), "a")
		s.release <- nil
		require.Equal(t, answer{1, nil}, <-again)
	})
}

func TestAReaderWhoseContextHasEndedAsksNothing(t *testing.T) {
	testGroup(t, func(t *testing.T, s *source, read reader) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.Error(t, (<-read(ctx, "a")).err)
		require.Empty(t, s.sent())
	})
}

func TestErrorsGoToAllWhoShareACheck(t *testing.T) {
	boom := errors.New("boom")
	testGroup(t, func(t *testing.T, s *source, read reader) {
		first := read(t.Context(), "a")
		second, third, fourth := read(t.Context(), "b"), read(t.Context(), "c"), read(t.Context(), "unknown")
		s.release <- boom
		require.ErrorIs(t, (<-first).err, boom, "this reader was alone")
		s.release <- nil
		require.Equal(t, answer{1, nil}, <-second)
		require.Equal(t, answer{1, nil}, <-third)
		require.ErrorIs(t, (<-fourth).err, errUnknown, "only the reader of the unknown entity")

		first = read(t.Context(), "a")
		second, third = read(t.Context(), "b"), read(t.Context(), "c")
		s.release <- nil
		<-first
		s.release <- boom
		require.ErrorIs(t, (<-second).err, boom)
		require.ErrorIs(t, (<-third).err, boom)
	})
}

func TestAPanicEndsOneCheckOnly(t *testing.T) {
	testGroup(t, func(t *testing.T, s *source, read reader) {
		first := read(t.Context(), "a")
		second := read(t.Context(), "panic")
		s.release <- nil
		<-first
		require.ErrorContains(t, (<-second).err, "it is broken", "in the goroutine of the shared check")
		synctest.Wait()
		require.ErrorContains(t, (<-read(t.Context(), "panic")).err, "it is broken", "in the reader's own goroutine")
		third := read(t.Context(), "a")
		s.release <- nil
		require.Equal(t, answer{1, nil}, <-third)
	})
}

func TestACheckThatHangsDoesNotHoldUpLaterReaders(t *testing.T) {
	testGroup(t, func(t *testing.T, s *source, read reader) {
		stuck := read(t.Context(), "stuck")
		second, third := read(t.Context(), "b"), read(t.Context(), "c")
		require.Equal(t, []string{"stuck"}, s.sent())
		time.Sleep(10 * time.Millisecond) // on the clock of the test, which does not wait
		synctest.Wait()
		require.Equal(t, []string{"stuck", "2"}, s.sent())
		s.release <- nil
		s.release <- nil
		for _, one := range []<-chan answer{stuck, second, third} {
			require.Equal(t, answer{1, nil}, <-one)
		}
	})
}

// versions is a database whose entities have versions that only grow.
type versions struct {
	mu      sync.Mutex
	current map[string]int64
}

func (v *versions) Head(_ context.Context, id string) (audit.Head, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return audit.Head{Seq: v.current[id]}, nil
}

func (v *versions) Heads(_ context.Context, ids []string) (map[string]audit.Head, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	all := map[string]audit.Head{}
	for _, id := range ids {
		all[id] = audit.Head{Seq: v.current[id]}
	}
	return all, nil
}

func TestReadersSeeEveryWriteThatWasAcknowledgedBefore(t *testing.T) {
	v := &versions{current: map[string]int64{}}
	g := headcheck.NewGroup(v, errUnknown)
	var all errgroup.Group
	for i := range 16 {
		own := fmt.Sprint("e", i%4)
		all.Go(func() error {
			for range 2000 {
				v.mu.Lock()
				v.current[own]++
				acknowledged := v.current[own]
				v.mu.Unlock()
				head, err := g.Head(t.Context(), own)
				if err != nil || head.Seq < acknowledged {
					return fmt.Errorf("read %d, %w when %d had been acknowledged", head.Seq, err, acknowledged)
				}
			}
			return nil
		})
	}
	require.NoError(t, all.Wait())
}
