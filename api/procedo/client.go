// Package procedo is a client of the service for Go programs. It adds to the generated client in package client what
// programs would otherwise write themselves: headers that are the same for every request, problems as errors, lists and
// event streams as iterators, and repeats that store nothing twice.
package procedo

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/procedo/procedo/api/client"
)

// Client calls the service. It is safe for concurrent use. For operations without a method of their own, use API with
// Decode: Decode[client.StepCheck](c.API.CheckStep(…)).
type Client struct {
	// API is the generated client. Its requests have the same headers and are repeated in the same way.
	API    *client.Client
	stream *client.Client // does not repeat, since Follow does
}

type settings struct {
	actor, language string
	token           func(context.Context) (string, error) // nil: none
	doer            client.HttpRequestDoer
	retries         int
	maxPause        time.Duration
	timeout         time.Duration
	wait            func(ctx context.Context, attempt int, err error) error // nil: retries and maxPause apply
	back            func() error
}

// Option changes how a client works.
type Option func(*settings)

// WithActor names who acts, in the X-Actor header of every request.
func WithActor(name string) Option { return func(s *settings) { s.actor = name } }

// WithToken sends a bearer token with every request, for a service that authenticates its callers. The function is
// asked for the token each time, so that it can renew it. Its error ends the request; Follow asks again after an error
// that is a net.Error.
func WithToken(token func(context.Context) (string, error)) Option {
	return func(s *settings) { s.token = token }
}

// WithLanguage sets the language of texts, such as "fr" or "fr-CH, en;q=0.5".
func WithLanguage(tags string) Option { return func(s *settings) { s.language = tags } }

// WithHTTPClient sets what sends the requests; by default http.DefaultClient.
func WithHTTPClient(doer client.HttpRequestDoer) Option { return func(s *settings) { s.doer = doer } }

// WithRetries sets how often a request is repeated at most, and the longest pause before a repeat. If the service asks
// for a longer pause with Retry-After, its answer is returned at once. The default is 4 and 10 seconds; 0 sends each
// request once, without an Idempotency-Key.
func WithRetries(limit int, maxPause time.Duration) Option {
	return func(s *settings) { s.retries, s.maxPause = limit, maxPause }
}

// WithWait makes the client repeat requests until the service answers, in place of WithRetries. wait is called before
// each repeat and returns when it is time for it. attempt is the number of repeats so far; err is the error of the last
// attempt, or nil if the service answered that it cannot carry out the request yet. If wait returns an error, the
// request fails with it. back is called when the service has answered after a repeat; if it returns an error, the
// request fails with it; back may be nil. A 429 is an answer. Follow does not use them.
func WithWait(wait func(ctx context.Context, attempt int, err error) error, back func() error) Option {
	return func(s *settings) { s.wait, s.back = wait, back }
}

// WithTimeout limits the time of each attempt; by default 30 seconds. 0 is no limit. It does not apply to bundles and
// event streams.
func WithTimeout(d time.Duration) Option { return func(s *settings) { s.timeout = d } }

// IsAddress reports whether server can be the address of a service: a URL with the scheme http or https, and a host.
func IsAddress(server string) bool {
	u, err := url.Parse(server)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
}

// New returns a client of the service at an address such as http://127.0.0.1:8080.
func New(server string, options ...Option) (*Client, error) {
	if !IsAddress(server) {
		// The message does not show the address, which may hold a password.
		return nil, errors.New("the address of the service is not one such as http://127.0.0.1:8080")
	}
	s := settings{doer: http.DefaultClient, retries: 4, maxPause: 10 * time.Second, timeout: 30 * time.Second}
	for _, option := range options {
		option(&s)
	}
	headers := client.WithRequestEditorFn(func(ctx context.Context, r *http.Request) error {
		if s.token != nil {
			token, err := s.token(ctx)
			if err != nil {
				return tokenError{err}
			}
			r.Header.Set("Authorization", "Bearer "+token)
		}
		if s.actor != "" {
			r.Header.Set("X-Actor", s.actor)
		}
		if s.language != "" {
			r.Header.Set("Accept-Language", s.language)
		}
		return nil
	})
	api, err := client.NewClient(server, client.WithHTTPClient(&retrier{s}), headers)
	if err != nil {
		return nil, err
	}
	stream, err := client.NewClient(server, client.WithHTTPClient(s.doer), headers)
	return &Client{api, stream}, err
}

// tokenError is an error of the function for tokens.
type tokenError struct{ error }

func (e tokenError) Unwrap() error { return e.error }
