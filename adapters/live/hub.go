// Package live sends the events of runs to the clients that follow them. Each process polls the database with one query
// for all followed runs, whatever the number of followers. It reads and renders each new event once, and all followers
// of the run send the same bytes. It does not matter which replica writes an event, and writes need no extra work.
package live

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

// Config holds the settings of a hub.
type Config struct {
	Heads app.RunHeads
	// Events returns at most limit events of a run with a seq above afterSeq, oldest first.
	Events func(ctx context.Context, runID string, afterSeq int64, limit int) ([]audit.Event, error)
	// Render returns an event in the form in which all followers receive it.
	Render    func(audit.Event) ([]byte, error)
	Interval  time.Duration // time between polls
	Heartbeat time.Duration // time between the signs of life that each follower sends
	Log       *slog.Logger
}

// Hub watches runs for followers. It polls the database only while there are followers. It is safe for concurrent use.
type Hub struct {
	Config
	ctx context.Context // ends the hub's goroutines, which outlive the calls of Follow

	mu        sync.Mutex
	topics    map[string]*topic // by run; only runs with followers
	followers int
	stop      context.CancelFunc // ends the goroutines; set while there are followers
	recent    recentEvents
	beats     [beatGroups]chan struct{}
	nextGroup int

	pages   pageCache
	loads   singleflight.Group
	reading chan struct{} // limits the pages that are read at the same time
}

// NewHub returns a hub that works until ctx is done.
func NewHub(ctx context.Context, c Config) *Hub {
	h := &Hub{
		Config: c, ctx: ctx, topics: map[string]*topic{}, pages: newPageCache(), reading: make(chan struct{}, maxReads),
	}
	for i := range h.beats {
		h.beats[i] = make(chan struct{})
	}
	return h
}

// join adds a follower to a run. The head is the seq of the run's last event. It returns the follower's heartbeat
// group.
func (h *Hub) join(runID string, head int64) (t *topic, group int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if t = h.topics[runID]; t == nil {
		t = &topic{runID: runID, seq: head, from: head, changed: make(chan struct{})}
		h.topics[runID] = t
	}
	t.followers++
	if h.followers++; h.followers == 1 {
		var ctx context.Context
		ctx, h.stop = context.WithCancel(h.ctx)
		go h.poll(ctx)
		go h.beat(ctx)
	}
	h.nextGroup = (h.nextGroup + 1) % beatGroups
	return t, h.nextGroup
}

// leave removes a follower. A run without followers is no longer watched, and its events are dropped.
func (h *Hub) leave(t *topic) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if t.followers--; t.followers == 0 {
		if h.topics[t.runID] == t {
			delete(h.topics, t.runID)
		}
		h.recent.drop(t, t.seq)
	}
	if h.followers--; h.followers == 0 {
		h.stop()
	}
}

// beatGroups is the number of groups of followers. The groups send their heartbeats at different times, so that the
// process does not write to all connections at once.
const beatGroups = 16

// beat wakes one group after the other until ctx is done.
func (h *Hub) beat(ctx context.Context) {
	tick := time.NewTicker(max(h.Heartbeat/beatGroups, 1))
	defer tick.Stop()
	for group := 0; ; group = (group + 1) % beatGroups {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		h.mu.Lock()
		close(h.beats[group])
		h.beats[group] = make(chan struct{})
		h.mu.Unlock()
	}
}
