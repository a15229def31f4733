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

// Deliveries keep how far sinks have come: app.Deliveries. Time is the database's, which all replicas share.
type Deliveries struct{ DB *DB }

var (
	deliveries = table.AuditDeliveries

	deliveryColumns = ProjectionList{
		deliveries.Position, deliveries.EntityType, deliveries.EntityID, deliveries.Seq, deliveries.Failures, deliveries.FailingSince, deliveries.LastError,
	}
	selectDelivery = fixed(SELECT(deliveryColumns).FROM(deliveries).WHERE(deliveries.Sink.EQ(String(""))))
	beginDelivery  = fixed(deliveries.INSERT(deliveries.Sink, deliveries.Position, deliveries.EntityType, deliveries.EntityID, deliveries.Seq, deliveries.Holder,
		deliveries.HeldUntil, deliveries.Failures, deliveries.LastError, deliveries.RetryAt).
		QUERY(RawStatement("VALUES ($1, 0, '', '', 0, '', '-infinity', 0, '', '-infinity')")).ON_CONFLICT(deliveries.Sink).DO_NOTHING())
	holdDelivery = fixed(deliveries.UPDATE(deliveries.Holder, deliveries.HeldUntil).SET(String(""), RawTimestampz("clock_timestamp() + #lease::interval", RawArgs{"#lease": ""})).
			WHERE(deliveries.Sink.EQ(String("")).AND(RawBool("retry_at <= clock_timestamp()")).
				AND(RawBool("(holder = '' OR holder = #holder OR held_until < clock_timestamp())", RawArgs{"#holder": ""}))).
			RETURNING(deliveryColumns))
	releaseDelivery = fixed(deliveries.UPDATE(deliveries.Position, deliveries.EntityType, deliveries.EntityID, deliveries.Seq, deliveries.Holder, deliveries.Failures,
		deliveries.FailingSince, deliveries.LastError, deliveries.RetryAt).
		SET(0, "", "", 0, "", 0, time.Time{}, "", RawTimestampz("clock_timestamp() + #wait::interval", RawArgs{"#wait": ""})).
		WHERE(deliveries.Sink.EQ(String("")).AND(deliveries.Holder.EQ(String("")))))
)

// Delivery returns how far the sink has come.
func (s Deliveries) Delivery(ctx context.Context, sink string) (app.Delivery, error) {
	s.DB.trips()
	d, err := scanDelivery(sink, s.DB.pool.QueryRow(ctx, selectDelivery, sink))
	if errors.Is(err, pgx.ErrNoRows) {
		return app.Delivery{Sink: sink}, nil
	}
	return d, translate(err)
}

func scanDelivery(sink string, row scanner) (app.Delivery, error) {
	d := app.Delivery{Sink: sink}
	var since *time.Time
	err := row.Scan(&d.Position, &d.Entity.Type, &d.Entity.ID, &d.Seq, &d.Failures, &since, &d.LastError)
	d.FailingSince = orZero(since)
	return d, err
}

// Hold gives the holder alone the right to deliver for a while.
func (s Deliveries) Hold(ctx context.Context, sink, holder string, lease time.Duration) (d app.Delivery, held bool, err error) {
	var b pgx.Batch
	b.Queue(beginDelivery, sink)
	b.Queue(holdDelivery, holder, lease, sink, holder).Query(func(rows pgx.Rows) error {
		return eachRow(rows, func(rows pgx.Rows) (err error) {
			held = true
			d, err = scanDelivery(sink, rows)
			return err
		})
	})
	err = s.DB.send(ctx, &b)
	return d, held && err == nil, translate(err)
}

// Release writes how far it came and gives the right back.
func (s Deliveries) Release(ctx context.Context, d app.Delivery, holder string) error {
	s.DB.trips()
	tag, err := s.DB.pool.Exec(ctx, releaseDelivery, d.Position, d.Entity.Type, d.Entity.ID, d.Seq, "", d.Failures, moment(d.FailingSince), d.LastError, d.RetryIn, d.Sink, holder)
	if err == nil && tag.RowsAffected() == 0 {
		return app.ErrMoved
	}
	return translate(err)
}
