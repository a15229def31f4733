package postgres

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/procedo/procedo/core/app"
)

// progress holds when the database last answered one of several callers that wait in the same queue.
type progress struct{ last atomic.Int64 } // nanoseconds after started

var started = time.Now() // times are compared by the monotonic clock

// note records the outcome of an operation.
func (p *progress) note(err error) {
	var pg *pgconn.PgError
	if err == nil || errors.Is(err, app.ErrMoved) || errors.Is(err, app.ErrReceiptTaken) ||
		errors.As(err, &pg) && pg.Code != lockNotAvailable && pg.Code[:2] != "57" && pg.Code[:2] != "08" {
		p.last.Store(int64(time.Since(started)))
	}
}

// patience limits a wait in queues. A caller waits as long as the queue moves, so that a crowd alone is never an error.
type patience struct {
	limit atomic.Int64  // a time.Duration
	began time.Duration // after started
	queue atomic.Pointer[progress]
	timer *time.Timer
	outer *patience // of the context from which this one was derived
}

// patienceKey is the key of the *patience in a context.
type patienceKey struct{}

// patient returns a context that ends when the queue has not moved for the limit. A later call of join sets the queue.
func patient(ctx context.Context, limit time.Duration, queue *progress) (context.Context, *patience, func()) {
	p := &patience{began: time.Since(started)}
	p.limit.Store(int64(limit))
	p.queue.Store(queue)
	p.outer, _ = ctx.Value(patienceKey{}).(*patience)
	ctx, cancel := context.WithCancelCause(context.WithValue(ctx, patienceKey{}, p))
	ready := make(chan struct{})
	p.timer = time.AfterFunc(limit, func() {
		<-ready
		moved := max(p.began, time.Duration(p.queue.Load().last.Load()))
		if rest := time.Duration(p.limit.Load()) - (time.Since(started) - moved); rest > 0 {
			p.timer.Reset(rest)
			return
		}
		cancel(context.DeadlineExceeded)
	})
	close(ready)
	return ctx, p, func() { p.timer.Stop(); cancel(nil) }
}

// join makes the caller wait in another queue.
func (p *patience) join(queue *progress) { p.queue.Store(queue) }

// extend adds the time that n rows need to the limits of a context and of those from which it was derived.
func extend(ctx context.Context, n int) {
	p, _ := ctx.Value(patienceKey{}).(*patience)
	for ; p != nil; p = p.outer {
		p.limit.Add(int64(timeOf(n)))
	}
}
