package http

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
)

// inFlight holds the idempotency keys whose first request is still running here.
type inFlight struct {
	mu   sync.Mutex
	done map[app.ReceiptKey]chan struct{}
}

// enter claims a key. Where another request has it, wait is closed when that one is done.
func (f *inFlight) enter(key app.ReceiptKey) (leave func(), wait <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if done, busy := f.done[key]; busy {
		return nil, done
	}
	if f.done == nil {
		f.done = map[app.ReceiptKey]chan struct{}{}
	}
	done := make(chan struct{})
	f.done[key] = done
	return func() {
		f.mu.Lock()
		delete(f.done, key)
		f.mu.Unlock()
		close(done)
	}, nil
}

// effect is a use case about to run: it gets the request to pass on and answers with its result.
type effect func(req app.Request) (answer, error)

// once runs an effect at most once for the call's idempotency key. A repeat gets the first answer; while the first
// is running it waits a while; a key used with another request is refused. Without a key it just runs.
func (s *server) idempotent(ctx context.Context, key *string, render func(result any) (answer, error), run effect) (answer, error) {
	c := callOf(ctx)
	req := c.request()
	if key == nil {
		return run(req)
	}
	if !isLine(*key) {
		return answer{}, invalidRequest([]fault.Issue{lineIssue("header.Idempotency-Key")})
	}
	receipt := app.ReceiptKey{Actor: c.actor, Operation: c.operation, Key: *key}
	leave, err := s.claim(ctx, receipt)
	if err != nil {
		return answer{}, err
	}
	defer leave()
	req.Receipt = &app.NewReceipt{ReceiptKey: receipt, Fingerprint: c.fingerprint(), Render: func(result any) ([]byte, error) {
		a, err := render(result)
		if err != nil {
			return nil, err
		}
		return json.Marshal(a)
	}}
	if a, ok, err := s.replay(ctx, req.Receipt); ok || err != nil {
		return a, err
	}
	a, err := run(req)
	if errors.Is(err, app.ErrRepeated) { // another replica was first
		if a, ok, err := s.replay(ctx, req.Receipt); ok || err != nil {
			return a, err
		}
		return answer{}, fault.New(fault.Conflict, "idempotency.in_progress", nil)
	}
	return a, err
}

// claim waits for the key, at most s.patience.
func (s *server) claim(ctx context.Context, key app.ReceiptKey) (leave func(), err error) {
	timer := time.NewTimer(s.patience)
	defer timer.Stop()
	for {
		leave, wait := s.inFlight.enter(key)
		if leave != nil {
			return leave, nil
		}
		select {
		case <-wait:
		case <-timer.C:
			return nil, fault.New(fault.Conflict, "idempotency.in_progress", nil)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (s *server) replay(ctx context.Context, r *app.NewReceipt) (a answer, ok bool, err error) {
	kept, ok, err := s.service.Replay(ctx, r.ReceiptKey, r.Fingerprint)
	if err != nil || !ok {
		return answer{}, false, err
	}
	if err := json.Unmarshal(kept, &a); err != nil {
		return answer{}, false, err
	}
	return a.with("Idempotency-Replayed", "true"), true, nil
}

// fingerprint tells one request of an operation from another: its path and its body.
func (c *call) fingerprint() string {
	sum := sha256.Sum256(append([]byte(c.url.EscapedPath()+"\n"), c.body...))
	return hex.EncodeToString(sum[:])
}
