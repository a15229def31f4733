// Package headcheck lets readers who wait at the same moment share one check of heads. Every read of a run or of a
// procedure compares a cached state with the head in the database. With many readers, these checks are most of the
// database's work; together, they cost little more than one.
//
// A check is shared only by readers who began to wait before it was sent. A reader therefore never gets a head older
// than a write that was acknowledged before the reader began.
package headcheck

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/budget"
	"github.com/procedo/procedo/core/fault"
)

// Source reads heads from the database.
type Source interface {
	// Head returns the head of an entity, with one query.
	Head(ctx context.Context, id string) (audit.Head, error)
	// Heads returns the heads of several entities by id, with one query. It leaves out unknown entities.
	Heads(ctx context.Context, ids []string) (map[string]audit.Head, error)
}

// patience is how long readers wait for a check that is under way before they send their own beside it. A check that
// hangs, for example on a broken connection, therefore does not hold up later readers.
const patience = 500 * time.Microsecond

// Group shares the checks of one source. It is safe for concurrent use.
type Group struct {
	source  Source
	unknown error // returned for an entity that Heads leaves out

	mu       sync.Mutex
	underWay int    // the number of checks that were sent and not yet answered
	next     *check // the readers who wait; nil if there are none
}

// check is a check that several readers share. Its result is valid once done is closed.
type check struct {
	ctx    context.Context //nolint:containedctx // it belongs to all readers who wait, not to one of them
	cancel context.CancelFunc
	timer  *time.Timer // sends the check when patience has passed
	ids    map[string]struct{}
	left   int // the number of readers who still wait
	done   chan struct{}
	heads  map[string]audit.Head
	err    error
}

// NewGroup returns a group over a source. The error unknown is returned to readers of an entity that does not exist.
func NewGroup(source Source, unknown error) *Group { return &Group{source: source, unknown: unknown} }

// Head returns the head of an entity, from a check that is sent after Head was called. A reader who is alone sends the
// check at once. While a check is under way, readers wait for the next one, which begins when that one ends.
// If ctx has ended before the call, Head always returns an error.
func (g *Group) Head(ctx context.Context, id string) (audit.Head, error) {
	if ctx.Err() != nil {
		return audit.Head{}, budget.Interrupted(ctx)
	}
	c := g.join(ctx, id)
	if c == nil {
		defer g.end()
		return g.source.Head(ctx, id)
	}
	select {
	case <-c.done:
		return c.headOf(id, g.unknown)
	case <-ctx.Done():
		g.leave(c)
		return audit.Head{}, budget.Interrupted(ctx)
	}
}

// join adds a reader to the next check. If no check is under way, join returns nil: the caller then sends its own, and
// must call end after it.
func (g *Group) join(ctx context.Context, id string) *check {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.underWay == 0 {
		g.underWay++
		return nil
	}
	if g.next == nil {
		c := &check{ids: map[string]struct{}{}, done: make(chan struct{})}
		c.ctx, c.cancel = context.WithCancel(context.WithoutCancel(ctx))
		c.timer = time.AfterFunc(patience, func() { g.sendLate(c) })
		g.next = c
	}
	g.next.ids[id] = struct{}{}
	g.next.left++
	return g.next
}

// leave removes a reader whose request was cancelled. A check that nobody waits for is not sent, or is cancelled.
func (g *Group) leave(c *check) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c.left--; c.left > 0 {
		return
	}
	c.cancel()
	c.timer.Stop()
	if g.next == c {
		g.next = nil
	}
}

// end records that a check was answered, and sends the next one.
func (g *Group) end() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.underWay--
	if g.next != nil {
		g.send()
	}
}

// sendLate sends a check that has waited too long for the one under way.
func (g *Group) sendLate(c *check) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.next == c {
		g.send()
	}
}

// send sends the check that readers wait for. Readers who come later wait for another one. The caller holds the lock.
func (g *Group) send() {
	c := g.next
	g.next = nil
	g.underWay++
	c.timer.Stop()
	go func() {
		defer g.end()
		defer c.cancel()
		defer close(c.done)
		c.run(g.source)
	}()
}

// run reads the heads.
func (c *check) run(s Source) {
	defer func() {
		if p := recover(); p != nil { // a panic in this goroutine would end the process
			c.err = fault.From(fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()
	ids := make([]string, 0, len(c.ids))
	for id := range c.ids {
		ids = append(ids, id)
	}
	if len(ids) > 1 {
		c.heads, c.err = s.Heads(c.ctx, ids)
		return
	}
	var head audit.Head
	if head, c.err = s.Head(c.ctx, ids[0]); c.err == nil {
		c.heads = map[string]audit.Head{ids[0]: head}
	}
}

// headOf returns the result of the check for one of its readers.
func (c *check) headOf(id string, unknown error) (audit.Head, error) {
	if c.err != nil {
		return audit.Head{}, c.err
	}
	head, found := c.heads[id]
	if !found {
		return head, unknown
	}
	return head, nil
}
