// Package valkey keeps things in a Valkey server, or a cluster of them, that replicas share. The server may be away at any time:
// calls then fail at once, or within the deadline, and it is taken back when it answers.
package valkey

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"
	driver "github.com/valkey-io/valkey-go"
)

const (
	connectTime = 250 * time.Millisecond // for a connection, until it has said who it is
	mostFailed  = 5                      // calls in a row that may fail before none is tried
	restTime    = time.Second            // until one is tried again
)

// DefaultDeadline is how long one call may take, all in all.
const DefaultDeadline = 50 * time.Millisecond

// Option changes how a server is called.
type Option func(*Server)

// WithDeadline lets a call take longer, or less.
func WithDeadline(d time.Duration) Option { return func(s *Server) { s.deadline = d } }

// Server is one server or cluster. It is connected to when first used.
type Server struct {
	options driver.ClientOption
	breaker *gobreaker.CircuitBreaker[driver.ValkeyResult]
	log     *slog.Logger

	deadline time.Duration

	mu         sync.Mutex
	client     driver.Client // nil until it was reached once
	connecting chan struct{} // closed when the attempt that is under way has ended; nil where none is
	unreached  error         // of the last attempt that failed
	closed     bool
	last       error // of the last call that failed
}

// Open reads a URL: valkey://[user:password@]host[:port][,host…][/database], or valkeys:// for TLS (1.2 or later, the system's
// roots). More than one host, or one that says so itself, is a cluster.
func Open(serverURL string, log *slog.Logger, more ...Option) (*Server, error) {
	options, err := parse(serverURL)
	if err != nil {
		return nil, err
	}
	s := &Server{options: options, log: log, deadline: DefaultDeadline}
	for _, o := range more {
		o(s)
	}
	s.breaker = gobreaker.NewCircuitBreaker[driver.ValkeyResult](gobreaker.Settings{
		Name: "valkey", MaxRequests: 1, Timeout: restTime,
		IsSuccessful:  answered,
		ReadyToTrip:   func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= mostFailed },
		OnStateChange: s.changed,
	})
	return s, nil
}

func parse(serverURL string) (driver.ClientOption, error) {
	first, more := hosts(serverURL)
	u, err := url.Parse(first)
	if err != nil {
		return driver.ClientOption{}, errors.New("cache URL: want valkey://host:port") // the error's own words could hold the password
	}
	if u.Scheme != "valkey" && u.Scheme != "valkeys" || u.Hostname() == "" {
		return driver.ClientOption{}, fmt.Errorf("cache URL %q: want valkey://host:port or valkeys://host:port", u.Redacted())
	}
	query := u.Query()
	for _, host := range more {
		query.Add("addr", withPort(host))
	}
	u.Host, u.RawQuery = withPort(u.Host), query.Encode()
	o, err := driver.ParseURL(u.String())
	if err != nil {
		return o, fmt.Errorf("cache URL: %w", err)
	}
	o.ClientName, o.DisableRetry, o.DisableCache = "procedo", true, true
	o.Dialer.Timeout, o.ConnWriteTimeout = connectTime, connectTime
	if o.TLSConfig != nil {
		o.TLSConfig.MinVersion = tls.VersionTLS12
		if len(o.InitAddress) > 1 {
			o.TLSConfig.ServerName = "" // each by its own
		}
	}
	return o, nil
}

// hosts takes all hosts but the first out of a URL.
func hosts(serverURL string) (first string, more []string) {
	scheme, rest, _ := strings.Cut(serverURL, "://")
	end := len(rest)
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		end = i
	}
	user := strings.LastIndexByte(rest[:end], '@') + 1
	all := strings.Split(rest[user:end], ",")
	return scheme + "://" + rest[:user] + all[0] + rest[end:], all[1:]
}

func withPort(host string) string {
	if host != "" && !strings.Contains(host[strings.LastIndexByte(host, ']')+1:], ":") {
		return host + ":6379"
	}
	return host
}

// Close ends the connections.
func (s *Server) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if s.client != nil {
		s.client.Close()
	}
}

// do makes a call within the deadline, whatever the caller's own: a client that leaves is no failure of the server.
func (s *Server) do(ctx context.Context, call func(context.Context, driver.Client) driver.ValkeyResult) (driver.ValkeyResult, error) {
	return s.breaker.Execute(func() (driver.ValkeyResult, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.deadline)
		defer cancel()
		client, err := s.connected(ctx)
		if err != nil {
			return driver.ValkeyResult{}, s.failed(err)
		}
		result := call(ctx, client)
		if err := result.Error(); err != nil && !driver.IsValkeyNil(err) {
			return result, s.failed(err)
		}
		return result, nil
	})
}

// connected returns the client. Connecting may take longer than a call: it goes on beside those who wait for it.
func (s *Server) connected(ctx context.Context) (driver.Client, error) {
	s.mu.Lock()
	client := s.client
	if client == nil && s.connecting == nil {
		s.connecting = make(chan struct{})
		go s.connect(s.connecting)
	}
	done := s.connecting
	s.mu.Unlock()
	if client != nil {
		return client, nil
	}
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-done:
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.client == nil {
			return nil, s.unreached
		}
		return s.client, nil
	}
}

func (s *Server) connect(done chan struct{}) {
	client, err := driver.NewClient(s.options)
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(done)
	s.connecting = nil
	switch {
	case err != nil:
		s.unreached = err
	case s.closed:
		s.unreached = driver.ErrClosing
		client.Close()
	default:
		s.client = client
	}
}

// answered reports whether the server works, also where its answer is an error: one key of another type closes nothing.
func answered(err error) bool {
	reply, is := driver.IsValkeyErr(err)
	if !is {
		return err == nil
	}
	for _, away := range []string{"LOADING", "NOAUTH", "WRONGPASS", "NOPERM", "CLUSTERDOWN", "MASTERDOWN", "READONLY", "OOM", "MISCONF"} {
		if strings.HasPrefix(reply.Error(), away) {
			return false
		}
	}
	return true
}

func (s *Server) failed(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = err
	return err
}

// changed logs that the server is away, and that it is back.
func (s *Server) changed(_ string, _, to gobreaker.State) {
	s.mu.Lock()
	last := s.last
	s.mu.Unlock()
	switch to {
	case gobreaker.StateOpen:
		s.log.Warn("the cache does not answer; going on without it", "error", last)
	case gobreaker.StateClosed:
		s.log.Info("the cache answers again")
	case gobreaker.StateHalfOpen:
	}
}
