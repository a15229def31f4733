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

// fakeHeads is an app.RunHeads that holds the seqs in a map and counts the queries.
type fakeHeads struct {
	mu      sync.Mutex
	seqs    map[string]int64
	queries int
	err     error
}

func (h *fakeHeads) Seqs(_ context.Context, ids []string) (map[string]int64, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.queries++
	found := map[string]int64{}
	for _, id := range ids {
		if seq, ok := h.seqs[id]; ok {
			found[id] = seq
		}
	}
	return found, h.err
}

func (h *fakeHeads) queryCount() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.queries
}

// write adds an event to a run. Later queries return err, which may be nil.
func (h *fakeHeads) write(id string, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seqs[id]++
	h.err = err
}

// notified waits for two polling intervals and reports whether there is a notification.
func notified(news <-chan struct{}) bool {
	time.Sleep(2 * time.Second) // in synctest's fake time
	synctest.Wait()
	select {
	case <-news:
		return true
	default:
		return false
	}
}

func TestFollowersAreNotifiedOfNewEventsWithOneQueryForAllRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		h := &fakeHeads{seqs: map[string]int64{"a": 3, "b": 1}}
		hub := live.NewHub(ctx, h, time.Second, slog.New(slog.DiscardHandler))
		a, endA := hub.Follow("a")
		b, endB := hub.Follow("b")
		require.True(t, notified(a), "there may be an event from before the first poll")
		require.True(t, notified(b))
		require.False(t, notified(a))
		h.write("a", nil)
		require.True(t, notified(a))
		require.False(t, notified(b))
		late, endLate := hub.Follow("a")
		require.True(t, notified(late))
		require.True(t, notified(a), "a new follower causes a notification of the others too")
		h.write("a", errors.New("the database is unreachable"))
		notified(a)
		h.write("a", nil)
		require.True(t, notified(a), "the hub continues after an error")
		before := h.queryCount()
		notified(b)
		require.LessOrEqual(t, h.queryCount()-before, 2, "one query for all runs")
		for _, end := range []func(){endA, endB, endLate} {
			end()
		}
		notified(a)
		before = h.queryCount()
		notified(a)
		require.Equal(t, before, h.queryCount(), "there are no queries without followers")
		again, _ := hub.Follow("b")
		require.True(t, notified(again))
		stop()
		<-hub.Done()
		synctest.Wait()
	})
}
