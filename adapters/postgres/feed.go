package postgres

import (
	"context"
	"slices"
	"time"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet's language is meant to be read bare
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/postgres/gen/table"
	"github.com/procedo/procedo/core/audit"
)

// Feed reads what was committed: app.Feed. A position is the number of the transaction that wrote, or of the latest that had
// ended by then: whoever waits for a row has often got a number before the one that they wait for. So the entries of one entity are in
// the order of their commits. A reader stops before the oldest transaction that is still open: none comes later with a lower number.
type Feed struct{ DB *DB }

var (
	feed   = table.AuditFeed
	events = table.AuditEvents

	insertFeed = fixed(feed.INSERT(feed.Position, feed.EntityType, feed.EntityID, feed.FirstSeq, feed.LastSeq).
			QUERY(RawStatement(`SELECT base + greatest(pg_current_xact_id()::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1),
				$1, $2, $3::bigint, $4::bigint FROM audit_feed_origin`)))

	selectRecords = fixed(SELECT(feed.Position, feed.EntityType, feed.EntityID, feed.LastSeq, events.Seq, events.Action, events.Actor, events.OccurredAt, CAST(events.Payload).AS_TEXT(),
		events.Canonical, events.PrevHash, events.Hash, table.AuditCheckpoints.Note).
		FROM(feed.
			LEFT_JOIN(events, events.EntityType.EQ(feed.EntityType).AND(events.EntityID.EQ(feed.EntityID)).AND(events.Seq.BETWEEN(feed.FirstSeq, feed.LastSeq))).
			LEFT_JOIN(table.AuditCheckpoints, RawBool("audit_feed.entity_type = 'checkpoint'").AND(table.AuditCheckpoints.Number.EQ(feed.LastSeq)))).
		WHERE(settled().AND(beyond("audit_feed.last_seq")).AND(beyond("coalesce(audit_events.seq, audit_feed.last_seq)"))).
		ORDER_BY(feed.Position, feed.EntityType, feed.EntityID, feed.LastSeq, events.Seq).LIMIT(1))

	selectChanged = fixed(SELECT(feed.Position, feed.EntityType, feed.EntityID, feed.LastSeq, events.Hash).
			FROM(feed.LEFT_JOIN(events, events.EntityType.EQ(feed.EntityType).AND(events.EntityID.EQ(feed.EntityID)).AND(events.Seq.EQ(feed.LastSeq)))).
			WHERE(settled().AND(beyond("audit_feed.last_seq"))).
			ORDER_BY(feed.Position, feed.EntityType, feed.EntityID, feed.LastSeq).LIMIT(1))

	// raiseOrigin lifts new positions above those that are there, where the database was restored into a cluster that counts lower.
	raiseOrigin = fixed(RawStatement(`UPDATE audit_feed_origin SET base = base + behind.by
		FROM (SELECT (SELECT coalesce(max(position), 0) FROM audit_feed) - base - pg_current_xact_id()::text::bigint + 1 AS by FROM audit_feed_origin) AS behind
		WHERE behind.by > 0`))
)

// beyond is true of what comes after a cursor, whose four members are its arguments.
func beyond(seq string) BoolExpression {
	return RawBool("(audit_feed.position, audit_feed.entity_type, audit_feed.entity_id, "+seq+") > (#position::bigint, #type::text, #id::text, #seq::bigint)",
		RawArgs{"#position": 0, "#type": "", "#id": "", "#seq": 0})
}

// settled is true of what will not be preceded any more.
func settled() BoolExpression {
	return RawBool("audit_feed.position < (SELECT base + pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM audit_feed_origin)")
}

func queueFeed(b *pgx.Batch, written []audit.Event) {
	first, last := written[0], written[len(written)-1]
	b.Queue(insertFeed, last.Entity.Type, last.Entity.ID, first.Seq, last.Seq)
}

// AlignFeed makes new positions follow those that are there. To be called before the first write to a database that may have
// been restored from a dump.
func (d *DB) AlignFeed(ctx context.Context) error {
	d.trips()
	_, err := d.pool.Exec(ctx, raiseOrigin)
	return translate(err)
}

// Records returns records after the cursor.
func (f Feed) Records(ctx context.Context, after audit.Cursor, limit int) (all []audit.FeedRecord, err error) {
	place := []any{after.Position, after.Entity.Type, after.Entity.ID, after.Seq}
	err = f.DB.queryText(ctx, selectRecords, slices.Concat(place, place, []any{limit}), func(rows pgx.Rows) error {
		r, err := scanRecord(rows)
		all = append(all, r)
		return err
	})
	return all, translate(err)
}

func scanRecord(rows pgx.Rows) (r audit.FeedRecord, err error) {
	var seq *int64
	var action, actor, payload, canonical, prev, hash, note *string
	var at *time.Time
	if err := rows.Scan(&r.Position, &r.Entity.Type, &r.Entity.ID, &r.Seq, &seq, &action, &actor, &at, &payload, &canonical, &prev, &hash, &note); err != nil {
		return r, err
	}
	r.Note = orEmpty(note)
	if seq != nil {
		r.Seq = *seq
		r.Event = &audit.Event{
			Entity: r.Entity, Seq: *seq, Action: *action, Actor: *actor, OccurredAt: at.UTC(), Payload: []byte(*payload),
			Canonical: *canonical, PrevHash: *prev, Hash: *hash,
		}
	}
	return r, nil
}

// ChangedHeads returns the heads of what the next entries name.
func (f Feed) ChangedHeads(ctx context.Context, after audit.Cursor, limit int) ([]audit.Leaf, audit.Cursor, error) {
	var heads audit.Heads
	err := f.DB.queryText(ctx, selectChanged, []any{after.Position, after.Entity.Type, after.Entity.ID, after.Seq, limit}, func(rows pgx.Rows) error {
		var hash *string
		err := rows.Scan(&after.Position, &after.Entity.Type, &after.Entity.ID, &after.Seq, &hash)
		heads.Add(after, orEmpty(hash))
		return err
	})
	return heads.Leaves, after, translate(err)
}
