package http

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
)

// inFlight holds the idempotency keys whose first request is still running in this process.
type inFlight struct {
	mu   sync.Mutex
	done map[app.ReceiptKey]chan struct{} // each channel is closed when the request with the key is done
}

// tryAcquire acquires a key. If another request holds the key, release is nil, and the channel released is closed when
// that request is done.
func (f *inFlight) tryAcquire(key app.ReceiptKey) (release func(), released <-chan struct{}) {
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

// renderer renders the result of a use case in two parts. A receipt keeps the first part, the reply; the second part
// renders the entity, also for a repeat.
type renderer[Result any] struct {
	reply  func(Result) app.Reply
	render func(Result, app.Reply) (response, error)
}

func (r renderer[Result]) response(result Result) (response, error) {
	return r.render(result, r.reply(result))
}

// operation is a use case that can be requested with an idempotency key, together with the rendering of its result.
type operation[Result any] struct {
	run func(req app.Request) (Result, error)
	renderer[Result]
	// attach sets the receipt on the request. The use case stores the receipt, which holds the key and the reply, in
	// the same transaction as its changes.
	attach func(*app.Request, *app.NewReceipt[Result])
}

func runOperation(execute func(app.Request) (run.Run, error), r renderer[run.Run]) operation[run.Run] {
	attach := func(req *app.Request, r *app.NewReceipt[run.Run]) { req.RunReceipt = r }
	return operation[run.Run]{execute, r, attach}
}

func procedureOperation(execute func(app.Request) (app.Saved, error), r renderer[app.Saved]) operation[app.Saved] {
	attach := func(req *app.Request, r *app.NewReceipt[app.Saved]) { req.SavedReceipt = r }
	return operation[app.Saved]{execute, r, attach}
}

// idempotent runs an operation unless an earlier request with the same idempotency key has succeeded. In that case, it
// returns the response of the earlier request. If the earlier request is still running, idempotent waits for it, but at
// most for s.repeatTimeout. It refuses a key that was used for another content, see call.head. Without a key, it
// always runs the operation.
func idempotent[Result any](ctx context.Context, s *server, key *string, o operation[Result]) (response, error) {
	c := callOf(ctx)
	req := c.request()
	if key == nil {
		return o.execute(req)
	}
	if !isSingleLine(*key) {
		return response{}, invalidRequest([]fault.Issue{lineIssue("header.Idempotency-Key")})
	}
	receipt := app.NewReceipt[Result]{
		ReceiptKey:  app.ReceiptKey{Actor: c.principal.Key(), Operation: c.operation, Key: *key},
		Fingerprint: app.NewFingerprint(s.hmacKey, c.head(), c.body),
		Reply:       o.reply,
	}
	release, err := s.acquire(ctx, receipt.ReceiptKey)
	if err != nil {
		return response{}, err
	}
	defer release()
	o.attach(&req, &receipt)
	if res, ok, err := s.replay(ctx, receipt.ReceiptKey, receipt.Fingerprint); ok || err != nil {
		return res, err
	}
	res, err := o.execute(req)
	if errors.Is(err, app.ErrRepeated) { // the first request ran on another replica at the same time
		if res, ok, err := s.replay(ctx, receipt.ReceiptKey, receipt.Fingerprint); ok || err != nil {
			return res, err
		}
		return response{}, fault.New(fault.Conflict, "idempotency.in_progress", nil)
	}
	return res, err
}

// execute runs the operation and returns its rendered result.
func (o operation[Result]) execute(req app.Request) (response, error) {
	result, err := o.run(req)
	if err != nil {
		return response{}, err
	}
	return o.response(result)
}

// acquire acquires the key. If another request holds it, acquire waits, but at most for s.repeatTimeout.
func (s *server) acquire(ctx context.Context, key app.ReceiptKey) (release func(), err error) {
	timer := time.NewTimer(s.repeatTimeout)
	defer timer.Stop()
	for {
		release, released := s.inFlight.tryAcquire(key)
		if release != nil {
			return release, nil
		}
		select {
		case <-released:
		case <-timer.C:
			return nil, fault.New(fault.Conflict, "idempotency.in_progress", nil)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// replay returns the response to a repeated request from the receipt of the first one, and whether there is a receipt.
func (s *server) replay(
	ctx context.Context, key app.ReceiptKey, fingerprint app.Fingerprint,
) (res response, ok bool, err error) {
	replayed, ok, err := s.as(ctx).Replay(ctx, callOf(ctx).permission, key, fingerprint)
	if err != nil || !ok {
		return response{}, false, err
	}
	if res, err = callOf(ctx).replayedResponse(ctx, replayed); err != nil {
		return response{}, false, err
	}
	return res.withHeader("Idempotency-Replayed", "true"), true, nil
}

// replayedResponse renders the entity as it was when the first request was answered, with the status, the location and
// the language of that answer.
func (c *call) replayedResponse(ctx context.Context, r app.Replayed) (res response, err error) {
	switch {
	case r.Answer != nil:
		err = json.Unmarshal(r.Answer, &res)
		return res, err
	case r.Run == nil:
		return c.procedureReply(r.Procedure, r.Reply)
	}
	res, err = c.runReply(ctx, *r.Run, r.Reply)
	if r.ErasedSince {
		res = res.withHeader("ETag", pastETag(res.Header["ETag"], *r.Run))
	}
	return res, err
}

// head returns what the fingerprint is made of besides the body: the path, and the form of numbers if the client
// prefers another one than that of JSON. Requests with the same key must have the same head, so that a repeat is
// answered in the form of the first answer. Without a preference, the head is that of earlier releases.
func (c *call) head() []byte {
	head := c.url.EscapedPath() + "\n"
	if c.numbers == stringNumbers {
		head = numbersPreference + "=" + numbersAsStrings + "\n" + head // no path begins like this
	}
	return []byte(head)
}
