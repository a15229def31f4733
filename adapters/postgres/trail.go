package postgres

import (
	"context"
	"time"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet's language is meant to be read bare
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/postgres/gen/table"
	"github.com/procedo/procedo/core/audit"
)

// Trail reads events: app.Trail.
type Trail struct{ DB *DB }

// Events returns events of one entity with seq above after, oldest first.
func (r Trail) Events(ctx context.Context, of audit.Entity, after int64, limit int) ([]audit.Event, error) {
	var all []audit.Event
	e := table.AuditEvents
	err := r.DB.query(ctx, SELECT(e.Seq, e.Action, e.Actor, e.OccurredAt, CAST(e.Payload).AS_TEXT(), e.Canonical, e.PrevHash, e.Hash).FROM(e).
		WHERE(e.EntityType.EQ(String(of.Type)).AND(e.EntityID.EQ(String(of.ID))).AND(e.Seq.GT(Int(after)))).
		ORDER_BY(e.Seq.ASC()).LIMIT(int64(limit)), func(rows pgx.Rows) error {
		e := audit.Event{Entity: of}
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
		column(events, func(e *audit.Event) string { return e.Entity.Type }), column(events, func(e *audit.Event) string { return e.Entity.ID }),
		column(events, func(e *audit.Event) int64 { return e.Seq }), column(events, func(e *audit.Event) string { return e.Action }),
		column(events, func(e *audit.Event) string { return e.Actor }), column(events, func(e *audit.Event) time.Time { return e.OccurredAt }),
		column(events, func(e *audit.Event) string { return string(e.Payload) }), column(events, func(e *audit.Event) string { return e.Canonical }),
		column(events, func(e *audit.Event) string { return e.PrevHash }), column(events, func(e *audit.Event) string { return e.Hash }))
	queueFeed(b, events)
}
