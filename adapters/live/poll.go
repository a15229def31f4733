package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/procedo/procedo/core/fault"
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
			h.Log.Warn("live event streams are delayed: events cannot be read", "error", err)
		}
		failing = err != nil
	}
}

// publishNew publishes the events that were written since the last poll. What exceeds pollBytes waits for the next
// poll, so that followers have time to send what was published. An error of one run does not delay the others, unless
// it is one of the whole database. publishNew returns the first error that may be gone at a later poll.
func (h *Hub) publishNew(ctx context.Context) error {
	seqs, err := h.Heads.Seqs(ctx, h.followedRuns())
	if err != nil {
		return err
	}
	var first error
	left := pollBytes
	for id, seq := range seqs { // in random order, so that no run always comes last
		t, last := h.behind(id, seq)
		if t == nil {
			continue
		}
		published, err := h.publishRun(ctx, t, last, seq)
		switch {
		case errors.Is(err, ErrNotRendered):
			h.Log.Error("the live event streams of a run end", "run", id, "error", err)
			h.fail(t, err)
		case err != nil && first == nil:
			first = fmt.Errorf("run %s: %w", id, err)
		}
		if left -= published; left <= 0 || fault.Is(err, fault.Unavailable) || ctx.Err() != nil {
			break
		}
	}
	return first
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

// behind returns the topic of a run, and the seq of the last event that was published, if events up to the given seq
// have not been published. Otherwise the topic is nil.
func (h *Hub) behind(runID string, seq int64) (t *topic, last int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if t := h.topics[runID]; t != nil && t.seq < seq {
		return t, t.seq
	}
	return nil, 0
}

// publishRun publishes the events of one run with a seq above last, up to the given one, or about topicBytes of them.
// It returns their size. The poll of followers who have left may still publish them, too.
func (h *Hub) publishRun(ctx context.Context, t *topic, last, until int64) (published int, err error) {
	for last < until && published < topicBytes {
		events, err := h.Events(ctx, t.runID, last, pageEvents)
		if err != nil {
			return published, err
		}
		if len(events) == 0 { // somebody has removed them
			h.skip(t, until)
			return published, nil
		}
		for _, event := range events {
			frame, err := h.render(event)
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
