// Package valkey stores cached values on a Valkey server or cluster that replicas share. While the server is
// unreachable, calls fail immediately or within the deadline. They succeed again once the server answers.
package valkey

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"
	driver "github.com/valkey-io/valkey-go"
)

const (
	connectTimeout = 250 * time.Millisecond // to connect, and for each read or write on the connection
	maxFailures    = 5                      // consecutive failed calls after which the circuit breaker opens
	openTime       = time.Second            // how long the open breaker refuses calls before it lets one through
)

// DefaultDeadline is the maximum total duration of one call, unless WithDeadline sets another.
const DefaultDeadline = 50 * time.Millisecond

// Option changes a setting of a server.
type Option func(*Server)

// WithDeadline sets the maximum total duration of one call.
func WithDeadline(d time.Duration) Option { return func(s *Server) { s.deadline = d } }

// Server is a client of one server or cluster. The first call connects it. It is safe for concurrent use.
type Server struct {
	options driver.ClientOption
	breaker *gobreaker.CircuitBreaker[driver.ValkeyResult]
	log     *slog.Logger

	deadline  time.Duration
	forgeries forgedLog

	mu         sync.Mutex
	client     driver.Client // nil before the first successful connection
	connecting chan struct{} // closed at the end of the current attempt to connect; nil if there is none
	connectErr error         // of the last failed attempt to connect
	closed     bool
	callErr    error // of the last failed call
}

// Open returns a client for a URL: valkey://[user:password@]host[:port][,host…][/database], or valkeys:// for TLS 1.2
// or later with the system's root certificates. Several hosts are nodes of one cluster. A single host may also be a
// node of a cluster. Open does not connect to the server.
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
		Name: "valkey", MaxRequests: 1, Timeout: openTime,
		IsSuccessful:  isHealthy,
		ReadyToTrip:   func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= maxFailures },
		OnStateChange: s.logState,
	})
	return s, nil
}

func parse(serverURL string) (driver.ClientOption, error) {
	first, others := splitHosts(serverURL)
	u, err := url.Parse(first)
	// No error shows a part of the URL, because it could be of the password.
	if err != nil || u.Scheme != "valkey" && u.Scheme != "valkeys" || u.Hostname() == "" {
		return driver.ClientOption{}, errors.New("cache URL: want valkey://host:port or valkeys://host:port")
	}
	if u.Fragment != "" || strings.Contains(u.Path+u.RawQuery, "@") { // a password with one of these ends too early
		return driver.ClientOption{}, errors.New(
			`cache URL: "/", "?", "#" and "@" in a password must be written %2F, %3F, %23 and %40`)
	}
	query := u.Query()
	for _, host := range others {
		query.Add("addr", withPort(host))
	}
	u.Host, u.RawQuery = withPort(u.Host), query.Encode()
	o, err := driver.ParseURL(u.String())
	if err != nil {
		return o, errors.New("cache URL: the database must be a number, and the settings those of the driver")
	}
	o.ClientName, o.DisableRetry, o.DisableCache = "procedo", true, true
	o.Dialer.Timeout, o.ConnWriteTimeout = connectTimeout, connectTimeout
	if o.TLSConfig != nil {
		o.TLSConfig.MinVersion = tls.VersionTLS12
		if len(o.InitAddress) > 1 {
			o.TLSConfig.ServerName = "" // certificates are verified against the name of each host
		}
	}
	return o, nil
}

// splitHosts returns the URL with only its first host, and the other hosts.
func splitHosts(serverURL string) (first string, others []string) {
	scheme, rest, _ := strings.Cut(serverURL, "://")
	end := len(rest)
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		end = i
	}
	user := strings.LastIndexByte(rest[:end], '@') + 1
	all := strings.Split(rest[user:end], ",")
	return scheme + "://" + rest[:user] + all[0] + rest[end:], all[1:]
}

// withPort adds the default port to a host that has no port.
func withPort(host string) string {
	if host != "" && !strings.Contains(host[strings.LastIndexByte(host, ']')+1:], ":") {
		return host + ":6379"
	}
	return host
}

// Close closes the connections. No connection is opened afterwards.
func (s *Server) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if s.client != nil {
		s.client.Close()
	}
}

// do makes a call within the deadline. It ignores a cancellation of ctx, because the circuit breaker would count the
// cancelled call as a failure of the server.
func (s *Server) do(
	ctx context.Context, call func(context.Context, driver.Client) driver.ValkeyResult,
) (driver.ValkeyResult, error) {
	return s.breaker.Execute(func() (driver.ValkeyResult, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.deadline)
		defer cancel()
		client, err := s.connectedClient(ctx)
		if err != nil {
			return driver.ValkeyResult{}, s.recordError(connectError{err})
		}
		result := call(ctx, client)
		if err := result.Error(); err != nil && !driver.IsValkeyNil(err) {
			return result, s.recordError(err)
		}
		return result, nil
	})
}

// connectedClient returns the client. If there is none yet, it starts to connect in the background and waits until the
// connection is made or ctx is done. Connecting continues after ctx is done.
func (s *Server) connectedClient(ctx context.Context) (driver.Client, error) {
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
			return nil, s.connectErr
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
		s.connectErr = err
	case s.closed:
		s.connectErr = driver.ErrClosing
		client.Close()
	default:
		s.client = client
	}
}

// connectError is the error of a call for which there was no connection. Its cause may be a reply of the server, for
// example that it has no database with the number in the URL.
type connectError struct{ error }

func (e connectError) Unwrap() error { return e.error }

// isHealthy reports whether the outcome of a call shows that the server works. Error replies also show this, such as
// the reply that a key holds a value of another type. The exceptions are replies to the attempt to connect, and those
// that begin with an element of unusableReplies.
func isHealthy(err error) bool {
	if _, is := errors.AsType[connectError](err); is {
		return false
	}
	reply, is := driver.IsValkeyErr(err)
	if !is {
		return err == nil
	}
	return !slices.ContainsFunc(unusableReplies, func(code string) bool { return strings.HasPrefix(reply.Error(), code) })
}

// unusableReplies are the codes of the error replies of a server that cannot serve commands or does not accept this
// client.
var unusableReplies = []string{
	"LOADING", "NOAUTH", "WRONGPASS", "NOPERM", "CLUSTERDOWN", "MASTERDOWN", "READONLY", "OOM", "MISCONF",
}

// recordError stores the error for logState and returns it.
func (s *Server) recordError(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.callErr = err
	return err
}

// logState logs that the server has become unreachable, or that it answers again.
func (s *Server) logState(_ string, _, to gobreaker.State) {
	s.mu.Lock()
	err := s.callErr
	s.mu.Unlock()
	switch to {
	case gobreaker.StateOpen:
		s.log.Warn("the cache does not answer; continuing without it", "error", err)
	case gobreaker.StateClosed:
		s.log.Info("the cache answers again")
	case gobreaker.StateHalfOpen:
	}
}
