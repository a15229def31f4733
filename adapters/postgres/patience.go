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
	limit time.Duration
	began time.Duration // after started
	queue atomic.Pointer[progress]
	timer *time.Timer
}

// patient returns a context that ends when the queue has not moved for the limit. A later call of join sets the queue.
func patient(ctx context.Context, limit time.Duration, queue *progress) (context.Context, *patience, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	p := &patience{limit: limit, began: time.Since(started)}
	p.queue.Store(queue)
	ready := make(chan struct{})
	p.timer = time.AfterFunc(limit, func() {
		<-ready
		moved := max(p.began, time.Duration(p.queue.Load().last.Load()))
		if idle := time.Since(started) - moved; idle < p.limit {
			p.timer.Reset(p.limit - idle)
			return
		}
		cancel(context.DeadlineExceeded)
	})
	close(ready)
	return ctx, p, func() { p.timer.Stop(); cancel(nil) }
}

// join makes the caller wait in another queue.
func (p *patience) join(queue *progress) { p.queue.Store(queue) }
