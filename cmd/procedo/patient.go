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

// patient is an HTTP client that, once a person is at work, waits for a server that does not answer and sends the
// request again. Until then, and for scripts, it returns the error.
type patient struct {
	next client.HttpRequestDoer
	// wait is called before each further attempt, counted from 0. It returns an error to give up. It is nil as long as
	// nobody waits.
	wait func(ctx context.Context, attempt int, err error) error
	back func() // called when the server answers again
}

// Do sends a request. A POST gets an idempotency key, so that a command that was carried out although its answer was
// lost is not carried out twice.
func (p *patient) Do(r *http.Request) (*http.Response, error) {
	if p.wait != nil && r.Method == http.MethodPost && r.Header.Get("Idempotency-Key") == "" {
		r.Header.Set("Idempotency-Key", uuid.NewString())
	}
	for attempt := 0; ; attempt++ {
		res, err := p.next.Do(r)
		switch {
		case p.wait == nil || r.Context().Err() != nil:
			return res, err
		case !isAway(res, err):
			if attempt > 0 {
				p.back()
			}
			return res, err
		}
		if res != nil {
			_, _ = io.Copy(io.Discard, res.Body)
			res.Body.Close()
		}
		if failed := p.wait(r.Context(), attempt, err); failed != nil {
			return nil, failed
		}
		if r.GetBody != nil {
			if r.Body, err = r.GetBody(); err != nil {
				return nil, err
			}
		}
	}
}

// isAway reports whether the server, or the database behind it, did not answer.
func isAway(res *http.Response, err error) bool {
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

// waitAt makes the client wait for the server while a person is at a console.
func (p *patient) waitAt(console terminal.Console) {
	p.back = func() { terminal.Say(console, say("server_back", nil)) }
	p.wait = func(ctx context.Context, attempt int, err error) error {
		if attempt == 0 {
			terminal.Say(console, say("server_away", fault.Params{"reason": awayReason(err)}))
		}
		return console.Interruptible(func() error {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(min(time.Duration(attempt+1)*time.Second/2, maxPause)):
				return nil
			}
		})
	}
}
