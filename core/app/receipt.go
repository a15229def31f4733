package app

import (
	"context"
	"errors"
	"time"

	"github.com/procedo/procedo/core/fault"
)

// ReceiptLife is how long a repeat of a request is recognised.
const ReceiptLife = 24 * time.Hour

// Receipts keeps the answers of requests that bore an idempotency key. A receipt that goes with an effect is
// written by the port that writes the effect, in the same transaction; ErrReceiptTaken where its key is in use.
type Receipts interface {
	// Find returns the receipt of a key created at or after since; ok is false when there is none.
	Find(ctx context.Context, key ReceiptKey, since time.Time) (r Receipt, ok bool, err error)
	// Save writes a receipt for a request that changed nothing else. ErrReceiptTaken where the key is in use by a
	// receipt that is not older than ReceiptLife; an older one is replaced.
	Save(ctx context.Context, r Receipt) error
	// Prune removes receipts created before the instant.
	Prune(ctx context.Context, before time.Time) error
}

// ReceiptKey is the scope of an idempotency key.
type ReceiptKey struct {
	Actor, Operation, Key string
}

// Receipt is the kept answer of a request.
type Receipt struct {
	ReceiptKey
	Fingerprint string // of the request: a repeat must have the same
	Answer      []byte // opaque to the core
	CreatedAt   time.Time
}

// NewReceipt makes the receipt of a request once its result is known. Render turns the use case's result (a
// RunView or a ProcedureView) into the answer that a repeat will get.
type NewReceipt struct {
	ReceiptKey
	Fingerprint string
	Render      func(result any) ([]byte, error)
}

// ErrRepeated says that another request with the same key finished first: ask Replay.
var ErrRepeated = errors.New("repeated request")

// Replay returns the kept answer to a request with this key, or ok false when there is none. A key that was used
// with another request is Invalid.
func (s *Service) Replay(ctx context.Context, key ReceiptKey, fingerprint string) (answer []byte, ok bool, err error) {
	r, ok, err := s.Receipts.Find(ctx, key, s.Clock.Now().Add(-ReceiptLife))
	if err != nil || !ok {
		return nil, false, err
	}
	if r.Fingerprint != fingerprint {
		return nil, false, fault.New(fault.Invalid, "idempotency.mismatch", nil)
	}
	return r.Answer, true, nil
}

// receipt makes what goes into storage with the effect; nil where the caller gave no key.
func (req Request) receipt(result any, at time.Time) (*Receipt, error) {
	if req.Receipt == nil {
		return nil, nil //nolint:nilnil // no key, no receipt: not an error
	}
	answer, err := req.Receipt.Render(result)
	return &Receipt{ReceiptKey: req.Receipt.ReceiptKey, Fingerprint: req.Receipt.Fingerprint, Answer: answer, CreatedAt: at}, err
}

// unchanged keeps the receipt of a request that succeeded without an effect.
func (s *Service) unchanged(ctx context.Context, req Request, result any) error {
	at := s.Clock.Now()
	r, err := req.receipt(result, at)
	if r == nil || err != nil {
		return err
	}
	if err = s.Receipts.Save(ctx, *r); errors.Is(err, ErrMoved) { // somebody touched the expired one of this key meanwhile
		err = s.Receipts.Save(ctx, *r)
	}
	return asRepeat(err)
}

func asRepeat(err error) error {
	if errors.Is(err, ErrReceiptTaken) {
		return ErrRepeated
	}
	return err
}
