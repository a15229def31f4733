package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet's language is meant to be read bare

	"github.com/procedo/procedo/adapters/sqlite/gen/model"
	"github.com/procedo/procedo/adapters/sqlite/gen/table"
	"github.com/procedo/procedo/core/app"
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
func (r Trail) Events(ctx context.Context, entityType, entityID string, after int64, limit int) ([]audit.Event, error) {
	var all []audit.Event
	err := r.DB.within(ctx, r.DB.read, func(t tx) error {
		return t.queryText(ctx, selectEvents, []any{entityType, entityID, after, limit}, func(rows *sql.Rows) error {
			e := audit.Event{EntityType: entityType, EntityID: entityID}
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
				EntityType: e.EntityType, EntityID: e.EntityID, Seq: e.Seq, Action: e.Action, Actor: e.Actor,
				OccurredAt: instant(e.OccurredAt), Payload: string(e.Payload), Canonical: e.Canonical,
				PrevHash: e.PrevHash, Hash: e.Hash,
			}
		}
		return table.AuditEvents.INSERT(table.AuditEvents.AllColumns).MODELS(rows)
	})
}

// Entities returns what has a row or an event, sorted by type and id.
func (r Trail) Entities(ctx context.Context, after app.Entity, limit int) ([]app.Entity, error) {
	var all []app.Entity
	err := r.DB.within(ctx, r.DB.read, func(t tx) error {
		collect := func(rows *sql.Rows) error {
			var e app.Entity
			err := rows.Scan(&e.Type, &e.ID)
			all = append(all, e)
			return err
		}
		for _, s := range entityQueries(after, int64(limit)) {
			if err := t.query(ctx, s, collect); err != nil {
				return err
			}
		}
		return nil
	})
	slices.SortFunc(all, func(a, b app.Entity) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.ID, b.ID))
	})
	all = slices.Compact(all)
	return all[:min(limit, len(all))], translate(err)
}

// entityQueries asks each table for its part; every one of them reads along an index and stops at the limit.
func entityQueries(after app.Entity, limit int64) []statement {
	events := table.AuditEvents
	queries := []statement{
		SELECT(events.EntityType, events.EntityID).DISTINCT().FROM(events).
			WHERE(events.EntityType.GT(String(after.Type)).
				OR(events.EntityType.EQ(String(after.Type)).AND(events.EntityID.GT(String(after.ID))))).
			ORDER_BY(events.EntityType.ASC(), events.EntityID.ASC()).LIMIT(limit),
	}
	if after.Type <= audit.ProcedureEntity {
		ids := table.Procedures.ID
		queries = append(queries, SELECT(String(audit.ProcedureEntity), ids).FROM(table.Procedures).
			WHERE(ids.GT(String(idAfter(after, audit.ProcedureEntity)))).ORDER_BY(ids.ASC()).LIMIT(limit))
	}
	ids := table.Runs.ID
	return append(queries, SELECT(String(audit.RunEntity), ids).FROM(table.Runs).
		WHERE(ids.GT(String(idAfter(after, audit.RunEntity)))).ORDER_BY(ids.ASC()).LIMIT(limit))
}

func idAfter(after app.Entity, entityType string) string {
	if after.Type == entityType {
		return after.ID
	}
	return ""
}
