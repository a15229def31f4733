package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// A body that arrives slowly holds a connection while nothing is done. If room is needed, a connection whose body has
// been arriving for longer than slowAfter, at less than slowRate, may be replaced like an unused one.
const (
	slowAfter = time.Second
	slowRate  = 16 << 10 // bytes a second
	slowCheck = 50 * time.Millisecond
)

// arrival says how the body of a connection's present request arrives. The server reads it while others look at it.
type arrival struct {
	read  atomic.Int64 // bytes that were read from the connection
	since atomic.Int64 // when the body began to be awaited, in nanoseconds since started; 0 if none is
	from  atomic.Int64 // bytes that had been read by then
	waits atomic.Bool  // whether the server waits for more of the body now
}

// started is the origin of the times in an arrival, which are read from the monotonic clock.
var started = time.Now()

// await records that the server waits for the body.
func (a *arrival) await() {
	if a.since.Load() == 0 {
		a.from.Store(a.read.Load())
		a.since.Store(max(1, int64(time.Since(started))))
	}
	a.waits.Store(true)
}

// end records that the body has arrived or is not wanted any more.
func (a *arrival) end() {
	a.waits.Store(false)
	a.since.Store(0)
}

// slowness returns how long the server has been waiting for a slow body; 0 if it waits for none, or for one that
// arrives quickly.
func (a *arrival) slowness() time.Duration {
	since := a.since.Load()
	if since == 0 || !a.waits.Load() {
		return 0
	}
	took := time.Since(started) - time.Duration(since)
	if took < slowAfter || float64(a.read.Load()-a.from.Load()) >= slowRate*took.Seconds() {
		return 0
	}
	return took
}

// slowest returns the connection that has waited longest for a slow body, or nil. The caller holds the lock.
func (c *connections) slowest() (found *connection) {
	most := time.Duration(0)
	for conn := range c.open {
		if d := conn.body.slowness(); d > most {
			found, most = conn, d
		}
	}
	return found
}

// waitForRoom waits until a connection is closed or becomes idle, or until it is time to look for slow bodies again.
// The caller holds the lock.
func (c *connections) waitForRoom() {
	timer := time.AfterFunc(slowCheck, c.changed.Broadcast)
	defer timer.Stop()
	c.changed.Wait()
}

type connectionKey struct{}

// inContext makes a connection known to watchBodies; it is the server's ConnContext.
func (c *connections) inContext(ctx context.Context, of net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, of)
}

// watchBodies returns a handler that records when the bodies of requests arrive.
func watchBodies(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, ok := r.Context().Value(connectionKey{}).(*connection)
		if !ok || r.Body == nil || r.Body == http.NoBody {
			handler.ServeHTTP(w, r)
			return
		}
		body := &watchedBody{ReadCloser: r.Body, of: &conn.body}
		r.Body = body
		defer func() {
			if !body.ended {
				conn.body.await() // the server reads the rest of the body before it goes on
			}
		}()
		handler.ServeHTTP(w, r)
	})
}

// watchedBody is the body of a request.
type watchedBody struct {
	io.ReadCloser
	of    *arrival
	ended bool
}

// Read reads from the body and records that the server waits for it.
func (b *watchedBody) Read(p []byte) (int, error) {
	b.of.await()
	n, err := b.ReadCloser.Read(p)
	b.of.waits.Store(false)
	if err != nil {
		b.ended = true
		b.of.end()
	}
	return n, err
}

// Read reads from the connection and counts what arrives.
func (c *connection) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.body.read.Add(int64(n))
	return n, err
}
