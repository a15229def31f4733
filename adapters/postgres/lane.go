package postgres

import (
	"context"
	"errors"
	"io"
	"reflect"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/procedo/procedo/adapters/storage"
)

// lane holds the connections for one kind of work.
type lane struct {
	pool    *pgxpool.Pool
	prelude []storage.Query  // begins each batch
	timeout time.Duration    // of an operation, including the wait for a connection; 0: as long as the server lives
	share   *share           // limits the connections that one port uses; nil for no limit
	runID   string           // the run that is written; empty if there is none
	again   func(error) bool // reports whether an operation with this error may be repeated
}

// forRows returns the lane with the time limit for a write of n rows.
func (l lane) forRows(n int) lane {
	l.timeout = extended(l.timeout, n)
	return l
}

// forLargest returns the lane with the time limit of the largest writes. It is for background work whose size is not
// known in advance.
func (l lane) forLargest() lane {
	l.timeout = largeTime
	return l
}

// forRun returns the lane for a write of a run.
func (l lane) forRun(id string) lane {
	l.runID = id
	return l
}

// rowsOf returns the number of rows that a batch writes with arrays as parameters.
func rowsOf(b *pgx.Batch) (n int) {
	for _, q := range b.QueuedQueries {
		longest := 0
		for _, arg := range q.Arguments {
			if v := reflect.ValueOf(arg); v.Kind() == reflect.Slice && v.Type().Elem().Kind() != reflect.Uint8 {
				longest = max(longest, v.Len())
			}
		}
		n += longest
	}
	return n
}

// share limits the number of connections that one port uses.
type share struct {
	slots chan struct{}
	progress
}

// on calls fn with a connection of a lane, within the lane's time limit. If the connection turns out to be closed, on
// calls fn once more, with a connection that answers, provided that fn may be repeated after this error.
func (d *DB) on(ctx context.Context, l lane, fn func(context.Context, *pgxpool.Conn) error) error {
	if l.share == nil {
		ctx, cancel := d.limit(ctx, l)
		defer cancel()
		return l.twice(ctx, fn)
	}
	return d.inQueue(ctx, l, func(ctx context.Context) error { return l.twice(ctx, fn) })
}

// inQueue calls fn when it is the caller's turn: to write the run, if it is a write of a run, and to use a connection
// of the share.
func (d *DB) inQueue(ctx context.Context, l lane, fn func(context.Context) error) (err error) {
	if l.runID != "" {
		return d.inTurn(ctx, l, func(ctx context.Context) error { return l.inShare(ctx, fn) })
	}
	ctx, _, cancel := patient(ctx, l.timeout, &l.share.progress)
	defer cancel()
	return l.inShare(ctx, fn)
}

// inTurn calls fn when it is the caller's turn to write the run of the lane.
func (d *DB) inTurn(ctx context.Context, l lane, fn func(context.Context) error) (err error) {
	t := d.gate.join(l.runID)
	defer d.gate.quit(l.runID, t)
	ctx, waiting, cancel := patient(ctx, l.timeout, &t.progress)
	defer cancel()
	select {
	case t.taken <- struct{}{}:
		defer func() { t.note(err); <-t.taken }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	waiting.join(&l.share.progress)
	return fn(ctx)
}

// inShare calls fn when one of the share's connections may be used.
func (l lane) inShare(ctx context.Context, fn func(context.Context) error) (err error) {
	select {
	case l.share.slots <- struct{}{}:
		defer func() { l.share.note(err); <-l.share.slots }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return fn(ctx)
}

// twice calls fn, and once more if the connection turns out to be closed and fn may be repeated.
func (l lane) twice(ctx context.Context, fn func(context.Context, *pgxpool.Conn) error) error {
	err := l.once(ctx, fn)
	if err != nil && ctx.Err() == nil && l.again(err) {
		err = l.once(context.WithValue(ctx, askFirst{}, true), fn)
	}
	return err
}

func (l lane) once(ctx context.Context, fn func(context.Context, *pgxpool.Conn) error) error {
	conn, err := l.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer func() { //nolint:contextcheck // what the request began is ended after it
		if conn.Conn().IsClosed() {
			go endOnServer(conn.Conn().PgConn())
		}
		conn.Release()
	}()
	switch {
	case l.runID != "": // the change may turn out to be large
		own, cancel := extensible(ctx, l.timeout)
		defer cancel()
		return fn(own, conn)
	case l.timeout > 0:
		own, cancel := context.WithTimeout(ctx, l.timeout)
		defer cancel()
		return fn(own, conn)
	}
	return fn(ctx, conn)
}

// limit returns a context with the lane's time limit. Without a time limit, the context ends when the server no longer
// answers.
func (d *DB) limit(ctx context.Context, l lane) (context.Context, context.CancelFunc) {
	if l.timeout > 0 {
		return context.WithTimeout(ctx, l.timeout)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	go d.watch(ctx, cancel)
	return ctx, func() { cancel(nil) }
}

// watch cancels a context when the server has not answered two questions in a row. It returns when the context ends.
func (d *DB) watch(ctx context.Context, cancel context.CancelCauseFunc) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for missed := 0; missed < 2; {
		if missed == 0 {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
		err := d.queryOn(ctx, d.ready, storage.Query{Text: "SELECT 1"}, func(pgx.Rows) error { return nil })
		switch {
		case err == nil:
			missed = 0
		case missed == 1:
			cancel(err)
			return
		default:
			missed++
		}
	}
}

// askFirst is the key of a context in which connections are asked for an answer before they are used.
type askFirst struct{}

// longIdle is the time after which an idle connection is asked for an answer before it is used.
const longIdle = time.Second

func shouldPing(ctx context.Context, p pgxpool.ShouldPingParams) bool {
	return p.IdleDuration > longIdle || ctx.Value(askFirst{}) != nil
}

// prepareConn reports whether a pooled connection can be used. Otherwise, the pool closes it and takes another one.
func prepareConn(_ context.Context, conn *pgx.Conn) (bool, error) {
	return isQuiet(conn.PgConn().Conn()), nil
}

// isLost reports whether an error means that the server or the network has closed the connection, for example because
// the server was restarted. A read may then be repeated.
func isLost(err error) bool {
	var pg *pgconn.PgError
	var connecting *pgconn.ConnectError
	switch {
	case errors.As(err, &connecting):
		return false
	case errors.As(err, &pg):
		return isShutdown(err)
	}
	return pgconn.SafeToRetry(err) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// isShutdown reports whether the server said that it ends the connection.
func isShutdown(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) &&
		(pg.Code == adminShutdown || pg.Code == crashShutdown || pg.Code == idleSessionTimeout)
}

// isUnsent reports whether an error means that nothing was sent to the server. Only then may a write be repeated: a
// write that was sent may have been committed.
func isUnsent(err error) bool {
	var connecting *pgconn.ConnectError
	return pgconn.SafeToRetry(err) && !errors.As(err, &connecting)
}
