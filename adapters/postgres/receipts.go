package postgres

import (
	"context"
	"errors"
	"time"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet's language is meant to be read bare
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/postgres/gen/table"
	"github.com/procedo/procedo/core/app"
)

// Receipts keeps answers by idempotency key: app.Receipts.
type Receipts struct{ DB *DB }

var (
	receipts      = table.IdempotencyKeys
	sameReceipt   = receipts.Actor.EQ(String("")).AND(receipts.Operation.EQ(String(""))).AND(receipts.Key.EQ(String("")))
	selectReceipt = fixed(SELECT(receipts.Fingerprint, receipts.Answer, receipts.CreatedAt).FROM(receipts).
			WHERE(sameReceipt.AND(receipts.CreatedAt.GT_EQ(TimestampzT(time.Time{})))))
	expireReceipt = fixed(receipts.DELETE().WHERE(sameReceipt.AND(receipts.CreatedAt.LT(TimestampzT(time.Time{})))))
	insertReceipt = fixed(receipts.INSERT(receipts.Actor, receipts.Operation, receipts.Key, receipts.Fingerprint, receipts.Answer, receipts.CreatedAt).
			VALUES("", "", "", "", []byte{}, time.Time{}))
	pruneReceipts = fixed(receipts.DELETE().WHERE(receipts.CreatedAt.LT(TimestampzT(time.Time{}))))
)

// Find returns the receipt of a key created at or after since.
func (s Receipts) Find(ctx context.Context, key app.ReceiptKey, since time.Time) (app.Receipt, bool, error) {
	r := app.Receipt{ReceiptKey: key}
	s.DB.trips()
	err := s.DB.pool.QueryRow(ctx, selectReceipt, key.Actor, key.Operation, key.Key, since).Scan(&r.Fingerprint, &r.Answer, &r.CreatedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return app.Receipt{}, false, nil
	}
	r.CreatedAt = r.CreatedAt.UTC()
	return r, err == nil, translate(err)
}

// Save writes a receipt by itself.
func (s Receipts) Save(ctx context.Context, r app.Receipt) error {
	var b pgx.Batch
	queueReceipt(&b, &r)
	return translate(s.DB.send(ctx, &b))
}

// Prune removes receipts created before the instant.
func (s Receipts) Prune(ctx context.Context, before time.Time) error {
	s.DB.trips()
	_, err := s.DB.pool.Exec(ctx, pruneReceipts, before)
	return translate(err)
}

// queueReceipt writes a receipt where there is one to write. An expired one of the same key gives way; another is a unique
// violation, which takes the whole batch back.
func queueReceipt(b *pgx.Batch, r *app.Receipt) {
	if r == nil {
		return
	}
	b.Queue(expireReceipt, r.Actor, r.Operation, r.Key, r.CreatedAt.Add(-app.ReceiptLife))
	b.Queue(insertReceipt, r.Actor, r.Operation, r.Key, r.Fingerprint, r.Answer, r.CreatedAt)
}
