package main

import (
	"container/list"
	"net"
	"net/http"
	"sync"

	httpadapter "github.com/procedo/procedo/adapters/http"
)

// connections is a listener that limits the number of open connections. When the limit is reached, a new connection
// replaces the one that has waited longest for a request, or else for a body that arrives slowly. If requests are being
// handled on all connections, the new one waits. A client that keeps connections open without using them therefore
// keeps nobody out.
type connections struct {
	net.Listener
	limit int

	mu      sync.Mutex
	open    map[*connection]*list.Element // an element of waiting, or nil while a request is handled
	waiting *list.List                    // of *connection; the one that has waited longest is first
	changed *sync.Cond                    // a connection was closed or waits for a request
	closed  bool
}

// connection is an open connection of a client.
type connection struct {
	net.Conn
	from *connections
	body arrival
}

func limitConnections(l net.Listener, limit int) *connections {
	c := &connections{Listener: l, limit: limit, open: map[*connection]*list.Element{}, waiting: list.New()}
	c.changed = sync.NewCond(&c.mu)
	return c
}

// Accept returns the next connection, as soon as there is room for it.
func (c *connections) Accept() (net.Conn, error) {
	accepted, err := c.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if !c.makeRoom() {
		_ = accepted.Close()
		return nil, net.ErrClosed
	}
	conn := &connection{Conn: accepted, from: c}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open[conn] = c.waiting.PushBack(conn)
	return conn, nil
}

// makeRoom returns true when there are fewer connections than the limit, and false if the listener is closed first. It
// closes the connection that has waited longest for a request or a body, or waits until one is closed or becomes idle.
func (c *connections) makeRoom() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.open) >= c.limit && !c.closed {
		conn := c.unused()
		if conn == nil {
			c.waitForRoom()
			continue
		}
		c.remove(conn)
		_ = conn.Conn.Close()
	}
	return !c.closed
}

// unused returns the connection that has waited longest for a request, or else for a body; nil if there is none. The
// caller holds the lock.
func (c *connections) unused() *connection {
	if oldest := c.waiting.Front(); oldest != nil {
		if conn, ok := oldest.Value.(*connection); ok {
			return conn
		}
	}
	return c.slowest()
}

// remove removes a connection. The caller holds the lock.
func (c *connections) remove(conn *connection) {
	if element := c.open[conn]; element != nil {
		c.waiting.Remove(element)
	}
	delete(c.open, conn)
	c.changed.Signal()
}

// track records a change of a connection's state; it is the server's ConnState.
func (c *connections) track(of net.Conn, state http.ConnState) {
	conn, ok := of.(*connection)
	if !ok {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	element, open := c.open[conn]
	switch {
	case !open:
	case state == http.StateActive && element != nil:
		c.waiting.Remove(element)
		c.open[conn] = nil
	case state == http.StateIdle && element == nil:
		conn.body.end()
		c.open[conn] = c.waiting.PushBack(conn)
		c.changed.Signal()
	}
}

// Close closes the listener. Open connections stay open.
func (c *connections) Close() error {
	c.mu.Lock()
	c.closed = true
	c.changed.Broadcast()
	c.mu.Unlock()
	return c.Listener.Close()
}

// Close closes the connection and makes room for another.
func (c *connection) Close() error {
	c.from.mu.Lock()
	c.from.remove(c)
	c.from.mu.Unlock()
	return c.Conn.Close()
}

// Write sends a response. Where net/http refuses a request itself, it sends a problem document instead.
func (c *connection) Write(p []byte) (int, error) {
	if problem := httpadapter.ProblemForRefused(p); problem != nil {
		_, err := c.Conn.Write(problem)
		return len(p), err
	}
	return c.Conn.Write(p)
}

// CloseWrite ends the response, so that the client can read it while its request is still arriving.
func (c *connection) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
