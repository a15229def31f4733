package sqlite

import (
	"context"
	"database/sql"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet's language is meant to be read bare

	"github.com/procedo/procedo/adapters/sqlite/gen/model"
	"github.com/procedo/procedo/adapters/sqlite/gen/table"
	"github.com/procedo/procedo/core/audit"
)

// Trail reads events: app.Trail.
type Trail struct{ DB *DB }

var selectEvents = fixed(SELECT(table.AuditEvents.Seq, table.AuditEvents.Action, table.AuditEvents.Actor, table.AuditEvents.OccurredAt,
	table.AuditEvents.Payload, table.AuditEvents.Canonical, table.AuditEvents.PrevHash, table.AuditEvents.Hash).
	FROM(table.AuditEvents).
	WHERE(table.AuditEvents.EntityType.EQ(String("")).AND(table.AuditEvents.EntityID.EQ(String(""))).AND(table.AuditEvents.Seq.GT(Int(0)))).
	ORDER_BY(table.AuditEvents.Seq.ASC()).LIMIT(1))

// Events returns events of one entity with seq above after, oldest first.
func (r Trail) Events(ctx context.Context, of audit.Entity, after int64, limit int) ([]audit.Event, error) {
	var all []audit.Event
	err := r.DB.within(ctx, r.DB.read, func(t tx) error {
		return t.queryText(ctx, selectEvents, []any{of.Type, of.ID, after, limit}, func(rows *sql.Rows) error {
			e := audit.Event{Entity: of}
			var occurredAt, payload string
			err := rows.Scan(&e.Seq, &e.Action, &e.Actor, &occurredAt, &payload, &e.Canonical, &e.PrevHash, &e.Hash)
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

// writeEvents writes the events of one entity, in their order, and their entry in the feed.
func writeEvents(ctx context.Context, t tx, events []audit.Event) error {
	if err := writeFeed(ctx, t, events); err != nil {
		return err
	}
	return insertAll(ctx, t, events, func(chunk []audit.Event) statement {
		rows := make([]model.AuditEvents, len(chunk))
		for i, e := range chunk {
			rows[i] = model.AuditEvents{
				EntityType: e.Entity.Type, EntityID: e.Entity.ID, Seq: e.Seq, Action: e.Action, Actor: e.Actor,
				OccurredAt: instant(e.OccurredAt), Payload: string(e.Payload), Canonical: e.Canonical,
				PrevHash: e.PrevHash, Hash: e.Hash,
			}
		}
		return table.AuditEvents.INSERT(table.AuditEvents.AllColumns).MODELS(rows)
	})
}
