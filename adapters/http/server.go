// Package http serves the API of openapi.yaml. The handlers are in files named after their endpoints.
package http

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/procedo/procedo/adapters/jsonschema"
	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
)

// DefaultRepeatTimeout is the timeout if Config.RepeatTimeout is zero.
const DefaultRepeatTimeout = 2 * time.Second

// Config holds the settings of the server.
type Config struct {
	Service *app.Service
	Ready   func(context.Context) error // returns nil if the database answers and has a schema
	Log     *slog.Logger
	Schemas fs.FS  // the JSON Schemas served under /schemas/
	Version string // of the program, shown at /
	// Metrics is the registry that /metrics shows. The server adds its own metrics to the registry. If Metrics is nil,
	// /metrics shows only the metrics of the server.
	Metrics *prometheus.Registry
	// Feed sends events to event streams. When it stops, the open streams end.
	Feed EventFeed
	// RepeatTimeout is how long a repeated request waits for an earlier one with the same Idempotency-Key to finish.
	// Zero means DefaultRepeatTimeout.
	RepeatTimeout time.Duration
	// HMACKey is the secret key of the fingerprints in receipts. All replicas must have the same one.
	HMACKey []byte
	// Requests limits the requests of each actor and each address; nil means that they are not limited.
	Requests RequestLimit
	// Hosts decides which Host headers are accepted. The zero value accepts all.
	Hosts Hosts
	// RequestTimeout is how long the work for a request may take. Event streams have no such limit. Zero means
	// DefaultRequestTimeout.
	RequestTimeout time.Duration
	// MaxStreams is the maximum number of open event streams. Zero means MaxStreams.
	MaxStreams int
	// ClockBehind returns how far the system clock is behind the newest checkpoint, of which /readyz warns. Nil means
	// that there are no checkpoints.
	ClockBehind func() time.Duration
	// RunAnswers and ProcedureAnswers store rendered answers. Nil means that each answer is rendered anew.
	RunAnswers, ProcedureAnswers AnswerCache
	// Tracing makes spans; nil means that requests are not traced.
	Tracing *Tracing
	// Authenticator verifies bearer tokens. Nil means that nobody is authenticated: the actor is then the X-Actor
	// header.
	Authenticator Authenticator
	// Sessions finds the tokens of requests that have none themselves. Nil means that only bearer tokens count.
	Sessions Sessions
	// Origin is the scheme, host and port under which browsers reach the server, if a proxy changes the Host header. Its
	// pages may write.
	Origin string
	// Issuers are the URLs of the OpenID Connect issuers whose tokens Authenticator accepts, for the metadata of RFC
	// 9728.
	Issuers []string
	// Principal returns the principal of a caller who is not authenticated, by the header X-Actor. Nil means
	// access.Unproven.
	Principal func(actor string) access.Principal
	// Mounts are the parts of the server that the contract does not describe, by the beginning of their paths, such as
	// "/docs/".
	Mounts map[string]Mount
}

// server implements the generated interface of the API.
type server struct {
	service       *app.Service
	ready         func(context.Context) error
	log           *slog.Logger
	repeatTimeout time.Duration
	hmacKey       []byte
	inFlight      inFlight
	contract      contract
	schemas       fs.FS
	version       string
	metrics       metrics
	feed          EventFeed
	clockBehind   func() time.Duration
	openStreams   atomic.Int64
	verifying     chan struct{} // limits the verifications at the same time
	requestLimit  RequestLimit  // nil: no limit
	registry      *prometheus.Registry
	hosts         Hosts
	timeout       time.Duration
	maxStreams    int64
	tracing       *Tracing // nil: requests are not traced
	mounts        map[string]Mount
	authenticator Authenticator // nil: nobody is authenticated
	sessions      Sessions      // nil: only bearer tokens count
	crossOrigin   *http.CrossOriginProtection
	issuers       []string
	principal     func(actor string) access.Principal

	runAnswers, procedureAnswers AnswerCache // nil: not cached
}

var _ api.StrictServerInterface = (*server)(nil)

