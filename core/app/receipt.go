package app

import (
	"context"
	"errors"
	"time"
)

// ReceiptLife is how long a repeat of a request is recognised.
const ReceiptLife = 24 * time.Hour

// Receipts stores the answers of requests with an idempotency key. The receipt of a request that changed something is
// written by the port that writes the change, in the same transaction.
type Receipts interface {
	// Find returns the receipt of a key created at or after since; ok is false when there is none.
	Find(ctx context.Context, key ReceiptKey, since time.Time) (r Receipt, ok bool, err error)
	// Save writes the receipt of a request that changed nothing. It returns ErrReceiptTaken where the key is in use by
	// a receipt that is not older than ReceiptLife; an older one is replaced.
	Save(ctx context.Context, r Receipt) error
	// Prune removes receipts created before the instant.
	Prune(ctx context.Context, before time.Time) error
}

// ReceiptKey is an idempotency key in its scope.
type ReceiptKey struct {
	Actor, Operation, Key string
}

// Receipt is the stored answer of a request.
type Receipt struct {
	ReceiptKey
	Fingerprint string // of the request: a repeat must have the same
	Answer      []byte // opaque to the core
	CreatedAt   time.Time
}

// NewReceipt makes the receipt of a request once its result is known.
type NewReceipt[Result any] struct {
	ReceiptKey
	Fingerprint string
	Render      func(Result) ([]byte, error) // returns the answer that a repeat will get
}

// receipt returns the receipt for a result; nil where the caller gave no key.
func (n *NewReceipt[Result]) receipt(result Result, at time.Time) (*Receipt, error) {
	if n == nil {
		return nil, nil //nolint:nilnil // no key, no receipt: not an error
	}
	answer, err := n.Render(result)
	return &Receipt{ReceiptKey: n.ReceiptKey, Fingerprint: n.Fingerprint, Answer: answer, CreatedAt: at}, err
}

// ErrRepeated means that another request with the same key finished first. Replay returns its answer.
var ErrRepeated = errors.New("repeated request")

// saveReceipt stores the receipt of a request that succeeded and changed nothing.
func saveReceipt[Result any](ctx context.Context, s *Service, n *NewReceipt[Result], result Result) error {
	r, err := n.receipt(result, s.ports.Clock.Now())
	if r == nil || err != nil {
		return err
	}
	if err = s.ports.Receipts.Save(ctx, *r); errors.Is(err, ErrMoved) { // another request has replaced the expired one
		err = s.ports.Receipts.Save(ctx, *r)
	}
	return asRepeat(err)
}

// asRepeat returns ErrRepeated for ErrReceiptTaken, and any other error unchanged.
func asRepeat(err error) error {
	if errors.Is(err, ErrReceiptTaken) {
		return ErrRepeated
	}
	return err
}
