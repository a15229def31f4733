package live

import (
	"context"
	"slices"
	"time"
)

const (
	pageEvents = 16       // events that are read at once; bounds the memory of a read
	topicBytes = 1 << 20  // bytes of one run's events that are published per poll
	pollBytes  = 16 << 20 // bytes of all runs' events that are published per poll
)

// poll publishes new events until ctx is done.
func (h *Hub) poll(ctx context.Context) {
	tick := time.NewTicker(h.Interval)
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := h.publishNew(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil && !failing {
			h.Log.Warn("live event streams are delayed: the database cannot be read", "error", err)
		}
		failing = err != nil
	}
}

// publishNew publishes the events that were written since the last poll. What exceeds pollBytes waits for the next
// poll, so that followers have time to send what was published.
func (h *Hub) publishNew(ctx context.Context) error {
	seqs, err := h.Heads.Seqs(ctx, h.followedRuns())
	if err != nil {
		return err
	}
	left := pollBytes
	for id, seq := range seqs { // in random order, so that no run always comes last
		t := h.behind(id, seq)
		if t == nil {
			continue
		}
		published, err := h.publishRun(ctx, t, seq)
		if err != nil {
			return err
		}
		if left -= published; left <= 0 {
			return nil
		}
	}
	return nil
}

func (h *Hub) followedRuns() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	ids := make([]string, 0, len(h.topics))
	for id := range h.topics {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// behind returns the topic of a run if events up to the given seq have not been published, and nil otherwise.
func (h *Hub) behind(runID string, seq int64) *topic {
	h.mu.Lock()
	defer h.mu.Unlock()
	if t := h.topics[runID]; t != nil && t.seq < seq {
		return t
	}
	return nil
}

// publishRun publishes the events of one run up to the given seq, or about topicBytes of them. It returns their size.
func (h *Hub) publishRun(ctx context.Context, t *topic, until int64) (published int, err error) {
	for last := t.seq; last < until && published < topicBytes; { // only this goroutine changes t.seq
		events, err := h.Events(ctx, t.runID, last, pageEvents)
		if err != nil {
			return published, err
		}
		if len(events) == 0 { // somebody has removed them
			h.skip(t, until)
			return published, nil
		}
		for _, event := range events {
			frame, err := h.Render(event)
			if err != nil {
				return published, err
			}
			h.publish(t, entry{seq: event.Seq, frame: frame}, isErasure(event))
			published += len(frame)
			last = event.Seq
		}
	}
	return published, nil
}
