// Package http serves the API of openapi.yaml. Each endpoint has a file of its own.
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

// DefaultRepeatTimeout is the default of Config.RepeatTimeout.
const DefaultRepeatTimeout = 2 * time.Second

// Config holds the settings of the server.
type Config struct {
	Service *app.Service
	Ready   func(context.Context) error // returns nil if the database answers and has its schema
	Log     *slog.Logger
	Schemas fs.FS // the JSON Schemas served under /schemas/
	// Metrics holds the metrics that /metrics shows, to which the server adds its own. If it is nil, only those are
	// shown.
	Metrics *prometheus.Registry
	// Feed notifies event streams of new events, and ends them.
	Feed EventFeed
	// Heartbeat is the interval of the comments that keep an event stream open. If it is zero, it is DefaultHeartbeat.
	Heartbeat time.Duration
	// RepeatTimeout is how long a repeated request waits for the first one with its Idempotency-Key. If it is zero, it
	// is DefaultRepeatTimeout.
	RepeatTimeout time.Duration
}

// server implements the generated interface of the API.
type server struct {
	service       *app.Service
	ready         func(context.Context) error
	log           *slog.Logger
	repeatTimeout time.Duration
	inFlight      inFlight
	contract      contract
	schemas       fs.FS
	metrics       metrics
	feed          EventFeed
	heartbeat     time.Duration
	openStreams   atomic.Int64
	registry      *prometheus.Registry
}

var _ api.StrictServerInterface = (*server)(nil)

// New returns the handler of the API.
func New(c Config) (http.Handler, error) {
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(api.Contract)
	if err != nil {
		return nil, err
	}
	s := &server{
		service: c.Service, ready: c.Ready, log: c.Log, schemas: c.Schemas, feed: c.Feed,
		repeatTimeout: cmp.Or(c.RepeatTimeout, DefaultRepeatTimeout), heartbeat: cmp.Or(c.Heartbeat, DefaultHeartbeat),
	}
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
		RequestErrorHandlerFunc:  s.bindError,
		ResponseErrorHandlerFunc: s.writeError,
	})
	routes := &router{server: s, doc: doc}
	api.HandlerWithOptions(strict, api.StdHTTPServerOptions{BaseRouter: routes, ErrorHandlerFunc: s.bindError})
	return s.middleware(routes), nil
}

// bindError responds to a request that conforms to the contract but that the generated code could not bind: the two
// disagree.
func (s *server) bindError(w http.ResponseWriter, r *http.Request, err error) {
	s.log.WarnContext(r.Context(), "request passed the contract but not the binder", "error", err, "path", r.URL.Path)
	s.writeError(w, r, fault.New(fault.Malformed, "request.invalid", nil).Because(err))
}

// middleware adds what every request needs: its call, common headers, a log entry, metrics, and recovery from panics.
func (s *server) middleware(next *router) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		c, err := newCall(r)
		w := &statusRecorder{ResponseWriter: rw, status: http.StatusOK}
		r = r.WithContext(context.WithValue(r.Context(), callKey{}, c))
		defer s.recordRequest(r, w, time.Now())
		w.Header().Set("X-Request-Id", c.requestID)
		w.Header().Set("Vary", "Accept-Language")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		defer s.recoverPanic(w, r)
		if err != nil {
			s.writeError(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// recordRequest counts a request that has been responded to, and logs it.
func (s *server) recordRequest(r *http.Request, w *statusRecorder, start time.Time) {
	c, duration := callOf(r.Context()), time.Since(start)
	s.metrics.countRequest(c, w, duration)
	s.log.InfoContext(r.Context(), "request", "method", r.Method, "path", r.URL.Path, "status", w.status,
		"duration", duration, "actor", c.actor, "request_id", c.requestID)
}

// recoverPanic recovers from a panic, logs it and responds with a problem.
func (s *server) recoverPanic(w http.ResponseWriter, r *http.Request) {
	cause := recover()
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler { //nolint:errorlint // the value itself, never wrapped
		panic(cause)
	}
	s.log.ErrorContext(r.Context(), "panic", "cause", cause, "stack", string(debug.Stack()),
		"request_id", callOf(r.Context()).requestID)
	s.writeError(w, r, fault.New(fault.Internal, "service.internal", nil))
}
