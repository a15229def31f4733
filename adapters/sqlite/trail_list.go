package sqlite

import (
	"context"
	"database/sql"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet's language is meant to be read bare

	"github.com/procedo/procedo/adapters/sqlite/gen/table"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

// ListEvents returns events newest first.
func (r Trail) ListEvents(ctx context.Context, f app.EventFilter) ([]audit.Event, error) {
	var all []audit.Event
	err := r.DB.within(ctx, r.DB.read, func(t tx) error {
		return t.query(ctx, listEvents(f), func(rows *sql.Rows) error {
			var e audit.Event
			var occurredAt, payload string
			err := rows.Scan(&e.Entity.Type, &e.Entity.ID, &e.Seq, &e.Action, &e.Actor, &occurredAt, &payload, &e.Canonical, &e.PrevHash, &e.Hash)
			if err == nil {
				e.OccurredAt, err = parseInstant(occurredAt)
			}
			e.Payload = []byte(payload)
			all = append(all, e)
			return err
		})
	})
	return all, translate(err)
}

// listEvents reads along an index that ends in the order of the list; those of one entity along the primary key.
func listEvents(f app.EventFilter) SelectStatement {
	e := table.AuditEvents
	where := Bool(true)
	for _, equal := range []struct {
		column ColumnString
		value  string
	}{{e.EntityType, f.Entity.Type}, {e.EntityID, f.Entity.ID}, {e.Actor, f.Actor}, {e.Action, f.Action}} {
		if equal.value != "" {
			where = where.AND(equal.column.EQ(String(equal.value)))
		}
	}
	if !f.Since.IsZero() {
		where = where.AND(e.OccurredAt.GT_EQ(String(instant(f.Since))))
	}
	if !f.Until.IsZero() {
		where = where.AND(e.OccurredAt.LT(String(instant(f.Until))))
	}
	selected := SELECT(e.EntityType, e.EntityID, e.Seq, e.Action, e.Actor, e.OccurredAt, e.Payload, e.Canonical, e.PrevHash, e.Hash).FROM(e)
	if f.Entity.ID != "" {
		if f.After.Seq > 0 {
			where = where.AND(e.Seq.LT(Int(f.After.Seq)))
		}
		return selected.WHERE(where).ORDER_BY(e.Seq.DESC()).LIMIT(int64(f.Limit))
	}
	if f.After.Seq > 0 {
		where = where.AND(RawBool("(audit_events.occurred_at, audit_events.entity_type, audit_events.entity_id, audit_events.seq) < (#at, #type, #id, #seq)",
			RawArgs{"#at": instant(f.After.At), "#type": f.After.Entity.Type, "#id": f.After.Entity.ID, "#seq": f.After.Seq}))
	}
	return selected.WHERE(where).ORDER_BY(e.OccurredAt.DESC(), e.EntityType.DESC(), e.EntityID.DESC(), e.Seq.DESC()).LIMIT(int64(f.Limit))
}
