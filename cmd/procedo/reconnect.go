package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/fault"
)

// reconnector is an HTTP client. By default it sends each request once. After a call of waitAt, which needs a person at
// a console, it repeats each request until the server answers.
type reconnector struct {
	next client.HttpRequestDoer
	// wait is called before a request is repeated. attempt is the number of repetitions so far. err is the error of the
	// last attempt, or nil if the server answered with a status such as 503. If wait returns an error, Do gives up and
	// returns this error. If wait is nil, Do sends each request once.
	wait func(ctx context.Context, attempt int, err error) error
	back func() error // called when the server answers again
}

// Do sends a request. It adds an idempotency key to a POST that can be repeated, so that the server does not carry out
// a command again if only its answer was lost.
func (c *reconnector) Do(r *http.Request) (*http.Response, error) {
	if c.wait != nil && r.Method == http.MethodPost && r.Header.Get("Idempotency-Key") == "" {
		r.Header.Set("Idempotency-Key", uuid.NewString())
	}
	for attempt := 0; ; attempt++ {
		res, err := c.next.Do(r)
		switch {
		case c.wait == nil || r.Context().Err() != nil:
			return res, err
		case !isUnavailable(res, err):
			if attempt > 0 {
				err = errors.Join(err, c.back())
			}
			return res, err
		}
		if res != nil {
			_, _ = io.Copy(io.Discard, res.Body)
			res.Body.Close()
		}
		if failed := c.wait(r.Context(), attempt, err); failed != nil {
			return nil, failed
		}
		if r.GetBody != nil {
			if r.Body, err = r.GetBody(); err != nil {
				return nil, err
			}
		}
	}
}

// isUnavailable reports whether the server did not answer, or answered that it is unavailable.
func isUnavailable(res *http.Response, err error) bool {
	if err != nil {
		return !errors.Is(err, context.Canceled)
	}
	switch res.StatusCode {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// maxPause is the longest time between two attempts to reach a server.
const maxPause = 5 * time.Second

// waitAt makes the client repeat requests and tell the person at the console about it.
func (c *reconnector) waitAt(console terminal.Console) {
	c.back = func() error {
		discarded, err := console.Resume()
		terminal.Say(console, say("server_back", nil))
		if discarded {
			terminal.Say(console, say("typed_discarded", nil))
		}
		return err
	}
	c.wait = func(ctx context.Context, attempt int, err error) error {
		if attempt == 0 {
			terminal.Say(console, say("server_away", fault.Params{"reason": unavailableReason(err)}))
			if err := console.Wait(); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(time.Duration(attempt+1)*time.Second/2, maxPause)):
			return nil
		}
	}
}
