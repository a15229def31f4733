package sqlite

import (
	"context"
	"database/sql"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet is designed for dot imports

	"github.com/procedo/procedo/adapters/sqlite/gen/table"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

// Feed implements app.Feed: it reads all committed events and checkpoints. SQLite has one writer at a time, so the
// positions are in the order of the commits. Positions up to audit_feed_origin.base were assigned by another database,
// from which this one was copied.
type Feed struct{ DB *DB }

var (
	feed, events = table.AuditFeed, table.AuditEvents

	// insertFeed assigns the next position.
	insertFeed = prepare(RawStatement(storage.Named(`
		INSERT INTO audit_feed (position, entity_type, entity_id, first_seq, last_seq)
		SELECT coalesce(max(position), 0) + 1, #entity_type, #entity_id, #first_seq, #last_seq FROM audit_feed`)))

	selectRecords = prepare(SELECT(
		feed.Position, feed.EntityType, feed.EntityID, feed.LastSeq,
		events.Seq, events.Action, events.Actor, events.OccurredAt, events.Canonical, events.Disclosures,
		events.PrevHash, events.Hash, cosignedNote, notes.Header,
	).FROM(feed.
		LEFT_JOIN(events, eventsOfFeed.AND(events.Seq.BETWEEN(feed.FirstSeq, feed.LastSeq))).
		LEFT_JOIN(notes, feed.EntityType.EQ(String(audit.CheckpointEntity)).AND(notes.Number.EQ(feed.LastSeq))),
	).WHERE(
		afterCursor("coalesce(audit_events.seq, audit_feed.last_seq)"), // an entry may cover several events
	).ORDER_BY(feed.Position, feed.EntityType, feed.EntityID, feed.LastSeq, events.Seq).LIMIT(storage.Limit))

	selectNextLeaves = prepare(SELECT(
		feed.Position, feed.EntityType, feed.EntityID, feed.LastSeq, events.Hash,
	).FROM(
		feed.LEFT_JOIN(events, eventsOfFeed.AND(events.Seq.EQ(feed.LastSeq))),
	).WHERE(
		afterCursor("audit_feed.last_seq"),
	).ORDER_BY(feed.Position, feed.EntityType, feed.EntityID, feed.LastSeq).LIMIT(storage.Limit))

	eventsOfFeed = events.EntityType.EQ(feed.EntityType).AND(events.EntityID.EQ(feed.EntityID))
)

// afterCursor returns the condition that an entry or event comes after the cursor. The argument is the SQL expression
// of the sequence number of the entry or event. The parameters of the statement come from cursorArgs. The first
// comparison is redundant, but SQLite needs it to use the index.
func afterCursor(seq string) BoolExpression {
	return feed.Position.GT_EQ(intParam("position")).
		AND(RawBool(storage.Named("(audit_feed.position, audit_feed.entity_type, audit_feed.entity_id, " + seq + `)
			> (#position, #entity_type, #entity_id, #seq)`)))
}

func cursorArgs(c audit.Cursor, limit int) args {
	return args{
		"position": c.Position, "entity_type": c.Entity.Type, "entity_id": c.Entity.ID, "seq": c.Seq, "limit": limit,
	}
}

// writeFeed writes the feed entry for new events of one entity.
func writeFeed(ctx context.Context, t tx, all []audit.Event) error {
	first, last := all[0], all[len(all)-1]
	_, err := t.exec(ctx, insertFeed.Bind(args{
		"entity_type": last.Entity.Type, "entity_id": last.Entity.ID, "first_seq": first.Seq, "last_seq": last.Seq,
	}))
	return err
}

// Records returns a page of the records after the cursor.
func (f Feed) Records(
	ctx context.Context, after audit.Cursor, size app.PageSize,
) (app.Page[audit.FeedRecord], error) {
	page := storage.NewPager[audit.FeedRecord](size)
	q := selectRecords.Bind(cursorArgs(after, int(storage.Rows(size))))
	err := f.DB.query(ctx, q, func(rows *sql.Rows) error {
		r, err := scanRecord(rows)
		return page.Add(r, r.Size(), err)
	})
	return page.Page(err)
}

func scanRecord(rows *sql.Rows) (r audit.FeedRecord, err error) {
	var seq *int64
	var action, actor, occurredAt, canonical, disclosures, prev, hash, note, header *string
	if err := rows.Scan(
		&r.Position, &r.Entity.Type, &r.Entity.ID, &r.Seq,
		&seq, &action, &actor, &occurredAt, &canonical, &disclosures, &prev, &hash, &note, &header,
	); err != nil {
		return r, err
	}
	r.Note, r.Header = storage.OrEmpty(note), storage.OrEmpty(header)
	if seq == nil {
		return r, nil
	}
	r.Seq = *seq
	r.Event = &audit.Event{
		Entity: r.Entity, Seq: *seq, Action: *action, Actor: *actor, Canonical: *canonical,
		Disclosures: *disclosures, PrevHash: *prev, Hash: *hash,
	}
	r.Event.OccurredAt, err = parseTime(*occurredAt)
	return r, err
}

// NextLeaves reads at most limit feed entries after the cursor.
func (f Feed) NextLeaves(ctx context.Context, after audit.Cursor, limit int) (app.LeafPage, error) {
	var heads audit.Heads
	entries := 0
	err := f.DB.query(ctx, selectNextLeaves.Bind(cursorArgs(after, limit)), func(rows *sql.Rows) error {
		var hash *string
		err := rows.Scan(&after.Position, &after.Entity.Type, &after.Entity.ID, &after.Seq, &hash)
		heads.Add(after, storage.OrEmpty(hash))
		entries++
		return err
	})
	return app.LeafPage{Leaves: heads.Leaves, Until: after, More: entries == limit}, err
}
