package postgres

import (
	"context"
	"errors"
	"time"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet is designed for dot imports
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/postgres/gen/table"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
)

// Receipts implements app.Receipts: it stores the answers to requests by idempotency key.
type Receipts struct{ DB *DB }

var (
	receipts = table.IdempotencyKeys

	receiptWithKey = receipts.Actor.EQ(textParam("actor")).
			AND(receipts.Operation.EQ(textParam("operation"))).
			AND(receipts.Key.EQ(textParam("key")))

	selectReceipt = prepare(SELECT(receipts.Fingerprint, receipts.Answer, receipts.CreatedAt).FROM(receipts).
			WHERE(receiptWithKey.AND(receipts.CreatedAt.GT_EQ(timeParam("since")))))

	expireReceipt = prepare(receipts.DELETE().
			WHERE(receiptWithKey.AND(receipts.CreatedAt.LT(timeParam("before")))))

	insertReceipt = prepare(insertInto(receipts, receipts.AllColumns))
	pruneReceipts = prepare(receipts.DELETE().WHERE(receipts.CreatedAt.LT(timeParam("before"))))

	// lockShown divides by zero unless the run's last event has the given seq. It locks the run until the receipt is
	// written: an erasure either waits and then deletes the receipt, or has moved the run on.
	lockShown = prepare(SELECT(Int(1).DIV(COUNT(STAR))).FROM(
		SELECT(runs.ID).FROM(runs).WHERE(runs.ID.EQ(textParam("id")).AND(runs.Seq.EQ(intParam("seq")))).
			FOR(SHARE()).AsTable("shown"),
	))

	// deleteOtherReceipts deletes the receipts of a run except the one with the given key.
	deleteOtherReceipts = prepare(receipts.DELETE().WHERE(receipts.RunID.EQ(textParam("run_id")).
				AND(receipts.Actor.NOT_EQ(textParam("actor")).
					OR(receipts.Operation.NOT_EQ(textParam("operation"))).
					OR(receipts.Key.NOT_EQ(textParam("key"))))))
)

// Find returns the receipt with the given key. It returns false if there is no such receipt, or if the receipt was
// created before the given time.
func (s Receipts) Find(ctx context.Context, key app.ReceiptKey, since time.Time) (app.Receipt, bool, error) {
	r := app.Receipt{ReceiptKey: key}
	err := s.DB.row(ctx, selectReceipt.Bind(args{
		"actor": key.Actor, "operation": key.Operation, "key": key.Key, "since": since,
	})).Scan(&r.Fingerprint, &r.Answer, &r.CreatedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return app.Receipt{}, false, nil
	}
	r.CreatedAt = r.CreatedAt.UTC()
	return r, err == nil, translate(err)
}

// Save writes the receipt of a request that changed nothing. If a request changes something, its receipt is written
// together with the change.
func (s Receipts) Save(ctx context.Context, r app.Receipt) error {
	var b pgx.Batch
	if r.RunID != "" {
		if !isRunID(r.RunID) {
			return app.ErrMoved
		}
		queue(&b, lockShown.Bind(args{"id": r.RunID, "seq": r.Seq}))
	}
	queueReceipt(&b, &r)
	return translate(s.DB.send(ctx, &b))
}

// Prune deletes the receipts that were created before a time.
func (s Receipts) Prune(ctx context.Context, before time.Time) error {
	_, err := s.DB.exec(ctx, pruneReceipts.Bind(args{"before": before}))
	return translate(err)
}

// queueReceipt adds to a batch the statements that write a receipt. If r is nil, it adds none. The new receipt replaces
// an expired one with the same key. If the stored one has not expired, the whole batch fails with app.ErrReceiptTaken.
func queueReceipt(b *pgx.Batch, r *app.Receipt) {
	if r == nil {
		return
	}
	queue(b, expireReceipt.Bind(args{
		"actor": r.Actor, "operation": r.Operation, "key": r.Key, "before": r.CreatedAt.Add(-app.ReceiptLife),
	}))
	queue(b, insertReceipt.Bind(args{
		"actor": r.Actor, "operation": r.Operation, "key": r.Key, "fingerprint": r.Fingerprint, "answer": r.Answer,
		"created_at": r.CreatedAt, "run_id": storage.NonEmpty(r.RunID),
	}))
}
