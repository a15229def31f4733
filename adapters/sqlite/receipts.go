package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet is designed for dot imports

	"github.com/procedo/procedo/adapters/sqlite/gen/table"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

// Receipts implements app.Receipts: it stores the answers to requests by idempotency key.
type Receipts struct{ DB *DB }

var (
	receipts = table.IdempotencyKeys

	selectReceipt = prepare(SELECT(receipts.Fingerprint, receipts.Answer, receipts.CreatedAt).FROM(receipts).
			WHERE(receipts.Actor.EQ(textParam("actor")).
				AND(receipts.Operation.EQ(textParam("operation"))).
				AND(receipts.Key.EQ(textParam("key"))).
				AND(receipts.CreatedAt.GT_EQ(textParam("since")))))

	pruneReceipts = prepare(receipts.DELETE().WHERE(receipts.CreatedAt.LT(textParam("before"))))

	// deleteOtherReceipts deletes the receipts of a run except the one with the given key.
	deleteOtherReceipts = prepare(receipts.DELETE().WHERE(receipts.RunID.EQ(textParam("run_id")).
				AND(receipts.Actor.NOT_EQ(textParam("actor")).
					OR(receipts.Operation.NOT_EQ(textParam("operation"))).
					OR(receipts.Key.NOT_EQ(textParam("key"))))))

	// upsertReceipt inserts a receipt or replaces an expired one with the same key.
	upsertReceipt = prepare(insertInto(receipts, receipts.AllColumns).
			ON_CONFLICT(receipts.Actor, receipts.Operation, receipts.Key).
			DO_UPDATE(SET(
			receipts.Fingerprint.SET(receipts.EXCLUDED.Fingerprint),
			receipts.Answer.SET(receipts.EXCLUDED.Answer),
			receipts.CreatedAt.SET(receipts.EXCLUDED.CreatedAt),
			receipts.RunID.SET(receipts.EXCLUDED.RunID),
		).WHERE(receipts.CreatedAt.LT(textParam("expired_before")))))
)

// Find returns the receipt with the given key. It returns false if there is no such receipt, or if the receipt was
// created before the given time.
func (s Receipts) Find(ctx context.Context, key app.ReceiptKey, since time.Time) (app.Receipt, bool, error) {
	r := app.Receipt{ReceiptKey: key}
	var createdAt string
	err := s.DB.row(ctx, selectReceipt.Bind(args{
		"actor": key.Actor, "operation": key.Operation, "key": key.Key, "since": formatTime(since),
	})).Scan(&r.Fingerprint, &r.Answer, &createdAt)
	if errors.Is(err, sql.ErrNoRows) {
		return app.Receipt{}, false, nil
	}
	if err == nil {
		r.CreatedAt, err = parseTime(createdAt)
	}
	return r, err == nil, translate(err)
}

// Save writes the receipt of a request that changed nothing. If a request changes something, its receipt is written
// together with the change.
func (s Receipts) Save(ctx context.Context, r app.Receipt) error {
	return s.DB.inTransaction(ctx, s.DB.write, func(t tx) error {
		if r.RunID == "" {
			return writeReceipt(ctx, t, &r)
		}
		var head audit.Head
		err := t.query(ctx, selectRunHead.Bind(args{"id": r.RunID}), func(rows *sql.Rows) (err error) {
			head, err = storage.ScanHead(rows)
			return err
		})
		if err == nil && head.Seq != r.Seq {
			err = app.ErrMoved
		}
		if err != nil {
			return translate(err)
		}
		return writeReceipt(ctx, t, &r)
	})
}

// Prune deletes the receipts that were created before a time.
func (s Receipts) Prune(ctx context.Context, before time.Time) error {
	return s.DB.inTransaction(ctx, s.DB.write, func(t tx) error {
		_, err := t.exec(ctx, pruneReceipts.Bind(args{"before": formatTime(before)}))
		return translate(err)
	})
}

// writeReceipt writes a receipt, unless it is nil. It replaces an expired receipt with the same key, and returns
// app.ErrReceiptTaken for one that has not expired.
func writeReceipt(ctx context.Context, t tx, r *app.Receipt) error {
	if r == nil {
		return nil
	}
	changed, err := t.exec(ctx, upsertReceipt.Bind(args{
		"actor": r.Actor, "operation": r.Operation, "key": r.Key, "fingerprint": r.Fingerprint, "answer": r.Answer,
		"created_at": formatTime(r.CreatedAt), "run_id": storage.NonEmpty(r.RunID),
		"expired_before": formatTime(r.CreatedAt.Add(-app.ReceiptLife)),
	}))
	if err == nil && changed == 0 {
		return app.ErrReceiptTaken
	}
	return translate(err)
}
