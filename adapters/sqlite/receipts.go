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
)

// Receipts implements app.Receipts: it stores the receipts of requests by idempotency key.
type Receipts struct{ DB *DB }

var (
	receipts = table.IdempotencyKeys

	// The columns are in the order of storage.ReceiptRow.
	selectReceipt = prepare(SELECT(
		receipts.Fingerprint, receipts.RunID, receipts.ProcedureID, receipts.Location, receipts.Language, receipts.Seq,
		receipts.Status, receipts.Warnings, receipts.Answer, receipts.CreatedAt,
	).FROM(receipts).
		WHERE(receipts.Actor.EQ(textParam("actor")).
			AND(receipts.Operation.EQ(textParam("operation"))).
			AND(receipts.Key.EQ(textParam("key"))).
			AND(receipts.CreatedAt.GT_EQ(textParam("since")))))

	pruneReceipts = prepare(receipts.DELETE().WHERE(receipts.CreatedAt.LT(textParam("before"))))

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

	redateReceipts = prepare(update(receipts, ColumnList{receipts.CreatedAt}).
			WHERE(receipts.CreatedAt.GT(textParam("now"))))

	// upsertReceipt inserts a receipt or replaces an expired one with the same key.
	upsertReceipt = prepare(insertInto(receipts, receipts.AllColumns).
			ON_CONFLICT(receipts.Actor, receipts.Operation, receipts.Key).
			DO_UPDATE(SET(
			receipts.Fingerprint.SET(receipts.EXCLUDED.Fingerprint),
			receipts.CreatedAt.SET(receipts.EXCLUDED.CreatedAt),
			receipts.RunID.SET(receipts.EXCLUDED.RunID),
			receipts.ProcedureID.SET(receipts.EXCLUDED.ProcedureID),
			receipts.Seq.SET(receipts.EXCLUDED.Seq),
			receipts.Status.SET(receipts.EXCLUDED.Status),
			receipts.Location.SET(receipts.EXCLUDED.Location),
			receipts.Language.SET(receipts.EXCLUDED.Language),
			receipts.Warnings.SET(receipts.EXCLUDED.Warnings),
			receipts.Answer.SET(receipts.EXCLUDED.Answer),
		).WHERE(receipts.CreatedAt.LT(textParam("expired_before")))))
)

// Find returns the receipt with the given key. It returns false if there is no such receipt, or if the receipt was
// created before the given time.
func (s Receipts) Find(ctx context.Context, key app.ReceiptKey, since time.Time) (app.Receipt, bool, error) {
	r, row, createdAt := app.Receipt{ReceiptKey: key}, storage.ReceiptRow{}, ""
	err := s.DB.row(ctx, selectReceipt.Bind(args{
		"actor": key.Actor, "operation": key.Operation, "key": key.Key, "since": formatTime(since),
	})).Scan(append(row.Targets(), &createdAt)...)
	if errors.Is(err, sql.ErrNoRows) {
		return app.Receipt{}, false, nil
	}
	if err != nil {
		return app.Receipt{}, false, translate(err)
	}
	if r.CreatedAt, err = parseTime(createdAt); err == nil {
		err = row.ReadInto(&r)
	}
	return r, err == nil, translate(err)
}

// Save writes the receipt of a request that changed nothing. If a request changes something, its receipt is written
// together with the change.
func (s Receipts) Save(ctx context.Context, r app.Receipt) error {
	return s.DB.inTransaction(ctx, s.DB.write, func(t tx) error { return writeReceipt(ctx, t, &r) })
}

// Prune deletes the receipts that were created before a time, and dates those created after now to now.
func (s Receipts) Prune(ctx context.Context, before, now time.Time) error {
	return s.DB.inTransaction(ctx, s.DB.write, func(t tx) error {
		_, err := t.exec(ctx, pruneReceipts.Bind(args{"before": formatTime(before)}))
		if err == nil {
			_, err = t.exec(ctx, redateReceipts.Bind(args{"created_at": formatTime(now), "now": formatTime(now)}))
		}
		return translate(err)
	})
}

// writeReceipt writes a receipt, unless it is nil. It replaces an expired receipt with the same key, and returns
// app.ErrReceiptTaken for one that has not expired.
func writeReceipt(ctx context.Context, t tx, r *app.Receipt) error {
	if r == nil {
		return nil
	}
	row := storage.ReceiptArgs(r)
	row["created_at"] = formatTime(r.CreatedAt)
	row["expired_before"] = formatTime(r.CreatedAt.Add(-app.ReceiptLife))
	changed, err := t.exec(ctx, upsertReceipt.Bind(row))
	if err == nil && changed == 0 {
		return app.ErrReceiptTaken
	}
	return translate(err)
}
