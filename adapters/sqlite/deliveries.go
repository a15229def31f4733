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

// Deliveries keep how far sinks have come: app.Deliveries. Time is that of this machine, on which the file is.
type Deliveries struct{ DB *DB }

var (
	deliveries = table.AuditDeliveries

	selectDelivery = fixed(SELECT(deliveries.Position, deliveries.EntityType, deliveries.EntityID, deliveries.Seq, deliveries.Failures, deliveries.FailingSince, deliveries.LastError).
			FROM(deliveries).WHERE(deliveries.Sink.EQ(String(""))))
	beginDelivery = fixed(deliveries.INSERT(deliveries.AllColumns).VALUES("", 0, "", "", 0, "", "", 0, nil, "", "").ON_CONFLICT(deliveries.Sink).DO_NOTHING())
	holdDelivery  = fixed(deliveries.UPDATE(deliveries.Holder, deliveries.HeldUntil).SET("", "").
			WHERE(deliveries.Sink.EQ(String("")).AND(deliveries.RetryAt.LT_EQ(String(""))).
				AND(deliveries.Holder.EQ(String("")).OR(deliveries.Holder.EQ(String(""))).OR(deliveries.HeldUntil.LT(String(""))))))
	releaseDelivery = fixed(deliveries.UPDATE(deliveries.Position, deliveries.EntityType, deliveries.EntityID, deliveries.Seq, deliveries.Holder, deliveries.Failures,
		deliveries.FailingSince, deliveries.LastError, deliveries.RetryAt).SET(0, "", "", 0, "", 0, "", "", "").
		WHERE(deliveries.Sink.EQ(String("")).AND(deliveries.Holder.EQ(String("")))))
)

// Delivery returns how far the sink has come.
func (s Deliveries) Delivery(ctx context.Context, sink string) (app.Delivery, error) {
	d, err := scanDelivery(sink, s.DB.read.row(ctx, selectDelivery, sink))
	if errors.Is(err, sql.ErrNoRows) {
		return app.Delivery{Sink: sink}, nil
	}
	return d, translate(err)
}

func scanDelivery(sink string, row scanner) (app.Delivery, error) {
	d := app.Delivery{Sink: sink}
	var since *string
	err := row.Scan(&d.Position, &d.Entity.Type, &d.Entity.ID, &d.Seq, &d.Failures, &since, &d.LastError)
	if err == nil {
		d.FailingSince, err = parseOptionalInstant(since)
	}
	return d, err
}

// Hold gives the holder alone the right to deliver for a while.
func (s Deliveries) Hold(ctx context.Context, sink, holder string, lease time.Duration) (d app.Delivery, held bool, err error) {
	err = s.DB.within(ctx, s.DB.write, func(t tx) error {
		if err := t.execText(ctx, beginDelivery, sink, 0, "", "", 0, "", "", 0, nil, "", ""); err != nil {
			return err
		}
		now := time.Now()
		result, err := t.run(ctx, holdDelivery, []any{holder, instant(now.Add(lease)), sink, instant(now), "", holder, instant(now)})
		if err != nil {
			return err
		}
		touched, err := result.RowsAffected()
		if err != nil || touched == 0 {
			return err
		}
		held = true
		d, err = scanDelivery(sink, t.QueryRowContext(ctx, selectDelivery, sink))
		return err
	})
	return d, held, translate(err)
}

// Release writes how far it came and gives the right back.
func (s Deliveries) Release(ctx context.Context, d app.Delivery, holder string) error {
	return s.DB.within(ctx, s.DB.write, func(t tx) error {
		result, err := t.run(ctx, releaseDelivery, []any{
			d.Position, d.Entity.Type, d.Entity.ID, d.Seq, "", d.Failures, optionalInstant(d.FailingSince), d.LastError, instant(time.Now().Add(d.RetryIn)), d.Sink, holder,
		})
		if err != nil {
			return translate(err)
		}
		if touched, err := result.RowsAffected(); err != nil || touched == 0 {
			return cmpErr(err, app.ErrMoved)
		}
		return nil
	})
}
