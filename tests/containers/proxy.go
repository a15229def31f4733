package containers

import (
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// Proxy is a TCP proxy before a server. It can stop forwarding, as a stopped server or a broken network does, and it
// can cut its connections, as a server does when it is restarted.
type Proxy struct {
	Address  string // host:port
	target   string
	listener net.Listener

	mu     sync.Mutex
	open   chan struct{} // closed while the proxy forwards
	conns  []net.Conn
	refuse int // so many of the next connections are closed at once

	trips atomic.Int64
}

// StartProxy starts a proxy before the server of a URL. It returns the proxy and the URL with the proxy's address.
func StartProxy(t testing.TB, address string) (p *Proxy, through string) {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p = &Proxy{Address: listener.Addr().String(), target: u.Host, listener: listener, open: make(chan struct{})}
	close(p.open)
	go p.accept()
	t.Cleanup(func() { _ = listener.Close(); p.Cut(); p.Resume() })
	u.Host = p.Address
	return p, u.String()
}

// Stall makes the proxy swallow everything. Its connections stay open, and new ones are accepted.
func (p *Proxy) Stall() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = make(chan struct{})
}

// Resume makes the proxy forward again, also what it has received in the meantime.
func (p *Proxy) Resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.open:
	default:
		close(p.open)
	}
}

// Cut closes all connections.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		_ = c.Close()
	}
	p.conns = nil
}

// Refuse makes the proxy close the next n connections as soon as they are opened.
func (p *Proxy) Refuse(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuse = n
}

// ToRefuse returns how many of the connections that Refuse announced have not been opened yet.
func (p *Proxy) ToRefuse() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.refuse
}

// isRefused reports whether a connection that was just opened is one to close.
func (p *Proxy) isRefused() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refuse == 0 {
		return false
	}
	p.refuse--
	return true
}

// RoundTrips returns how often a client has sent something after the server had, or first, on all connections. A
// message that is so long that the server answers its beginning can count more than once.
func (p *Proxy) RoundTrips() int { return int(p.trips.Load()) }

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		if p.isRefused() {
			_ = client.Close()
			continue
		}
		p.keep(client)
		go func() {
			p.wait()
			server, err := net.Dial("tcp", p.target)
			if err != nil {
				_ = client.Close()
				return
			}
			p.keep(server)
			var asked atomic.Bool
			go p.forward(server, client, func() {
				if !asked.Swap(true) {
					p.trips.Add(1)
				}
			})
			p.forward(client, server, func() { asked.Store(false) })
		}()
	}
}

func (p *Proxy) keep(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns = append(p.conns, c)
}

// wait returns once the proxy forwards.
func (p *Proxy) wait() {
	p.mu.Lock()
	open := p.open
	p.mu.Unlock()
	<-open
}

// forward calls note before it forwards something.
func (p *Proxy) forward(to, from net.Conn, note func()) {
	defer func() { _, _ = to.Close(), from.Close() }()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		p.wait()
		if n > 0 {
			note()
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
