package live

import (
	"context"
	"errors"
	"time"
)

const (
	chunkBytes = 256 << 10 // about how much is written at once
	retryAfter = time.Second
)

// Reasons why Follow ends.
var (
	// ErrSlow means that the client reads more slowly than events are written.
	ErrSlow = errors.New("the client reads too slowly")
	// ErrStopped means that the hub stops.
	ErrStopped = errors.New("the hub has stopped")
	// ErrNotRendered means that the next event cannot be rendered. It would not help to try again.
	ErrNotRendered = errors.New("the event cannot be rendered")
)

// follower is one client that follows a run.
type follower struct {
	hub   *Hub
	topic *topic
	group int
	last  int64 // seq of the last event that was written
	head  int64 // seq of the run's last event when the client asked
	live  bool  // the follower has once written all published events
}

// Follow writes the events of a run with a seq above after, and then new events as they are recorded, until ctx is
// done, write fails, the client is too slow, an event cannot be rendered or the hub stops. It always returns an error.
// The head is the seq of the run's last event, read after the client asked. The bytes passed to write are shared and
// must not be changed; write is called without any to keep an idle connection open. No database connection is held
// while write runs.
//
// A client that is closed because it is slow misses no event if it asks again for those after the last one it has.
func (h *Hub) Follow(ctx context.Context, runID string, after, head int64, write func([][]byte) error) error {
	f := &follower{hub: h, last: after, head: head}
	f.topic, f.group = h.join(runID, head) //nolint:contextcheck // the hub's goroutines outlive this call
	defer h.leave(f.topic)
	for {
		frames, err := f.next(ctx)
		if err == nil {
			err = write(frames)
		}
		if err != nil {
			return err
		}
	}
}

// next waits for events and returns them, or nothing if it is time for a heartbeat.
func (f *follower) next(ctx context.Context) ([][]byte, error) {
	for {
		step := f.take()
		if step.err != nil || len(step.frames) > 0 {
			return step.frames, step.err
		}
		var retry <-chan time.Time
		if step.page != nil {
			page, err := f.hub.read(ctx, *step.page)
			if err == nil && len(page.frames) > 0 {
				f.last = page.last
				return page.frames, nil
			}
			if err == nil { // somebody has removed the events
				f.last = step.page.until
				continue
			}
			if errors.Is(err, ErrNotRendered) {
				return nil, err
			}
			retry = time.After(retryAfter) // the database cannot be read
			step.changed = nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-f.hub.ctx.Done():
			return nil, ErrStopped
		case <-step.beat:
			return nil, nil
		case <-step.changed:
		case <-retry:
		}
	}
}

// nextStep is what a follower does next: write frames, read a page, or wait.
type nextStep struct {
	frames        [][]byte
	page          *pageRequest
	changed, beat <-chan struct{}
	err           error
}

// take returns the next step. A follower that has once caught up only sends published events: if those that it needs
// have been dropped meanwhile, it is too slow.
//
// Published events were rendered when they were published. If the run has grown since, one of the new events may be an
// erasure; a new follower then reads the database.
func (f *follower) take() nextStep {
	h, t := f.hub, f.topic
	h.mu.Lock()
	defer h.mu.Unlock()
	step := nextStep{changed: t.changed, beat: h.beats[f.group]}
	current := f.live || t.seq >= f.head
	switch {
	case f.last >= t.seq:
		f.live, step.err = true, t.err
	case f.last >= t.from && current:
		step.frames, f.last = t.after(f.last)
		f.live = f.live || f.last >= t.seq
	case f.live:
		step.err = ErrSlow
	default:
		step.page = &pageRequest{pageKey: pageKey{t, t.erasedAt, f.last}, until: t.seq, shared: current}
	}
	return step
}
