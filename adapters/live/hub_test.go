package live_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/live"
)

// heads is a database of seqs that counts how often it is asked.
type heads struct {
	mu    sync.Mutex
	seqs  map[string]int64
	asked int
	err   error
}

func (h *heads) Seqs(_ context.Context, ids []string) (map[string]int64, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked++
	found := map[string]int64{}
	for _, id := range ids {
		if seq, ok := h.seqs[id]; ok {
			found[id] = seq
		}
	}
	return found, h.err
}

func (h *heads) times() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.asked
}

func (h *heads) write(id string, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seqs[id]++
	h.err = err
}

func told(news <-chan struct{}) bool {
	time.Sleep(2 * time.Second) // of the bubble's clock
	synctest.Wait()
	select {
	case <-news:
		return true
	default:
		return false
	}
}

func TestFollowersAreToldOfNewEventsOfTheirRunByOneQueryForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		h := &heads{seqs: map[string]int64{"a": 3, "b": 1}}
		hub := live.NewHub(ctx, h, time.Second, slog.New(slog.DiscardHandler))
		a, endA := hub.Follow("a")
		b, endB := hub.Follow("b")
		require.True(t, told(a), "at first they look once more: something may have come in between")
		require.True(t, told(b))
		require.False(t, told(a))
		h.write("a", nil)
		require.True(t, told(a))
		require.False(t, told(b))
		late, endLate := hub.Follow("a")
		require.True(t, told(late))
		require.True(t, told(a), "and whoever follows already looks again, for nothing")
		h.write("a", errors.New("the database is away"))
		told(a)
		h.write("a", nil)
		require.True(t, told(a), "the poller goes on")
		before := h.times()
		told(b)
		require.LessOrEqual(t, h.times()-before, 2, "one query for all runs")
		for _, end := range []func(){endA, endB, endLate} {
			end()
		}
		told(a)
		before = h.times()
		told(a)
		require.Equal(t, before, h.times(), "nobody follows: nobody is asked")
		again, _ := hub.Follow("b")
		require.True(t, told(again))
		stop()
		<-hub.Done()
		synctest.Wait()
	})
}
