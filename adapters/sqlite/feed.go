package sqlite

import (
	"context"
	"database/sql"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet's language is meant to be read bare

	"github.com/procedo/procedo/adapters/sqlite/gen/table"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/audit"
)

// Feed reads everything that was committed: app.Feed. There is one writer at a time, so the positions are in the
// order of the commits.
type Feed struct{ DB *DB }

var (
	feed, events = table.AuditFeed, table.AuditEvents

	insertFeed = prepare(insertInto(feed, ColumnList{feed.EntityType, feed.EntityID, feed.FirstSeq, feed.LastSeq}))

	selectRecords = prepare(SELECT(
		feed.Position, feed.EntityType, feed.EntityID, feed.LastSeq,
		events.Seq, events.Action, events.Actor, events.OccurredAt, events.Payload, events.Canonical, events.PrevHash,
		events.Hash, notes.Note,
	).FROM(feed.
		LEFT_JOIN(events, eventsOfFeed.AND(events.Seq.BETWEEN(feed.FirstSeq, feed.LastSeq))).
		LEFT_JOIN(notes, feed.EntityType.EQ(String(audit.CheckpointEntity)).AND(notes.Number.EQ(feed.LastSeq))),
	).WHERE(
		afterCursor("coalesce(audit_events.seq, audit_feed.last_seq)"), // an entry may have been read in part
	).ORDER_BY(feed.Position, events.Seq).LIMIT(storage.Limit))

	selectNextLeaves = prepare(SELECT(
		feed.Position, feed.EntityType, feed.EntityID, feed.LastSeq, events.Hash,
	).FROM(
		feed.LEFT_JOIN(events, eventsOfFeed.AND(events.Seq.EQ(feed.LastSeq))),
	).WHERE(
		afterCursor("audit_feed.last_seq"),
	).ORDER_BY(feed.Position).LIMIT(storage.Limit))

	eventsOfFeed = events.EntityType.EQ(feed.EntityType).AND(events.EntityID.EQ(feed.EntityID))
)

// afterCursor returns the condition that an entry comes after the cursor of the parameters position and seq; seq is the
// SQL of the entry's own. The first comparison is the one that SQLite can use an index for.
func afterCursor(seq string) BoolExpression {
	return feed.Position.GT_EQ(intParam("position")).
		AND(RawBool(storage.Named("(audit_feed.position, " + seq + ") > (#position, #seq)")))
}

// writeFeed writes the entry of the feed for events of one entity.
func writeFeed(ctx context.Context, t tx, all []audit.Event) error {
	first, last := all[0], all[len(all)-1]
	_, err := t.exec(ctx, insertFeed.Bind(args{
		"entity_type": last.Entity.Type, "entity_id": last.Entity.ID, "first_seq": first.Seq, "last_seq": last.Seq,
	}))
	return err
}

// Records returns records after the cursor.
func (f Feed) Records(ctx context.Context, after audit.Cursor, limit int) (all []audit.FeedRecord, err error) {
	q := selectRecords.Bind(args{"position": after.Position, "seq": after.Seq, "limit": limit})
	err = f.DB.query(ctx, q, func(rows *sql.Rows) error {
		r, err := scanRecord(rows)
		all = append(all, r)
		return err
	})
	return all, err
}

func scanRecord(rows *sql.Rows) (r audit.FeedRecord, err error) {
	var seq *int64
	var action, actor, occurredAt, payload, canonical, prev, hash, note *string
	if err := rows.Scan(
		&r.Position, &r.Entity.Type, &r.Entity.ID, &r.Seq,
		&seq, &action, &actor, &occurredAt, &payload, &canonical, &prev, &hash, &note,
	); err != nil {
		return r, err
	}
	r.Note = storage.OrEmpty(note)
	if seq == nil {
		return r, nil
	}
	r.Seq = *seq
	r.Event = &audit.Event{
		Entity: r.Entity, Seq: *seq, Action: *action, Actor: *actor, Payload: []byte(*payload),
		Canonical: *canonical, PrevHash: *prev, Hash: *hash,
	}
	r.Event.OccurredAt, err = parseInstant(*occurredAt)
	return r, err
}

// NextLeaves returns a leaf for each entity among the next entries of the feed.
func (f Feed) NextLeaves(ctx context.Context, after audit.Cursor, limit int) ([]audit.Leaf, audit.Cursor, error) {
	var heads audit.Heads
	q := selectNextLeaves.Bind(args{"position": after.Position, "seq": after.Seq, "limit": limit})
	err := f.DB.query(ctx, q, func(rows *sql.Rows) error {
		var hash *string
		err := rows.Scan(&after.Position, &after.Entity.Type, &after.Entity.ID, &after.Seq, &hash)
		heads.Add(after, storage.OrEmpty(hash))
		return err
	})
	return heads.Leaves, after, err
}
