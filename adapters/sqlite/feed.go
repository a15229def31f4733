package sqlite

import (
	"context"
	"database/sql"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet's language is meant to be read bare

	"github.com/procedo/procedo/adapters/sqlite/gen/table"
	"github.com/procedo/procedo/core/audit"
)

// Feed reads what was committed: app.Feed. There is one writer at a time, so that positions are in the order of the commits.
type Feed struct{ DB *DB }

var (
	feed = table.AuditFeed

	insertFeed = fixed(feed.INSERT(feed.EntityType, feed.EntityID, feed.FirstSeq, feed.LastSeq).VALUES("", "", 0, 0))

	// selectRecords reads on from an entry that was perhaps not given out whole.
	selectRecords = fixed(SELECT(feed.Position, feed.EntityType, feed.EntityID, feed.LastSeq, table.AuditEvents.Seq, table.AuditEvents.Action, table.AuditEvents.Actor,
		table.AuditEvents.OccurredAt, table.AuditEvents.Payload, table.AuditEvents.Canonical, table.AuditEvents.PrevHash, table.AuditEvents.Hash, table.AuditCheckpoints.Note).
		FROM(feed.LEFT_JOIN(table.AuditEvents, table.AuditEvents.EntityType.EQ(feed.EntityType).AND(table.AuditEvents.EntityID.EQ(feed.EntityID)).
			AND(table.AuditEvents.Seq.BETWEEN(feed.FirstSeq, feed.LastSeq))).
			LEFT_JOIN(table.AuditCheckpoints, feed.EntityType.EQ(String(audit.CheckpointEntity)).AND(table.AuditCheckpoints.Number.EQ(feed.LastSeq)))).
		WHERE(beyond("coalesce(audit_events.seq, audit_feed.last_seq)")).
		ORDER_BY(feed.Position, table.AuditEvents.Seq).LIMIT(1))
)

// beyond is true of what comes after a cursor. Its arguments: the position, the position, the seq.
func beyond(seq string) BoolExpression {
	return feed.Position.GT_EQ(Int(0)).AND(RawBool("(audit_feed.position, "+seq+") > (#position, #seq)", RawArgs{"#position": 0, "#seq": 0}))
}

func writeFeed(ctx context.Context, t tx, events []audit.Event) error {
	first, last := events[0], events[len(events)-1]
	return t.execText(ctx, insertFeed, last.Entity.Type, last.Entity.ID, first.Seq, last.Seq)
}

// Records returns records after the cursor.
func (f Feed) Records(ctx context.Context, after audit.Cursor, limit int) ([]audit.FeedRecord, error) {
	var all []audit.FeedRecord
	err := f.DB.within(ctx, f.DB.read, func(t tx) error {
		return t.queryText(ctx, selectRecords, []any{audit.CheckpointEntity, after.Position, after.Position, after.Seq, limit}, func(rows *sql.Rows) error {
			r, err := scanRecord(rows)
			all = append(all, r)
			return err
		})
	})
	return all, translate(err)
}

func scanRecord(rows *sql.Rows) (r audit.FeedRecord, err error) {
	var seq *int64
	var action, actor, occurredAt, payload, canonical, prev, hash, note *string
	if err := rows.Scan(&r.Position, &r.Entity.Type, &r.Entity.ID, &r.Seq, &seq, &action, &actor, &occurredAt, &payload, &canonical, &prev, &hash, &note); err != nil {
		return r, err
	}
	r.Note = orEmpty(note)
	if seq == nil {
		return r, nil
	}
	r.Seq = *seq
	r.Event = &audit.Event{Entity: r.Entity, Seq: *seq, Action: *action, Actor: *actor, Payload: []byte(*payload), Canonical: *canonical, PrevHash: *prev, Hash: *hash}
	r.Event.OccurredAt, err = parseInstant(*occurredAt)
	return r, err
}

var selectChanged = fixed(SELECT(feed.Position, feed.EntityType, feed.EntityID, feed.LastSeq, table.AuditEvents.Hash).
	FROM(feed.LEFT_JOIN(table.AuditEvents, table.AuditEvents.EntityType.EQ(feed.EntityType).AND(table.AuditEvents.EntityID.EQ(feed.EntityID)).AND(table.AuditEvents.Seq.EQ(feed.LastSeq)))).
	WHERE(beyond("audit_feed.last_seq")).ORDER_BY(feed.Position).LIMIT(1))

// ChangedHeads returns the heads of what the next entries name.
func (f Feed) ChangedHeads(ctx context.Context, after audit.Cursor, limit int) ([]audit.Leaf, audit.Cursor, error) {
	var heads audit.Heads
	err := f.DB.within(ctx, f.DB.read, func(t tx) error {
		return t.queryText(ctx, selectChanged, []any{after.Position, after.Position, after.Seq, limit}, func(rows *sql.Rows) error {
			var hash *string
			err := rows.Scan(&after.Position, &after.Entity.Type, &after.Entity.ID, &after.Seq, &hash)
			heads.Add(after, orEmpty(hash))
			return err
		})
	})
	return heads.Leaves, after, translate(err)
}
