// Package live notifies followers of runs about new events. Each process polls the database with one query for all runs
// that have followers. It therefore does not matter which replica writes an event, and writes need no extra work.
package live

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/procedo/procedo/core/app"
)

// Hub watches runs for followers. It polls the database only while there are followers. It is safe for concurrent use.
type Hub struct {
	heads    app.RunHeads
	interval time.Duration
	log      *slog.Logger
	ctx      context.Context // ends the polling goroutine, which outlives the calls of Follow

	mu        sync.Mutex
	followers map[string]map[chan struct{}]struct{} // by run; one channel for each follower
	lastSeqs  map[string]int64                      // by run; the seq of the last notification
	polling   bool
}

// NewHub returns a hub that polls at the given interval until ctx is done.
func NewHub(ctx context.Context, heads app.RunHeads, interval time.Duration, log *slog.Logger) *Hub {
	return &Hub{
		heads: heads, interval: interval, log: log, ctx: ctx,
		followers: map[string]map[chan struct{}]struct{}{}, lastSeqs: map[string]int64{},
	}
}

// Done returns a channel that is closed when the hub stops. There are no notifications after that.
func (h *Hub) Done() <-chan struct{} { return h.ctx.Done() }

// Follow watches a run until unfollow is called. The returned channel receives a value whenever the run may have new
// events. A caller that reads the events after calling Follow, and again after each value, misses no event.
func (h *Hub) Follow(runID string) (news <-chan struct{}, unfollow func()) {
	follower := make(chan struct{}, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.followers[runID] == nil {
		h.followers[runID] = map[chan struct{}]struct{}{}
	}
	h.followers[runID][follower] = struct{}{}
	delete(h.lastSeqs, runID) // so that the next poll notifies the new follower even if there is no new event
	if !h.polling {
		h.polling = true
		go h.poll()
	}
	return follower, func() { h.unfollow(runID, follower) }
}

func (h *Hub) unfollow(runID string, follower chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.followers[runID], follower)
	if len(h.followers[runID]) == 0 {
		delete(h.followers, runID)
		delete(h.lastSeqs, runID)
	}
}

// poll notifies followers until there are none left or the hub stops.
func (h *Hub) poll() {
	tick := time.NewTicker(h.interval)
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-h.ctx.Done():
			return
		case <-tick.C:
		}
		ids, stop := h.runsToPoll()
		if stop {
			return
		}
		seqs, err := h.heads.Seqs(h.ctx, ids)
		if err != nil && !failing && h.ctx.Err() == nil {
			h.log.Warn("live event streams are delayed: the database cannot be read", "error", err)
		}
		failing = err != nil
		h.notify(seqs)
	}
}

// runsToPoll returns the runs that have followers. If there are none, it returns true, which means that the polling
// goroutine must end.
func (h *Hub) runsToPoll() (ids []string, stop bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.followers) == 0 {
		h.polling = false
		return nil, true
	}
	for id := range h.followers {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids, false
}

// notify notifies the followers of the runs whose seq has changed.
func (h *Hub) notify(seqs map[string]int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for id, seq := range seqs {
		if seq == h.lastSeqs[id] {
			continue
		}
		h.lastSeqs[id] = seq
		for follower := range h.followers[id] {
			select {
			case follower <- struct{}{}:
			default: // the follower has not yet received the last notification
			}
		}
	}
}
