package live_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/live"
	"github.com/procedo/procedo/core/fault"
)

func TestAnErrorOfOneRunDelaysNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		s, h := newHub(ctx)
		s.errs = map[string]error{"run 0": errors.New("a row cannot be read")}
		clients := map[string]*client{}
		for i := range 50 {
			id := fmt.Sprint("run ", i)
			clients[id] = follow(ctx, h, s, id, 0, false)
			s.write(id, "x", 1)
		}
		pass(interval + interval/2)
		for id, c := range clients {
			if id != "run 0" {
				c.requireSeqs(t, 0, 1)
			}
		}
		require.Empty(t, clients["run 0"].seqs)
		require.NoError(t, clients["run 0"].reason(), "the error may be gone at the next poll")
		s.mu.Lock()
		s.errs = nil
		s.mu.Unlock()
		pass(interval)
		clients["run 0"].requireSeqs(t, 0, 1)
	})
}

// While the database does not answer, each query may take as long as the pool waits.
func TestAPollAsksADatabaseThatDoesNotAnswerOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		s, h := newHub(ctx)
		s.errs = map[string]error{}
		for i := range 50 {
			s.errs[fmt.Sprint("run ", i)] = fault.New(fault.Unavailable, "service.unavailable", nil)
		}
		for id := range s.errs {
			follow(ctx, h, s, id, 0, false)
			s.write(id, "x", 1)
		}
		pass(interval + interval/2)
		reads, _ := s.counts()
		require.Equal(t, 1, reads)
	})
}

// A stream that stays open without a word would look like one of a run in which nothing happens.
func TestAnEventThatCannotBeRenderedEndsTheStreamsThatNeedIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		s, h := newHub(ctx)
		current, other := follow(ctx, h, s, "a", 0, false), follow(ctx, h, s, "b", 0, false)
		s.write("a", "x", 2)
		s.write("a", unrenderable, 1)
		s.write("a", "x", 2)
		s.write("b", "x", 5)
		pass(interval + interval/2)
		other.requireSeqs(t, 0, 5)
		current.requireSeqs(t, 0, 2)
		require.ErrorIs(t, current.reason(), live.ErrNotRendered)
		require.ErrorIs(t, current.reason(), errUnrenderable)

		behind, after := follow(ctx, h, s, "a", 0, false), follow(ctx, h, s, "a", 3, false)
		pass(interval)
		behind.requireSeqs(t, 0, 2)
		require.ErrorIs(t, behind.reason(), live.ErrNotRendered)
		s.write("a", "x", 1)
		pass(2 * interval)
		after.requireSeqs(t, 3, 6)
		require.NoError(t, after.reason())
		_, renderings := s.counts()
		pass(time.Hour)
		_, again := s.counts()
		require.NotZero(t, renderings)
		require.Zero(t, again, "nobody needs the event any more")
	})
}

// A poll that still reads when its followers have left may publish what the poll of later followers reads as well.
func TestEventsArePublishedOnceByTwoPolls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		s, h := newHub(ctx)
		s.write("b", "x", 1)
		s.delay = 3 * interval
		first := follow(ctx, h, s, "a", 0, false)
		second := follow(ctx, h, s, "b", 1, false)
		s.write("b", "x", 3)
		pass(interval + interval/2) // the poll asks for the seqs
		first.stop()
		second.stop()
		pass(0)
		third := &client{gate: make(chan struct{}, 1)}
		third.resume()
		go func() { _ = h.Follow(ctx, "b", 1, 1, third.write) }() // asked before the last events were written
		pass(10 * interval)
		fourth := follow(ctx, h, s, "b", 1, false)
		pass(10 * interval)
		third.requireSeqs(t, 1, 4)
		fourth.requireSeqs(t, 1, 4)
		stop()
		pass(2 * s.delay)
	})
}
