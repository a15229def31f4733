// Package live tells those who follow runs that a run has new events. One poller for each process asks the database, with one
// query for all runs that somebody follows: nothing is sent from within a commit, and it does not matter which replica wrote.
package live

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/procedo/procedo/core/app"
)

// Hub watches runs for its followers. It polls only while there are any.
type Hub struct {
	heads app.RunHeads
	every time.Duration
	log   *slog.Logger
	ctx   context.Context // the life of the poller, which outlives any call

	mu        sync.Mutex
	followers map[string]map[*follower]struct{}
	seen      map[string]int64
	polling   bool
}

// follower is told of one run.
type follower struct{ news chan struct{} }

// NewHub watches until the context ends, at the interval given.
func NewHub(ctx context.Context, heads app.RunHeads, every time.Duration, log *slog.Logger) *Hub {
	return &Hub{heads: heads, every: every, log: log, ctx: ctx, followers: map[string]map[*follower]struct{}{}, seen: map[string]int64{}}
}

// Done is closed when the hub has ended: nobody is told anything any more.
func (h *Hub) Done() <-chan struct{} { return h.ctx.Done() }

// Follow begins to watch a run, until end is called. There is news when the run may have events that were not there at the last look:
// who reads the trail after this call misses nothing that comes later.
func (h *Hub) Follow(runID string) (news <-chan struct{}, end func()) {
	f := &follower{make(chan struct{}, 1)}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.followers[runID] == nil {
		h.followers[runID] = map[*follower]struct{}{}
	}
	h.followers[runID][f] = struct{}{}
	delete(h.seen, runID) // the newcomer may have read less than the others were told of
	if !h.polling {
		h.polling = true
		go h.poll()
	}
	return f.news, func() { h.leave(runID, f) }
}

func (h *Hub) leave(runID string, f *follower) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.followers[runID], f)
	if len(h.followers[runID]) == 0 {
		delete(h.followers, runID)
		delete(h.seen, runID)
	}
}

func (h *Hub) poll() {
	tick := time.NewTicker(h.every)
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-h.ctx.Done():
			return
		case <-tick.C:
		}
		ids, over := h.watched()
		if over {
			return
		}
		seqs, err := h.heads.Seqs(h.ctx, ids)
		if err != nil && !failing && h.ctx.Err() == nil {
			h.log.Warn("streams of events wait for the database", "error", err)
		}
		failing = err != nil
		h.tell(seqs)
	}
}

// watched are the runs to ask for; over where nobody follows any more, and the poller ends.
func (h *Hub) watched() (ids []string, over bool) {
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

func (h *Hub) tell(seqs map[string]int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for id, seq := range seqs {
		if seq == h.seen[id] {
			continue
		}
		h.seen[id] = seq
		for f := range h.followers[id] {
			select {
			case f.news <- struct{}{}:
			default: // it has been told and has not looked yet
			}
		}
	}
}
