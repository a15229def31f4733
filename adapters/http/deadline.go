package http

import (
	"context"
	"errors"
	"time"
)

// DefaultRequestTimeout is the timeout if Config.RequestTimeout is zero.
const DefaultRequestTimeout = 10 * time.Second

// deadline is the time at which the work for a request is stopped. Unlike that of a context, it can be moved: an answer
// that is sent in parts has a deadline for each part instead of one for all.
type deadline struct{ timer *time.Timer }

// withDeadline returns a context that is cancelled after d, with the cause context.DeadlineExceeded. The caller must
// call stop when the request is done.
func withDeadline(parent context.Context, d time.Duration) (ctx context.Context, limit deadline, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	timer := time.AfterFunc(d, func() { cancel(context.DeadlineExceeded) })
	return ctx, deadline{timer}, func() {
		timer.Stop()
		cancel(context.Canceled)
	}
}

// extend moves the deadline to d from now, unless it has already passed.
func (l deadline) extend(d time.Duration) {
	if l.timer != nil && l.timer.Stop() {
		l.timer.Reset(d)
	}
}

// lift removes the deadline, for an answer that ends with its client.
func (l deadline) lift() {
	if l.timer != nil {
		l.timer.Stop()
	}
}

// timedOut reports whether the work for a request was stopped because it took too long.
func timedOut(ctx context.Context) bool {
	return ctx.Err() != nil && errors.Is(context.Cause(ctx), context.DeadlineExceeded)
}
