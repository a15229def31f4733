package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet's language is meant to be read bare

	"github.com/procedo/procedo/adapters/sqlite/gen/table"
	"github.com/procedo/procedo/core/app"
)

// Receipts keeps answers by idempotency key: app.Receipts.
type Receipts struct{ DB *DB }

var receipts = table.IdempotencyKeys

var selectReceipt = fixed(SELECT(receipts.Fingerprint, receipts.Answer, receipts.CreatedAt).FROM(receipts).
	WHERE(receipts.Actor.EQ(String("")).AND(receipts.Operation.EQ(String(""))).AND(receipts.Key.EQ(String(""))).
		AND(receipts.CreatedAt.GT_EQ(String("")))))

// Find returns the receipt of a key created at or after since.
func (s Receipts) Find(ctx context.Context, key app.ReceiptKey, since time.Time) (app.Receipt, bool, error) {
	r := app.Receipt{ReceiptKey: key}
	var createdAt string
	s.DB.trace(selectReceipt)
	err := s.DB.read.row(ctx, selectReceipt, key.Actor, key.Operation, key.Key, instant(since)).
		Scan(&r.Fingerprint, &r.Answer, &createdAt)
	if errors.Is(err, sql.ErrNoRows) {
		return app.Receipt{}, false, nil
	}
	if err == nil {
		r.CreatedAt, err = parseInstant(createdAt)
	}
	return r, err == nil, translate(err)
}

// Save writes a receipt by itself.
func (s Receipts) Save(ctx context.Context, r app.Receipt) error {
	return s.DB.within(ctx, s.DB.write, func(t tx) error { return writeReceipt(ctx, t, &r) })
}

// Prune removes receipts created before the instant.
func (s Receipts) Prune(ctx context.Context, before time.Time) error {
	return s.DB.within(ctx, s.DB.write, func(t tx) error {
		_, err := t.exec(ctx, receipts.DELETE().WHERE(receipts.CreatedAt.LT(String(instant(before)))))
		return translate(err)
	})
}

// writeReceipt writes a receipt where there is one to write; an expired one of the same key gives way.
func writeReceipt(ctx context.Context, t tx, r *app.Receipt) error {
	if r == nil {
		return nil
	}
	expired := instant(r.CreatedAt.Add(-app.ReceiptLife))
	n, err := t.exec(ctx, receipts.INSERT(receipts.Actor, receipts.Operation, receipts.Key, receipts.Fingerprint, receipts.Answer, receipts.CreatedAt).
		VALUES(r.Actor, r.Operation, r.Key, r.Fingerprint, r.Answer, instant(r.CreatedAt)).
		ON_CONFLICT(receipts.Actor, receipts.Operation, receipts.Key).
		DO_UPDATE(SET(
			receipts.Fingerprint.SET(receipts.EXCLUDED.Fingerprint),
			receipts.Answer.SET(receipts.EXCLUDED.Answer),
			receipts.CreatedAt.SET(receipts.EXCLUDED.CreatedAt),
		).WHERE(receipts.CreatedAt.LT(String(expired)))))
	if err == nil && n == 0 {
		return app.ErrReceiptTaken
	}
	return translate(err)
}
