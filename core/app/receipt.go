package app

import (
	"context"
	"errors"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
)

// ReceiptLife is how long a receipt is kept for repeats of its request.
const ReceiptLife = 24 * time.Hour

// Receipts stores the receipts of requests with an idempotency key. If a request changes something, the port that
// writes the change also writes the receipt, in the same transaction.
type Receipts interface {
	// Find returns the receipt of a key if it was created at the given time or later; ok is false if there is none.
	Find(ctx context.Context, key ReceiptKey, notBefore time.Time) (r Receipt, ok bool, err error)
	// Save writes the receipt of a request that changed nothing. A receipt with the same key that is older than
	// ReceiptLife is replaced. If a newer one exists, Save returns ErrReceiptTaken. It may return ErrMoved if another
	// request replaces the older receipt at the same time.
	Save(ctx context.Context, r Receipt) error
	// Prune removes the receipts created before the given time, and dates those created after now to now.
	Prune(ctx context.Context, before, now time.Time) error
}

// ReceiptKey is an idempotency key together with its scope, the actor and the operation.
type ReceiptKey struct {
	Actor, Operation, Key string
}

// Receipt says what a request was answered with. It does not hold the answer: a repeat shows the entity as it was after
// the event with the given seq. The size of a receipt is therefore bounded, and it holds no text that can be erased.
type Receipt struct {
	ReceiptKey
	Fingerprint string // of the request; see Fingerprint.Matches
	CreatedAt   time.Time
	Entity      audit.Entity // the run or the procedure in the answer
	Seq         int64        // seq of the entity's last event in the answer
	Reply       Reply
	// Answer is the whole answer if the receipt was written by an earlier release, and nil otherwise. It is opaque to
	// the core. Then Seq and Reply are zero, and so is Entity unless the answer shows a run.
	Answer []byte
}

// Reply is the part of an answer that cannot be rendered again from the stored entity.
type Reply struct {
	Status   int             // HTTP status
	Location string          // header Location; empty if there is none
	Language string          // tag of the language of the texts
	Warnings fault.IssueList // about the request
}

const (
	maxReceiptWarnings = 16 << 10 // bytes of JSON of the warnings in a receipt
	maxReceiptLanguage = 255      // bytes
)

// NewReceipt makes the receipt of a request once its result is known.
type NewReceipt[Result any] struct {
	ReceiptKey
	Fingerprint Fingerprint
	Reply       func(Result) Reply
}

// receiptOfRun returns the receipt of a request that is answered with a run, or nil if it has no idempotency key.
func receiptOfRun(n *NewReceipt[run.Run], r run.Run, at time.Time) *Receipt {
	return n.receipt(r, audit.Run(r.ID), r.Seq, at)
}

// receiptOfSaved is receiptOfRun for a request that is answered with a procedure.
func receiptOfSaved(n *NewReceipt[Saved], s Saved, at time.Time) *Receipt {
	return n.receipt(s, audit.Procedure(s.View.Record.ID), s.View.Record.Head.Seq, at)
}

// receipt returns the receipt for a result, which shows the entity as it was after the event with the given seq.
func (n *NewReceipt[Result]) receipt(result Result, shown audit.Entity, seq int64, at time.Time) *Receipt {
	if n == nil {
		return nil
	}
	return &Receipt{
		ReceiptKey: n.ReceiptKey, Fingerprint: n.Fingerprint.String(), CreatedAt: at, Entity: shown, Seq: seq,
		Reply: n.Reply(result).bounded(),
	}
}

// bounded returns the reply with at most maxReceiptWarnings bytes of warnings. If some are left out, the last warning
// says how many. A language tag that is too long is left out: a repeat is then in the procedure's own language.
func (r Reply) bounded() Reply {
	if len(r.Language) > maxReceiptLanguage {
		r.Language = ""
	}
	room, kept := maxReceiptWarnings, fault.IssueList{}
	for _, w := range r.Warnings.First {
		size, err := json.Marshal(w)
		if room -= len(size) + 1; room < 0 || err != nil {
			break
		}
		kept.Add(w)
	}
	if r.Warnings.Count > kept.Count {
		kept.First = kept.First[:min(len(kept.First), fault.MaxIssues-1)] // leave room for the last one
		omitted := r.Warnings.Count - len(kept.First)
		kept.First = append(kept.First, fault.Issue{
			Code: "receipt.warnings_omitted", Params: fault.Params{"count": omitted},
		})
		kept.Count = len(kept.First)
	}
	r.Warnings = kept
	return r
}

// ErrRepeated means that another request with the same key finished first. Replay returns the answer to that request.
var ErrRepeated = errors.New("repeated request")

// saveReceipt stores the receipt of a request that succeeded and changed nothing. r is nil if it has none.
func (s *UseCases) saveReceipt(ctx context.Context, r *Receipt) error {
	if r == nil {
		return nil
	}
	err := s.ports.Receipts.Save(ctx, *r)
	if errors.Is(err, ErrMoved) { // an expired receipt was replaced
		err = s.ports.Receipts.Save(ctx, *r)
	}
	return asRepeat(err)
}

// findRepeated returns ErrRepeated if there is a receipt of another request with the same key, and nil if there is none
// or the request has no key. A request looks for it before it is refused: on another replica, the first request may
// have changed the entity since this one looked for its receipt, and this change may be the reason for the refusal.
func findRepeated[Result any](ctx context.Context, s *UseCases, n *NewReceipt[Result]) error {
	if n == nil {
		return nil
	}
	_, found, err := s.ports.Receipts.Find(ctx, n.ReceiptKey, s.receiptCutoff())
	if err == nil && found {
		err = ErrRepeated
	}
	return err
}

// refusedUnlessRepeated returns ErrRepeated in place of a refusal that the first request with the same key may have
// caused, and any other error unchanged.
func refusedUnlessRepeated[Result any](ctx context.Context, s *UseCases, n *NewReceipt[Result], err error) error {
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.Stale) {
		if repeated := findRepeated(ctx, s, n); repeated != nil {
			return repeated
		}
	}
	return err
}

// asRepeat returns ErrRepeated for ErrReceiptTaken, and any other error unchanged.
func asRepeat(err error) error {
	if errors.Is(err, ErrReceiptTaken) {
		return ErrRepeated
	}
	return err
}
