package postgres

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/procedo/procedo/core/app"
)

// progress holds when the database last answered one of several callers that wait in the same queue.
type progress struct{ last atomic.Int64 } // nanoseconds after started; 0 if it has not answered

var started = time.Now() // times are compared by the monotonic clock

// note records the outcome of an operation.
func (p *progress) note(err error) {
	var pg *pgconn.PgError
	if err == nil || errors.Is(err, app.ErrMoved) || errors.Is(err, app.ErrReceiptTaken) ||
		errors.As(err, &pg) && pg.Code != lockNotAvailable && !strings.HasPrefix(pg.Code, "57") &&
			!strings.HasPrefix(pg.Code, "08") {
		p.last.Store(int64(time.Since(started)))
	}
}

// patience limits a wait in queues. A caller waits as long as the queue moves, so that a crowd alone is never an error.
type patience struct {
	limit atomic.Int64  // a time.Duration
	began time.Duration // after started
	queue atomic.Pointer[progress]
	timer *time.Timer
	outer *patience // of the context from which this one was derived; nil if that has none
}

// patienceKey is the key of the *patience in a context.
type patienceKey struct{}

// patient returns a context that ends when the queue has not moved for the limit. A later call of join sets the queue.
func patient(ctx context.Context, limit time.Duration, queue *progress) (context.Context, *patience, func()) {
	p := &patience{began: time.Since(started)}
	p.limit.Store(int64(limit))
	p.queue.Store(queue)
	p.outer = patienceOf(ctx)
	ctx, cancel := context.WithCancelCause(context.WithValue(ctx, patienceKey{}, p))
	ready := make(chan struct{})
	p.timer = time.AfterFunc(limit, func() {
		<-ready
		p.check(ctx, cancel)
	})
	close(ready)
	return ctx, p, func() { cancel(nil); p.timer.Stop() }
}

// check cancels a context whose limit has passed. Otherwise it sets the timer anew, unless the context has ended.
func (p *patience) check(ctx context.Context, cancel context.CancelCauseFunc) {
	if ctx.Err() != nil {
		return
	}
	moved := p.began
	if last := p.queue.Load().last.Load(); last != 0 {
		moved = max(moved, time.Duration(last))
	}
	if rest := time.Duration(p.limit.Load()) - (time.Since(started) - moved); rest > 0 {
		p.timer.Reset(rest)
		return
	}
	cancel(context.DeadlineExceeded)
}

// extensible returns a context with a time limit that can be extended.
func extensible(ctx context.Context, limit time.Duration) (context.Context, func()) {
	ctx, _, cancel := patient(ctx, limit, &progress{})
	return ctx, cancel
}

// patienceOf returns the patience of a context, or nil.
func patienceOf(ctx context.Context) *patience {
	p, _ := ctx.Value(patienceKey{}).(*patience)
	return p
}

// join makes the caller wait in another queue.
func (p *patience) join(queue *progress) { p.queue.Store(queue) }

// extend adds the time for n rows to the limits of p and of the contexts from which its context was derived. No limit
// becomes longer than largeTime.
func (p *patience) extend(n int) {
	for ; p != nil; p = p.outer {
		p.limit.Store(int64(extended(time.Duration(p.limit.Load()), n)))
	}
}

// extended returns a limit with the time for n more rows. It is at most largeTime.
func extended(limit time.Duration, n int) time.Duration {
	return min(limit+time.Duration(n)*rowTime, largeTime)
}
