package sqlite

import (
	"context"
	"database/sql"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet is designed for dot imports

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

	insertEvents = insertion[audit.Event]{into: events, columns: []column[audit.Event]{
		{events.EntityType, func(e audit.Event) any { return e.Entity.Type }},
		{events.EntityID, func(e audit.Event) any { return e.Entity.ID }},
		{events.Seq, func(e audit.Event) any { return e.Seq }},
		{events.Action, func(e audit.Event) any { return e.Action }},
		{events.Actor, func(e audit.Event) any { return e.Actor }},
		{events.OccurredAt, func(e audit.Event) any { return formatTime(e.OccurredAt) }},
		{events.Canonical, func(e audit.Event) any { return e.Canonical }},
		{events.Disclosures, func(e audit.Event) any { return e.Disclosures }},
		{events.PrevHash, func(e audit.Event) any { return e.PrevHash }},
		{events.Hash, func(e audit.Event) any { return e.Hash }},
	}}
)

// Events returns a page of the events of one entity, oldest first. It holds only events whose sequence numbers are
// above afterSeq.
func (r Trail) Events(
	ctx context.Context, of audit.Entity, afterSeq int64, size app.PageSize,
) (app.Page[audit.Event], error) {
	return r.events(ctx, size, selectEvents.Bind(args{
		"entity_type": of.Type, "entity_id": of.ID, "after": afterSeq, "limit": storage.Rows(size),
	}))
}

// ListEvents returns a page of events, newest first.
func (r Trail) ListEvents(ctx context.Context, f app.EventFilter) (app.Page[audit.Event], error) {
	return r.events(ctx, f.Size, build(listEvents(f)))
}

func (r Trail) events(
	ctx context.Context, size app.PageSize, q storage.Query,
) (app.Page[audit.Event], error) {
	p := storage.NewPager[audit.Event](size)
	err := r.DB.query(ctx, q, func(rows *sql.Rows) error {
		e, err := scanEvent(rows)
		return p.Add(e, e.Size(), err)
	})
	return p.Page(err)
}

func scanEvent(rows *sql.Rows) (e audit.Event, err error) {
	var occurredAt string
	if err := rows.Scan(
		&e.Entity.Type, &e.Entity.ID, &e.Seq, &e.Action, &e.Actor, &occurredAt,
		&e.Canonical, &e.Disclosures, &e.PrevHash, &e.Hash,
	); err != nil {
		return e, err
	}
	e.OccurredAt, err = parseTime(occurredAt)
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
		{events.EntityID, f.Entity.ID}, {events.Actor, f.Actor}, {events.Action, f.Action},
	} {
		if equal.value != "" {
			where = where.AND(equal.column.EQ(String(equal.value)))
		}
	}
	switch {
	case f.Entity.ID != "":
		where = where.AND(events.EntityType.EQ(String(f.Entity.Type)))
	case f.Entity.Type == audit.ProcedureEntity:
		where = where.AND(RawBool("audit_events.entity_type = 'procedure'")) // the condition of the index
	case f.Entity.Type != "":
		// With +, SQLite does not read all events of the type, in the order of the primary key, to sort them.
		where = where.AND(RawBool("+audit_events.entity_type = #type", RawArgs{"#type": f.Entity.Type}))
	}
	if f.Since != nil {
		where = where.AND(events.OccurredAt.GT_EQ(String(formatBound(*f.Since))))
	}
	if f.Until != nil {
		where = where.AND(events.OccurredAt.LT(String(formatBound(*f.Until))))
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
				< (#at, #type, #id, #seq)`,
			RawArgs{
				"#at": formatTime(f.After.At), "#type": f.After.Entity.Type, "#id": f.After.Entity.ID,
				"#seq": f.After.Seq,
			}))
	}
	return selected.WHERE(where).
		ORDER_BY(events.OccurredAt.DESC(), events.EntityType.DESC(), events.EntityID.DESC(), events.Seq.DESC()).
		LIMIT(storage.Rows(f.Size))
}

// writeEvents writes new events of one entity and their feed entry.
func writeEvents(ctx context.Context, t tx, all []audit.Event) error {
	if err := writeFeed(ctx, t, all); err != nil {
		return err
	}
	return insertEvents.run(ctx, t, nil, all)
}
