package postgres

import (
	"cmp"
	"context"
	"slices"
	"time"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet's language is meant to be read bare
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/postgres/gen/table"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

// Trail reads events: app.Trail.
type Trail struct{ DB *DB }

// Events returns events of one entity with seq above after, oldest first.
func (r Trail) Events(ctx context.Context, entityType, entityID string, after int64, limit int) ([]audit.Event, error) {
	var all []audit.Event
	e := table.AuditEvents
	err := r.DB.query(ctx, SELECT(e.Seq, e.Action, e.Actor, e.OccurredAt, CAST(e.Payload).AS_TEXT(), e.Canonical, e.PrevHash, e.Hash).FROM(e).
		WHERE(e.EntityType.EQ(String(entityType)).AND(e.EntityID.EQ(String(entityID))).AND(e.Seq.GT(Int(after)))).
		ORDER_BY(e.Seq.ASC()).LIMIT(int64(limit)), func(rows pgx.Rows) error {
		e := audit.Event{EntityType: entityType, EntityID: entityID}
		var payload string
		err := rows.Scan(&e.Seq, &e.Action, &e.Actor, &e.OccurredAt, &payload, &e.Canonical, &e.PrevHash, &e.Hash)
		e.OccurredAt, e.Payload = e.OccurredAt.UTC(), []byte(payload)
		all = append(all, e)
		return err
	})
	return all, translate(err)
}

var insertEvents = func() string {
	e := table.AuditEvents
	return fixed(insertRows(e, nil, array{e.EntityType, "text[]"}, array{e.EntityID, "text[]"}, array{e.Seq, "bigint[]"}, array{e.Action, "text[]"},
		array{e.Actor, "text[]"}, array{e.OccurredAt, "timestamptz[]"}, array{e.Payload, "text[]::json[]"}, array{e.Canonical, "text[]"},
		array{e.PrevHash, "text[]"}, array{e.Hash, "text[]"}))
}()

// queueEvents writes the events of one entity, in their order, and their entry in the feed.
func queueEvents(b *pgx.Batch, events []audit.Event) {
	b.Queue(insertEvents,
		column(events, func(e *audit.Event) string { return e.EntityType }), column(events, func(e *audit.Event) string { return e.EntityID }),
		column(events, func(e *audit.Event) int64 { return e.Seq }), column(events, func(e *audit.Event) string { return e.Action }),
		column(events, func(e *audit.Event) string { return e.Actor }), column(events, func(e *audit.Event) time.Time { return e.OccurredAt }),
		column(events, func(e *audit.Event) string { return string(e.Payload) }), column(events, func(e *audit.Event) string { return e.Canonical }),
		column(events, func(e *audit.Event) string { return e.PrevHash }), column(events, func(e *audit.Event) string { return e.Hash }))
	queueFeed(b, events)
}

// Entities returns what has a row or an event, sorted by type and id as bytes.
func (r Trail) Entities(ctx context.Context, after app.Entity, limit int) ([]app.Entity, error) {
	var all []app.Entity
	collect := func(rows pgx.Rows) error {
		var e app.Entity
		err := rows.Scan(&e.Type, &e.ID)
		all = append(all, e)
		return err
	}
	for _, s := range entityQueries(after, int64(limit)) {
		if err := r.DB.query(ctx, s, collect); err != nil {
			return nil, translate(err)
		}
	}
	slices.SortFunc(all, func(a, b app.Entity) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.ID, b.ID))
	})
	all = slices.Compact(all)
	return all[:min(limit, len(all))], nil
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
	ids, last := table.Runs.ID, uuid.Nil
	if id, err := uuid.Parse(idAfter(after, audit.RunEntity)); err == nil {
		last = id
	}
	return append(queries, SELECT(String(audit.RunEntity), CAST(ids).AS_TEXT()).FROM(table.Runs).
		WHERE(ids.GT(UUID(last))).ORDER_BY(ids.ASC()).LIMIT(limit))
}

func idAfter(after app.Entity, entityType string) string {
	if after.Type == entityType {
		return after.ID
	}
	return ""
}
