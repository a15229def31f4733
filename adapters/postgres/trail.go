package postgres

import (
	"context"
	"time"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet is designed for dot imports
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

// Trail implements app.Trail and app.EventList: it reads events.
type Trail struct{ DB *DB }

var (
	// eventColumns are the columns that scanEvent scans, in its order.
	eventColumns = ProjectionList{
		events.EntityType, events.EntityID, events.Seq, events.Action, events.Actor, events.OccurredAt,
		events.Canonical, events.Disclosures, events.PrevHash, events.Hash,
	}

	selectEvents = prepare(SELECT(eventColumns).FROM(events).
			WHERE(events.EntityType.EQ(textParam("entity_type")).
				AND(events.EntityID.EQ(textParam("entity_id"))).
				AND(events.Seq.GT(intParam("after")))).
			ORDER_BY(events.Seq.ASC()).LIMIT(storage.Limit))

	insertEvents = insertBulk(events, nil,
		columnOf(events.EntityType, "text[]", func(e *audit.Event) string { return e.Entity.Type }),
		columnOf(events.EntityID, "text[]", func(e *audit.Event) string { return e.Entity.ID }),
		columnOf(events.Seq, "bigint[]", func(e *audit.Event) int64 { return e.Seq }),
		columnOf(events.Action, "text[]", func(e *audit.Event) string { return e.Action }),
		columnOf(events.Actor, "text[]", func(e *audit.Event) string { return e.Actor }),
		columnOf(events.OccurredAt, "timestamptz[]", func(e *audit.Event) time.Time { return e.OccurredAt }),
		columnOf(events.Canonical, "text[]", func(e *audit.Event) string { return e.Canonical }),
		columnOf(events.Disclosures, "text[]", func(e *audit.Event) string { return e.Disclosures }),
		columnOf(events.PrevHash, "text[]", func(e *audit.Event) string { return e.PrevHash }),
		columnOf(events.Hash, "text[]", func(e *audit.Event) string { return e.Hash }),
	)
)

// Events returns a page of the events of one entity, oldest first. It holds only events whose sequence numbers are
// above afterSeq.
func (r Trail) Events(
	ctx context.Context, of audit.Entity, afterSeq int64, size app.PageSize,
) (app.Page[audit.Event], error) {
	l := r.DB.snapshots
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < lockTime {
		l = r.DB.reads // the caller waits less than the settings of a snapshot allow, so two statements can be saved
	}
	return r.events(ctx, l, size, selectEvents.Bind(args{
		"entity_type": of.Type, "entity_id": of.ID, "after": afterSeq, "limit": storage.Rows(size),
	}))
}

// ListEvents returns a page of events, newest first.
func (r Trail) ListEvents(ctx context.Context, f app.EventFilter) (app.Page[audit.Event], error) {
	return r.events(ctx, r.DB.snapshots, f.Size, build(listEvents(f)))
}

func (r Trail) events(
	ctx context.Context, l lane, size app.PageSize, q storage.Query,
) (app.Page[audit.Event], error) {
	p := storage.NewPager[audit.Event](size)
	err := r.DB.queryOn(ctx, l, q, func(rows pgx.Rows) error {
		e, err := scanEvent(rows)
		return p.Add(e, e.Size(), err)
	})
	return p.Page(err)
}

func scanEvent(rows pgx.Rows) (e audit.Event, err error) {
	err = rows.Scan(
		&e.Entity.Type, &e.Entity.ID, &e.Seq, &e.Action, &e.Actor, &e.OccurredAt,
		&e.Canonical, &e.Disclosures, &e.PrevHash, &e.Hash,
	)
	e.OccurredAt = e.OccurredAt.UTC()
	return e, err
}

// listEvents returns the statement of ListEvents. The indexes end with occurred_at, the first column by which the
// events are ordered, so the database sorts only the events of one time among themselves. The events of one entity are
// read in the order of the primary key.
func listEvents(f app.EventFilter) SelectStatement {
	where := Bool(true)
	for _, equal := range []struct {
		column ColumnString
		value  string
	}{
		{events.EntityType, f.Entity.Type}, {events.EntityID, f.Entity.ID},
		{events.Actor, f.Actor}, {events.Action, f.Action},
	} {
		if equal.value != "" {
			where = where.AND(equal.column.EQ(String(equal.value)))
		}
	}
	if f.Since != nil {
		where = where.AND(events.OccurredAt.GT_EQ(TimestampzT(*f.Since)))
	}
	if f.Until != nil {
		where = where.AND(events.OccurredAt.LT(TimestampzT(*f.Until)))
	}
	selected := SELECT(eventColumns).FROM(events)
	if f.Entity.ID != "" {
		if f.After.Seq > 0 {
			where = where.AND(events.Seq.LT(Int(f.After.Seq)))
		}
		return selected.WHERE(where).ORDER_BY(events.Seq.DESC()).LIMIT(storage.Rows(f.Size))
	}
	if f.After.Seq > 0 {
		where = where.AND(RawBool(
			`(audit_events.occurred_at, audit_events.entity_type, audit_events.entity_id, audit_events.seq)
				< (#at::timestamptz, #type::text, #id::text, #seq::bigint)`,
			RawArgs{
				"#at": f.After.At, "#type": f.After.Entity.Type, "#id": f.After.Entity.ID, "#seq": f.After.Seq,
			}))
	}
	return selected.WHERE(where).
		ORDER_BY(events.OccurredAt.DESC(), events.EntityType.DESC(), events.EntityID.DESC(), events.Seq.DESC()).
		LIMIT(storage.Rows(f.Size))
}

// queueEvents adds new events of one entity and their feed entry to a batch.
func queueEvents(b *pgx.Batch, all []audit.Event) {
	insertEvents.queue(b, nil, all)
	queueFeed(b, all)
}
