package live

import (
	"sort"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/run"
)

// entry is a rendered event.
type entry struct {
	seq   int64
	frame []byte
}

// topic is a run that has followers. The hub's mutex protects it.
type topic struct {
	runID     string
	followers int
	seq       int64         // of the last event that was published
	from      int64         // entries holds the events with a seq above this one, up to seq
	entries   []entry       // oldest first
	erasedAt  int64         // seq of the last erasure that was published
	err       error         // why no more events are published; nil if they are
	changed   chan struct{} // closed and replaced when an event is published, or none will be
}

// after returns rendered events with a seq above the given one, oldest first: about chunkBytes of them.
func (t *topic) after(seq int64) (frames [][]byte, last int64) {
	start := sort.Search(len(t.entries), func(i int) bool { return t.entries[i].seq > seq })
	size := 0
	for last = seq; start < len(t.entries) && size < chunkBytes; start++ {
		e := t.entries[start]
		frames, last, size = append(frames, e.frame), e.seq, size+len(e.frame)
	}
	return frames, last
}

// isErasure reports whether an event erases content of earlier events.
func isErasure(e audit.Event) bool {
	action := run.Action(e.Action)
	return action == run.ActionContentErased || action == run.ActionValueErased
}

// publish adds an event to a topic and wakes its followers, unless the event was published before. The events before an
// erasure are dropped, because their rendered forms may hold what was erased: followers that have not sent them yet are
// closed and read them again.
func (h *Hub) publish(t *topic, e entry, erases bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.topics[t.runID] != t || e.seq <= t.seq {
		return // the last follower has left, or two polls have read the event
	}
	if erases {
		h.recent.drop(t, t.seq)
		h.pages.clear()
		t.erasedAt = e.seq
	}
	t.seq = e.seq
	h.recent.add(t, e)
	close(t.changed)
	t.changed = make(chan struct{})
}

// fail ends the streams of a topic after the events that were published. Who follows the run later gets another topic,
// and meets the error only if it needs the event that cannot be rendered.
func (h *Hub) fail(t *topic, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.topics[t.runID] != t {
		return
	}
	delete(h.topics, t.runID)
	t.err = err
	close(t.changed)
	t.changed = make(chan struct{})
}

// skip continues a topic after the given seq although events up to it could not be read.
func (h *Hub) skip(t *topic, seq int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t.seq = max(t.seq, seq)
}

const (
	recentBytes = 32 << 20 // size of the events of all topics that are kept for followers that still have to send them
	recentCount = 16_384
)

// recentEvents drops the oldest entries of all topics when they exceed recentBytes. The hub's mutex protects it.
type recentEvents struct {
	order []recentEvent // in the order of publication; some may have been dropped already
	bytes int
}

type recentEvent struct {
	topic *topic
	seq   int64
}

// add adds an entry to its topic, and drops old ones to make room. The entry itself always stays.
func (r *recentEvents) add(t *topic, e entry) {
	t.entries = append(t.entries, e)
	r.order = append(r.order, recentEvent{t, e.seq})
	for r.bytes += len(e.frame); len(r.order) > 1 && (r.bytes > recentBytes || len(r.order) > recentCount); {
		r.drop(r.order[0].topic, r.order[0].seq)
		r.order = r.order[1:]
	}
}

// drop drops the entries of a topic up to the given seq.
func (r *recentEvents) drop(t *topic, seq int64) {
	for len(t.entries) > 0 && t.entries[0].seq <= seq {
		r.bytes -= len(t.entries[0].frame)
		t.from = t.entries[0].seq
		t.entries[0] = entry{}
		t.entries = t.entries[1:]
	}
}
