package live

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/procedo/procedo/core/audit"
)

const (
	maxReads   = 4        // pages that are read at the same time
	pagesBytes = 16 << 20 // size of the pages that are kept for other followers
	readTime   = 10 * time.Second
)

// pageKey identifies a page of earlier events: those of a topic with a seq above after. An erasure changes the key.
type pageKey struct {
	topic    *topic
	erasedAt int64
	after    int64
}

// pageRequest asks for a page that a follower needs to catch up.
type pageRequest struct {
	pageKey
	until  int64 // seq of the last event that was published
	shared bool  // the page may be shared with others; see follower.take
}

// page holds rendered events: about chunkBytes of them, and at least one if there is any.
type page struct {
	frames [][]byte
	last   int64
	size   int
}

// read returns a page. Followers that need the same page share one read and one rendering.
func (h *Hub) read(ctx context.Context, r pageRequest) (page, error) {
	if !r.shared {
		return h.load(ctx, r.pageKey)
	}
	if p, found := h.cachedPage(r.pageKey); found {
		return p, nil
	}
	name := fmt.Sprintf("%p %d %d", r.topic, r.erasedAt, r.after)
	pending := h.loads.DoChan(name, func() (any, error) { //nolint:contextcheck // other followers wait for it too
		if p, found := h.cachedPage(r.pageKey); found {
			return p, nil
		}
		ctx, cancel := context.WithTimeout(h.ctx, readTime)
		defer cancel()
		p, err := h.load(ctx, r.pageKey)
		if err == nil {
			h.keepPage(r.pageKey, p)
		}
		return p, err
	})
	select {
	case <-ctx.Done():
		return page{}, ctx.Err()
	case result := <-pending:
		p, _ := result.Val.(page)
		return p, result.Err
	}
}

// load reads and renders a page.
func (h *Hub) load(ctx context.Context, k pageKey) (p page, err error) {
	select {
	case h.reading <- struct{}{}:
		defer func() { <-h.reading }()
	case <-ctx.Done():
		return p, ctx.Err()
	}
	events, err := h.Events(ctx, k.topic.runID, k.after, pageEvents)
	if err != nil {
		return p, err
	}
	for _, event := range events {
		frame, err := h.render(event)
		if err != nil && len(p.frames) > 0 {
			break // the next page begins with this event
		}
		if err != nil {
			h.Log.Error("a live event stream ends", "run", k.topic.runID, "error", err)
			return page{}, err
		}
		p.frames, p.last, p.size = append(p.frames, frame), event.Seq, p.size+len(frame)
		if p.size >= chunkBytes {
			break
		}
	}
	return p, nil
}

// render renders an event. The error is an ErrNotRendered.
func (h *Hub) render(e audit.Event) ([]byte, error) {
	frame, err := h.Render(e)
	if err != nil {
		return nil, fmt.Errorf("%w: seq %d: %w", ErrNotRendered, e.Seq, err)
	}
	return frame, nil
}

func (h *Hub) cachedPage(k pageKey) (page, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.pages.entries.Get(k)
}

// keepPage keeps a page, unless content was erased since the page was requested.
func (h *Hub) keepPage(k pageKey, p page) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.topics[k.topic.runID] == k.topic && k.topic.erasedAt == k.erasedAt {
		h.pages.add(k, p)
	}
}

// pageCache keeps the pages that were used last, up to pagesBytes. The hub's mutex protects it.
type pageCache struct {
	entries *simplelru.LRU[pageKey, page]
	bytes   int
}

func newPageCache() pageCache {
	// NewLRU fails only for a limit below 1. The limit is so large that only pagesBytes has an effect.
	entries, _ := simplelru.NewLRU[pageKey, page](1<<30, nil)
	return pageCache{entries: entries}
}

func (c *pageCache) add(k pageKey, p page) {
	if c.entries.Contains(k) || len(p.frames) == 0 {
		return
	}
	c.entries.Add(k, p)
	for c.bytes += p.size; c.bytes > pagesBytes; {
		_, oldest, _ := c.entries.RemoveOldest()
		c.bytes -= oldest.size
	}
}

func (c *pageCache) clear() {
	c.entries.Purge()
	c.bytes = 0
}
