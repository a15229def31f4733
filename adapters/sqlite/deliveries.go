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

// Deliveries implements app.Deliveries: for each sink, it stores the position in the feed up to which the sink has
// received it. Leases and retries use the clock of this machine.
type Deliveries struct{ DB *DB }

var (
	deliveries = table.AuditDeliveries

	selectDelivery = prepare(SELECT(
		deliveries.Position, deliveries.EntityType, deliveries.EntityID, deliveries.Seq,
		deliveries.Failures, deliveries.FailingSince, deliveries.LastError,
	).FROM(deliveries).WHERE(deliveries.Sink.EQ(textParam("sink"))))

	insertDelivery = prepare(insertInto(deliveries, deliveries.AllColumns).
			ON_CONFLICT(deliveries.Sink).DO_NOTHING())

	// holdDelivery ignores times that are further away than they could have been set: the clock was set back since.
	holdDelivery = prepare(update(deliveries, ColumnList{deliveries.Holder, deliveries.HeldUntil}).
			WHERE(deliveries.Sink.EQ(textParam("sink")).
				AND(RawBool(storage.Named("(retry_at <= #now OR retry_at > #longest_retry)"))).
				AND(RawBool(storage.Named("(holder = '' OR holder = #holder OR held_until < #now" +
				" OR held_until > #longest_lease)")))))

	releaseDelivery = prepare(update(deliveries, ColumnList{
		deliveries.Position, deliveries.EntityType, deliveries.EntityID, deliveries.Seq, deliveries.Holder,
		deliveries.Failures, deliveries.FailingSince, deliveries.LastError, deliveries.RetryAt,
	}).WHERE(deliveries.Sink.EQ(textParam("sink")).AND(deliveries.Holder.EQ(textParam("released_by")))))
)

// Delivery returns the state of a sink. A sink without deliveries has the zero state.
func (s Deliveries) Delivery(ctx context.Context, sink string) (app.Delivery, error) {
	d, err := scanDelivery(sink, s.DB.row(ctx, selectDelivery.Bind(args{"sink": sink})))
	if errors.Is(err, sql.ErrNoRows) {
		return app.Delivery{Sink: sink}, nil
	}
	return d, translate(err)
}

func scanDelivery(sink string, row storage.Scanner) (app.Delivery, error) {
	d := app.Delivery{Sink: sink}
	var since *string
	err := row.Scan(&d.Position, &d.Entity.Type, &d.Entity.ID, &d.Seq, &d.Failures, &since, &d.LastError)
	if err == nil {
		d.FailingSince, err = parseOptionalTime(since)
	}
	return d, err
}

// Hold gives the holder the exclusive right to deliver to a sink until the lease ends. It returns false if another
// holder has this right, or if it is too early for the next attempt after a failure.
func (s Deliveries) Hold(
	ctx context.Context, sink, holder string, lease time.Duration,
) (d app.Delivery, held bool, err error) {
	err = s.DB.inTransaction(ctx, s.DB.write, func(t tx) error {
		if _, err := t.exec(ctx, insertDelivery.Bind(args{ // the initial state, if the sink has no row
			"sink": sink, "position": 0, "entity_type": "", "entity_id": "", "seq": 0, "holder": "", "held_until": "",
			"failures": 0, "failing_since": nil, "last_error": "", "retry_at": "",
		})); err != nil {
			return err
		}
		now := time.Now()
		changed, err := t.exec(ctx, holdDelivery.Bind(args{
			"sink": sink, "holder": holder, "held_until": formatTime(now.Add(lease)), "now": formatTime(now),
			"longest_retry": formatTime(now.Add(app.LongestRetry)), "longest_lease": formatTime(now.Add(2 * lease)),
		}))
		if err != nil || changed == 0 {
			return err
		}
		held = true
		return t.query(ctx, selectDelivery.Bind(args{"sink": sink}), func(rows *sql.Rows) (err error) {
			d, err = scanDelivery(sink, rows)
			return err
		})
	})
	return d, held, translate(err)
}

// Release stores the state of the sink and ends the holder's right to deliver. It returns app.ErrMoved if the holder no
// longer had this right.
func (s Deliveries) Release(ctx context.Context, d app.Delivery, holder string) error {
	return s.DB.inTransaction(ctx, s.DB.write, func(t tx) error {
		changed, err := t.exec(ctx, releaseDelivery.Bind(args{
			"sink": d.Sink, "released_by": holder,
			"position": d.Position, "entity_type": d.Entity.Type, "entity_id": d.Entity.ID, "seq": d.Seq,
			"holder": "", "failures": d.Failures, "failing_since": formatOptionalTime(d.FailingSince),
			"last_error": d.LastError, "retry_at": formatTime(time.Now().Add(d.RetryIn)),
		}))
		if err != nil || changed == 0 {
			return translateOr(err, app.ErrMoved)
		}
		return nil
	})
}
