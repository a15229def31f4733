package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet is designed for dot imports
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/postgres/gen/table"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
)

// Receipts implements app.Receipts: it stores the receipts of requests by idempotency key.
type Receipts struct{ DB *DB }

var (
	receipts = table.IdempotencyKeys

	receiptWithKey = receipts.Actor.EQ(textParam("actor")).
			AND(receipts.Operation.EQ(textParam("operation"))).
			AND(receipts.Key.EQ(textParam("key")))

	// The columns are in the order of storage.ReceiptRow.
	selectReceipt = prepare(SELECT(
		receipts.Fingerprint, receipts.RunID, receipts.ProcedureID, receipts.Location, receipts.Language, receipts.Seq,
		receipts.Status, receipts.Warnings, receipts.Answer, receipts.CreatedAt,
	).FROM(receipts).WHERE(receiptWithKey.AND(receipts.CreatedAt.GT_EQ(timeParam("since")))))

	expireReceipt = prepare(receipts.DELETE().
			WHERE(receiptWithKey.AND(receipts.CreatedAt.LT(timeParam("before")))))

	insertReceipt = prepare(insertInto(receipts, receipts.AllColumns))
	pruneReceipts = prepare(receipts.DELETE().WHERE(receipts.CreatedAt.LT(timeParam("before"))))

	// eraseFingerprints leaves of the fingerprints in the receipts of a run what does not depend on the bodies of the
	// requests. The receipt of the erasure itself stays.
	eraseFingerprints = prepare(receipts.UPDATE().
				SET(receipts.Fingerprint.SET(
			String(app.ErasedPrefix).CONCAT(SUBSTR(receipts.Fingerprint, Int(int64(app.HeadPosition)))))).
		WHERE(receipts.RunID.EQ(textParam("run_id")).AND(receipts.Seq.LT(intParam("seq"))).
			AND(receipts.Fingerprint.NOT_LIKE(String(app.ErasedPrefix + "%")))))

	// deleteAnswers deletes the receipts of a run that hold a whole answer.
	deleteAnswers = prepare(receipts.DELETE().
			WHERE(receipts.RunID.EQ(textParam("run_id")).AND(receipts.Answer.IS_NOT_NULL())))

	redateReceipts = prepare(receipts.UPDATE().SET(receipts.CreatedAt.SET(timeParam("now"))).
			WHERE(receipts.CreatedAt.GT(timeParam("now"))))
)

// receiptColumns are the columns of the receipt that is written together with a change of a run. They are NULL if the
// change has none.
var receiptColumns = []column[runWrite]{
	receiptColumn(receipts.Actor, "text[]", func(r *app.Receipt) *string { return &r.Actor }),
	receiptColumn(receipts.Operation, "text[]", func(r *app.Receipt) *string { return &r.Operation }),
	receiptColumn(receipts.Key, "text[]", func(r *app.Receipt) *string { return &r.Key }),
	receiptColumn(receipts.Fingerprint, "text[]", func(r *app.Receipt) *string { return &r.Fingerprint }),
	receiptColumn(receipts.CreatedAt, "timestamptz[]", func(r *app.Receipt) *time.Time { return &r.CreatedAt }),
	receiptColumn(receipts.RunID, "text[]::uuid[]", func(r *app.Receipt) *string { return storage.ReceiptRun(r) }),
	receiptColumn(receipts.ProcedureID, "text[]", func(r *app.Receipt) *string { return storage.ReceiptProcedure(r) }),
	receiptColumn(receipts.Seq, "bigint[]", func(r *app.Receipt) *int64 { return &r.Seq }),
	receiptColumn(receipts.Status, "smallint[]", func(r *app.Receipt) *int { return &r.Reply.Status }),
	receiptColumn(receipts.Location, "text[]", func(r *app.Receipt) *string { return storage.NonEmpty(r.Reply.Location) }),
	receiptColumn(receipts.Language, "text[]", func(r *app.Receipt) *string { return &r.Reply.Language }),
	receiptColumn(receipts.Warnings, "text[]", storage.ReceiptWarnings),
}

func receiptColumn[C any](name Column, sql string, value func(*app.Receipt) *C) column[runWrite] {
	return columnOf(name, sql, func(w *runWrite) *C {
		if w.Change.Receipt == nil {
			return nil
		}
		return value(w.Change.Receipt)
	})
}

// receiptLife is the SQL of app.ReceiptLife.
var receiptLife = fmt.Sprintf("interval '%d seconds'", app.ReceiptLife/time.Second)

// Find returns the receipt with the given key. It returns false if there is no such receipt, or if the receipt was
// created before the given time.
func (s Receipts) Find(ctx context.Context, key app.ReceiptKey, since time.Time) (app.Receipt, bool, error) {
	r, row := app.Receipt{ReceiptKey: key}, storage.ReceiptRow{}
	err := s.DB.row(ctx, selectReceipt.Bind(args{
		"actor": key.Actor, "operation": key.Operation, "key": key.Key, "since": since,
	})).Scan(append(row.Targets(), &r.CreatedAt)...)
	if errors.Is(err, pgx.ErrNoRows) {
		return app.Receipt{}, false, nil
	}
	if err == nil {
		r.CreatedAt = r.CreatedAt.UTC()
		err = row.ReadInto(&r)
	}
	return r, err == nil, translate(err)
}

// Save writes the receipt of a request that changed nothing. If a request changes something, its receipt is written
// together with the change.
func (s Receipts) Save(ctx context.Context, r app.Receipt) error {
	var b pgx.Batch
	queueReceipt(&b, &r)
	return translate(s.DB.send(ctx, s.DB.writes, &b))
}

// Prune deletes the receipts that were created before a time, and dates those created after now to now.
func (s Receipts) Prune(ctx context.Context, before, now time.Time) error {
	_, err := s.DB.exec(ctx, s.DB.background, pruneReceipts.Bind(args{"before": before}))
	if err == nil {
		_, err = s.DB.exec(ctx, s.DB.background, redateReceipts.Bind(args{"now": now}))
	}
	return translate(err)
}

// queueReceipt adds to a batch the statements that write a receipt. If r is nil, it adds none. The new receipt replaces
// an expired one with the same key. If the stored one has not expired, the whole batch fails with app.ErrReceiptTaken.
func queueReceipt(b *pgx.Batch, r *app.Receipt) {
	if r == nil {
		return
	}
	row := storage.ReceiptArgs(r)
	queue(b, expireReceipt.Bind(args{
		"actor": r.Actor, "operation": r.Operation, "key": r.Key, "before": r.CreatedAt.Add(-app.ReceiptLife),
	}))
	row["created_at"] = r.CreatedAt
	queue(b, insertReceipt.Bind(row))
}