// New returns the handler of the API. It returns an error if c.HMACKey does not have app.ServiceKeySize bytes.
func New(c Config) (http.Handler, error) {
	if len(c.HMACKey) != app.ServiceKeySize {
		return nil, fmt.Errorf("the HMAC key has %d bytes, not %d", len(c.HMACKey), app.ServiceKeySize)
	}
	contract, err := jsonschema.Parse(api.ContractJSON)
	if err != nil {
		return nil, err
	}
	s := &server{
		service: c.Service, ready: c.Ready, log: c.Log, schemas: c.Schemas, feed: c.Feed, hmacKey: c.HMACKey,
		requestLimit: c.Requests, clockBehind: c.ClockBehind,
		repeatTimeout: cmp.Or(c.RepeatTimeout, DefaultRepeatTimeout),
		hosts:         c.Hosts, timeout: cmp.Or(c.RequestTimeout, DefaultRequestTimeout),
		maxStreams: int64(cmp.Or(c.MaxStreams, MaxStreams)),
		verifying:  make(chan struct{}, maxVerifications),
		runAnswers: c.RunAnswers, procedureAnswers: c.ProcedureAnswers, contract: newContract(),
		tracing: c.Tracing, mounts: c.Mounts, version: c.Version,
		authenticator: c.Authenticator, issuers: c.Issuers, principal: c.Principal,
		sessions: c.Sessions, crossOrigin: http.NewCrossOriginProtection(),
	}
	if c.Origin != "" {
		if err := s.crossOrigin.AddTrustedOrigin(c.Origin); err != nil {
			return nil, err
		}
	}
	if s.principal == nil {
		s.principal = access.Unproven
	}
	s.mountMetadata()
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
	routes := &routes{router: &router{server: s}, compiler: jsonschema.Compiler{Contract: contract}}
	api.HandlerWithOptions(strict, api.StdHTTPServerOptions{BaseRouter: routes, ErrorHandlerFunc: s.bindError})
	return s.middleware(routes.router), routes.err
}

// bindError responds to a request that passed the checks of the contract but could not be decoded by the generated
// code, for example an integer beyond 64 bits. Except for numbers, it logs that this happened, because the contract and
// the generated code should agree.
func (s *server) bindError(w http.ResponseWriter, r *http.Request, err error) {
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) && strings.HasPrefix(wrongType.Value, "number") {
		s.writeError(w, r, invalidRequest([]fault.Issue{{
			Field: "/" + strings.ReplaceAll(wrongType.Field, ".", "/"), Code: "request.type",
			Params: fault.Params{"expected": "integer"},
		}}))
		return
	}
	s.log.WarnContext(r.Context(), "request passed the contract but not the binder", "error", err, "path", r.URL.Path)
	s.writeError(w, r, fault.New(fault.Malformed, "request.invalid", nil).Because(err))
}

// vary names the request headers on which every answer may depend, if only because it may be a problem document.
const vary = "Accept-Language, Prefer"

// middleware creates the call of every request, sets the common headers of the response, records and logs the request,
// and recovers from panics.
func (s *server) middleware(next *router) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if s.tracing != nil {
			r = s.tracing.start(r) //nolint:contextcheck // it has the context of the request
		}
		outer, isWithin := r.Context().Value(callKey{}).(*call)
		c, err := newCall(r)
		if isWithin {
			c.within(outer)
		}
		w := &statusRecorder{ResponseWriter: rw, status: http.StatusOK}
		ctx, limit, stop := withDeadline(context.WithValue(r.Context(), callKey{}, c), s.timeout)
		defer stop()
		r, c.deadline = r.WithContext(ctx), limit
		defer s.recordRequest(r, w, time.Now())
		w.Header().Set("X-Request-Id", c.requestID)
		w.Header().Set("Vary", vary)
		joinLists(r.Header)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		defer s.recoverPanic(w, r)
		if !isWithin {
			err = cmp.Or(s.admit(w, r), err)
		}
		if err != nil {
			s.writeError(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// admit checks a request from outside and finds out who sent it. It returns an error if the request is refused.
func (s *server) admit(w http.ResponseWriter, r *http.Request) error {
	if refused := s.checkEdge(r); refused != nil {
		return refused
	}
	s.authenticate(w, r)
	return s.limitRequest(r)
}

// recordRequest records the metrics of a finished request, logs it and ends its span.
func (s *server) recordRequest(r *http.Request, w *statusRecorder, start time.Time) {
	c, duration := callOf(r.Context()), time.Since(start)
	s.metrics.countRequest(c, w, duration)
	s.log.InfoContext(r.Context(), "request", "method", r.Method, "path", r.URL.Path, "status", w.status,
		"duration", duration, "actor", c.principal.ID, "request_id", c.requestID)
	if s.tracing != nil {
		s.tracing.end(r.Context(), c, w)
	}
}

// recoverPanic recovers from a panic, logs it and responds with a problem.
func (s *server) recoverPanic(w http.ResponseWriter, r *http.Request) {
	cause := recover()
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler { //nolint:errorlint // net/http compares the value itself
		panic(cause)
	}
	s.log.ErrorContext(r.Context(), "panic", "cause", cause, "stack", string(debug.Stack()),
		"request_id", callOf(r.Context()).requestID)
	s.writeError(w, r, fault.New(fault.Internal, "service.internal", nil))
}
