package postgres

import (
	"context"
	"errors"
	"time"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet is designed for dot imports
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/procedo/procedo/adapters/postgres/gen/table"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
)

// Deliveries implements app.Deliveries: for each sink, it stores the position in the feed up to which the sink has
// received it. Leases and retries use the clock of the database, which all replicas share.
type Deliveries struct{ DB *DB }

var (
	deliveries = table.AuditDeliveries

	// deliveryColumns are the columns that scanDelivery scans, in its order.
	deliveryColumns = ProjectionList{
		deliveries.Position, deliveries.EntityType, deliveries.EntityID, deliveries.Seq,
		deliveries.Failures, deliveries.FailingSince, deliveries.LastError,
	}

	selectDelivery = prepare(SELECT(deliveryColumns).FROM(deliveries).
			WHERE(deliveries.Sink.EQ(textParam("sink"))))

	insertDelivery = prepare(insertInto(deliveries, deliveries.AllColumns).
			ON_CONFLICT(deliveries.Sink).DO_NOTHING())

	// holdDelivery ignores times that are further away than they could have been set: the clock was set back since.
	holdDelivery = prepare(deliveries.UPDATE().
			SET(
			deliveries.Holder.SET(textParam("holder")),
			deliveries.HeldUntil.SET(RawTimestampz(storage.Named("clock_timestamp() + #lease::interval"))),
		).
		WHERE(deliveries.Sink.EQ(textParam("sink")).
			AND(RawBool(storage.Named("(retry_at <= clock_timestamp()" +
				" OR retry_at > clock_timestamp() + #longest_retry::interval)"))).
			AND(RawBool(storage.Named("(holder = '' OR holder = #holder OR held_until < clock_timestamp()" +
				" OR held_until > clock_timestamp() + 2 * #lease::interval)")))).
		RETURNING(deliveryColumns))

	releaseDelivery = prepare(deliveries.UPDATE().
			SET(
			deliveries.Holder.SET(String("")),
			deliveries.Position.SET(intParam("position")),
			deliveries.EntityType.SET(textParam("entity_type")),
			deliveries.EntityID.SET(textParam("entity_id")),
			deliveries.Seq.SET(intParam("seq")),
			deliveries.Failures.SET(intParam("failures")),
			deliveries.FailingSince.SET(timeParam("failing_since")),
			deliveries.LastError.SET(textParam("last_error")),
			deliveries.RetryAt.SET(RawTimestampz(storage.Named("clock_timestamp() + #retry_in::interval"))),
		).
		WHERE(deliveries.Sink.EQ(textParam("sink")).AND(deliveries.Holder.EQ(textParam("holder")))))
)

// Delivery returns the state of a sink. A sink without deliveries has the zero state.
func (s Deliveries) Delivery(ctx context.Context, sink string) (app.Delivery, error) {
	d, err := scanDelivery(sink, s.DB.row(ctx, selectDelivery.Bind(args{"sink": sink})))
	if errors.Is(err, pgx.ErrNoRows) {
		return app.Delivery{Sink: sink}, nil
	}
	return d, translate(err)
}

func scanDelivery(sink string, row storage.Scanner) (app.Delivery, error) {
	d := app.Delivery{Sink: sink}
	var since *time.Time
	err := row.Scan(&d.Position, &d.Entity.Type, &d.Entity.ID, &d.Seq, &d.Failures, &since, &d.LastError)
	d.FailingSince = timeOrZero(since)
	return d, err
}

// Hold gives the holder the exclusive right to deliver to a sink until the lease ends. It returns false if another
// holder has this right, or if it is too early for the next attempt after a failure.
func (s Deliveries) Hold(
	ctx context.Context, sink, holder string, lease time.Duration,
) (d app.Delivery, held bool, err error) {
	var b pgx.Batch
	queue(&b, insertDelivery.Bind(args{ // the initial state, if the sink has no row
		"sink": sink, "position": 0, "entity_type": "", "entity_id": "", "seq": 0, "holder": "",
		"held_until": longAgo, "failures": 0, "failing_since": nil, "last_error": "", "retry_at": longAgo,
	}))
	hold := holdDelivery.Bind(args{"sink": sink, "holder": holder, "lease": lease, "longest_retry": app.LongestRetry})
	queueRows(&b, hold, func(rows pgx.Rows) (err error) {
		held = true
		d, err = scanDelivery(sink, rows)
		return err
	})
	err = s.DB.send(ctx, s.DB.background, &b)
	return d, held && err == nil, translate(err)
}

// longAgo is minus infinity, which is earlier than every other time.
var longAgo = pgtype.Timestamptz{InfinityModifier: pgtype.NegativeInfinity, Valid: true}

// Release stores the state of the sink and ends the holder's right to deliver. It returns app.ErrMoved if the holder no
// longer had this right.
func (s Deliveries) Release(ctx context.Context, d app.Delivery, holder string) error {
	tag, err := s.DB.exec(ctx, s.DB.background, releaseDelivery.Bind(args{
		"sink": d.Sink, "holder": holder,
		"position": d.Position, "entity_type": d.Entity.Type, "entity_id": d.Entity.ID, "seq": d.Seq,
		"failures": d.Failures, "failing_since": optionalTime(d.FailingSince), "last_error": d.LastError,
		"retry_in": d.RetryIn,
	}))
	if err == nil && tag.RowsAffected() == 0 {
		return app.ErrMoved
	}
	return translate(err)
}
