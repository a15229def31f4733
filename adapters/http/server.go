// Package http serves the contract: one file per endpoint, everything shared around them.
package http

import (
	"cmp"
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
)

// DefaultPatience is how long a repeat waits for the first request with its Idempotency-Key.
const DefaultPatience = 2 * time.Second

// Config is what the server needs.
type Config struct {
	Service *app.Service
	Ready   func(context.Context) error // nil error: the database answers and has its schema
	Log     *slog.Logger
	Schemas fs.FS // the JSON Schemas served under /schemas/
	// Metrics is what /metrics answers; the server adds its own. Nil: those alone.
	Metrics *prometheus.Registry
	// Feed tells streams of events what is new, and ends them.
	Feed EventFeed
	// Heartbeat is how often a silent stream shows that it lives; zero: DefaultHeartbeat.
	Heartbeat time.Duration
	// Patience is how long a repeat waits for the first request with its Idempotency-Key; zero: DefaultPatience.
	Patience time.Duration
}

// server implements the generated strict interface; each endpoint is in a file of its own.
type server struct {
	service   *app.Service
	ready     func(context.Context) error
	log       *slog.Logger
	patience  time.Duration
	inFlight  inFlight
	contract  contract
	schemas   fs.FS
	metrics   metrics
	feed      EventFeed
	heartbeat time.Duration
	streams   atomic.Int64 // how many are open
	registry  *prometheus.Registry
}

var _ api.StrictServerInterface = (*server)(nil)

// New returns the handler of the whole API.
func New(c Config) (http.Handler, error) {
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(api.Contract)
	if err != nil {
		return nil, err
	}
	s := &server{service: c.Service, ready: c.Ready, log: c.Log, schemas: c.Schemas, patience: cmp.Or(c.Patience, DefaultPatience), feed: c.Feed, heartbeat: cmp.Or(c.Heartbeat, DefaultHeartbeat)}
	if s.contract, err = newContract(doc); err != nil {
		return nil, err
	}
	if s.registry = c.Metrics; s.registry == nil {
		s.registry = prometheus.NewRegistry()
	}
	if s.metrics, err = newMetrics(s.registry); err != nil {
		return nil, err
	}
	strict := api.NewStrictHandlerWithOptions(s, nil, api.StrictHTTPServerOptions{
		RequestErrorHandlerFunc:  s.unbindable,
		ResponseErrorHandlerFunc: s.fail,
	})
	routes := &router{server: s, doc: doc}
	api.HandlerWithOptions(strict, api.StdHTTPServerOptions{BaseRouter: routes, ErrorHandlerFunc: s.unbindable})
	return s.surround(routes), nil
}

// unbindable answers what passed the contract's check and still could not be read: the two readers disagree.
func (s *server) unbindable(w http.ResponseWriter, r *http.Request, err error) {
	s.log.WarnContext(r.Context(), "request passed the contract but not the binder", "error", err, "path", r.URL.Path)
	s.fail(w, r, fault.New(fault.Malformed, "request.invalid", nil).Because(err))
}

// surround is what holds for every request, whatever it asks for.
func (s *server) surround(next *router) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		c, err := newCall(r)
		w := &watched{ResponseWriter: rw, status: http.StatusOK}
		r = r.WithContext(context.WithValue(r.Context(), callKey{}, c))
		defer s.observe(r, w, time.Now())
		w.Header().Set("X-Request-Id", c.requestID)
		w.Header().Set("Vary", "Accept-Language")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		defer s.recover(w, r)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// observe counts a request that has been answered and writes its line.
func (s *server) observe(r *http.Request, w *watched, began time.Time) {
	c, took := callOf(r.Context()), time.Since(began)
	s.metrics.answered(c, w, took)
	s.log.InfoContext(r.Context(), "request", "method", r.Method, "path", r.URL.Path, "status", w.status, "took", took,
		"actor", c.actor, "request_id", c.requestID)
}

// recover turns a panic into a problem and a log entry; the process goes on.
func (s *server) recover(w http.ResponseWriter, r *http.Request) {
	cause := recover()
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler { //nolint:errorlint // net/http panics with this very value
		panic(cause)
	}
	s.log.ErrorContext(r.Context(), "panic", "cause", cause, "stack", string(debug.Stack()), "request_id", callOf(r.Context()).requestID)
	s.fail(w, r, fault.New(fault.Internal, "service.internal", nil))
}
