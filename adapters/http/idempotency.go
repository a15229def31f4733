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
	"github.com/procedo/procedo/core/run"
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

// operation is a use case that may be repeated, and how its result is answered.
type operation[Result any] struct {
	run    func(req app.Request) (Result, error)
	render func(Result) (answer, error)
	// attach gives the request the receipt that is stored with the effect.
	attach func(*app.Request, *app.NewReceipt[Result])
}

// runOperation is an operation whose result is a run.
func runOperation(execute func(app.Request) (run.Run, error), render func(run.Run) (answer, error)) operation[run.Run] {
	return operation[run.Run]{execute, render, func(req *app.Request, r *app.NewReceipt[run.Run]) { req.RunReceipt = r }}
}

// procedureOperation is an operation whose result is a saved procedure.
func procedureOperation(execute func(app.Request) (app.Saved, error), render func(app.Saved) (answer, error)) operation[app.Saved] {
	return operation[app.Saved]{execute, render, func(req *app.Request, r *app.NewReceipt[app.Saved]) { req.SavedReceipt = r }}
}

// idempotent runs an operation at most once for the call's idempotency key. A repeat gets the first answer; while the first
// is still running, it waits for a while. A key that was used with another request is refused. Without a key, the operation
// just runs.
func idempotent[Result any](ctx context.Context, s *server, key *string, o operation[Result]) (answer, error) {
	c := callOf(ctx)
	req := c.request()
	if key == nil {
		return o.answer(req)
	}
	if !isLine(*key) {
		return answer{}, invalidRequest([]fault.Issue{lineIssue("header.Idempotency-Key")})
	}
	receipt := app.NewReceipt[Result]{
		ReceiptKey:  app.ReceiptKey{Actor: c.actor, Operation: c.operation, Key: *key},
		Fingerprint: c.fingerprint(),
		Render: func(result Result) ([]byte, error) {
			a, err := o.render(result)
			if err != nil {
				return nil, err
			}
			return json.Marshal(a)
		},
	}
	leave, err := s.claim(ctx, receipt.ReceiptKey)
	if err != nil {
		return answer{}, err
	}
	defer leave()
	o.attach(&req, &receipt)
	if a, ok, err := s.replay(ctx, receipt.ReceiptKey, receipt.Fingerprint); ok || err != nil {
		return a, err
	}
	a, err := o.answer(req)
	if errors.Is(err, app.ErrRepeated) { // another replica was first
		if a, ok, err := s.replay(ctx, receipt.ReceiptKey, receipt.Fingerprint); ok || err != nil {
			return a, err
		}
		return answer{}, fault.New(fault.Conflict, "idempotency.in_progress", nil)
	}
	return a, err
}

// answer runs the operation and renders its result.
func (o operation[Result]) answer(req app.Request) (answer, error) {
	result, err := o.run(req)
	if err != nil {
		return answer{}, err
	}
	return o.render(result)
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

func (s *server) replay(ctx context.Context, key app.ReceiptKey, fingerprint string) (a answer, ok bool, err error) {
	kept, ok, err := s.service.Replay(ctx, key, fingerprint)
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
