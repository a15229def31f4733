package app

import (
	"context"
	"errors"
	"time"

	"github.com/procedo/procedo/core/run"
)

// ReceiptLife is how long the answer to a request is kept for repeats of the request.
const ReceiptLife = 24 * time.Hour

// Receipts stores the answers to requests with an idempotency key. If a request changes something, the port that writes
// the change also writes the receipt, in the same transaction.
type Receipts interface {
	// Find returns the receipt of a key if it was created at the given time or later; ok is false if there is none.
	Find(ctx context.Context, key ReceiptKey, notBefore time.Time) (r Receipt, ok bool, err error)
	// Save writes the receipt of a request that changed nothing. A receipt with the same key that is older than
	// ReceiptLife is replaced. If a newer one exists, Save returns ErrReceiptTaken. It returns ErrMoved if the receipt
	// names a run whose last event does not have the seq r.Seq, and may return it if another request replaces the older
	// receipt at the same time.
	Save(ctx context.Context, r Receipt) error
	// Prune removes the receipts created before the given time.
	Prune(ctx context.Context, before time.Time) error
}

// ReceiptKey is an idempotency key together with its scope, the actor and the operation.
type ReceiptKey struct {
	Actor, Operation, Key string
}

// Receipt is the stored answer to a request.
type Receipt struct {
	ReceiptKey
	Fingerprint string // of the request; see Fingerprint.Matches
	Answer      []byte // opaque to the core
	RunID       string // the run that the answer shows; empty if it shows a procedure
	Seq         int64  // seq of the run's last event in the answer
	CreatedAt   time.Time
}

// NewReceipt makes the receipt of a request once its result is known.
type NewReceipt[Result any] struct {
	ReceiptKey
	Fingerprint Fingerprint
	Render      func(Result) ([]byte, error) // returns the answer that a repeat will get
}

// receipt returns the receipt for a result, or nil if the request has no idempotency key.
func (n *NewReceipt[Result]) receipt(result Result, at time.Time) (*Receipt, error) {
	if n == nil {
		return nil, nil //nolint:nilnil // a request without a key is not an error
	}
	answer, err := n.Render(result)
	r := &Receipt{ReceiptKey: n.ReceiptKey, Fingerprint: n.Fingerprint.String(), Answer: answer, CreatedAt: at}
	if shown, ok := any(result).(run.Run); ok {
		r.RunID, r.Seq = shown.ID, shown.Seq
	}
	return r, err
}

// ErrRepeated means that another request with the same key finished first. Replay returns the answer to that request.
var ErrRepeated = errors.New("repeated request")

// saveReceipt stores the receipt of a request that succeeded and changed nothing. If the run has changed since, no
// receipt is stored: its answer could show what was erased meanwhile. A repeat is then decided again.
func saveReceipt[Result any](ctx context.Context, s *Service, n *NewReceipt[Result], result Result) error {
	r, err := n.receipt(result, s.ports.Clock.Now())
	if r == nil || err != nil {
		return err
	}
	if err = s.ports.Receipts.Save(ctx, *r); errors.Is(err, ErrMoved) { // perhaps an expired receipt was replaced
		err = s.ports.Receipts.Save(ctx, *r)
	}
	if errors.Is(err, ErrMoved) && r.RunID != "" {
		return nil
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
