package postgres

import (
	"context"
	"time"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet is designed for dot imports
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/postgres/gen/table"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

// Feed implements app.Feed: it reads all committed events and checkpoints in the order of the commits.
//
// An entry's position is a base (see raiseOrigin) plus the higher of two ids: the id of the transaction that writes the
// entry, and the highest id of the transactions that have ended by then. The first id alone can be too low if the
// transaction has waited for a row lock: the transaction that held the lock may have a higher id, but its entry must
// come first.
//
// Readers stop at the position of the oldest open transaction, because open transactions may still add entries at this
// position or above.
type Feed struct{ DB *DB }

// feedPosition is the position of an entry that is inserted.
const feedPosition = `base + greatest(pg_current_xact_id()::text::bigint,
	pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1)`

var (
	feed, events = table.AuditFeed, table.AuditEvents

	insertFeed = prepare(feed.
			INSERT(feed.Position, feed.EntityType, feed.EntityID, feed.FirstSeq, feed.LastSeq).
			QUERY(RawStatement(storage.Named(`			SELECT ` + feedPosition + `, #entity_type, #entity_id, #first_seq::bigint, #last_seq::bigint
			FROM audit_feed_origin`))))

	selectRecords = prepare(SELECT(
		feed.Position, feed.EntityType, feed.EntityID, feed.LastSeq,
		events.Seq, events.Action, events.Actor, events.OccurredAt, events.Canonical, events.Disclosures,
		events.PrevHash, events.Hash, cosignedNote, notes.Header,
	).FROM(feed.
		LEFT_JOIN(events, eventsOfFeed.AND(events.Seq.BETWEEN(feed.FirstSeq, feed.LastSeq))).
		LEFT_JOIN(notes, RawBool("audit_feed.entity_type = 'checkpoint'").AND(notes.Number.EQ(feed.LastSeq))),
	).WHERE(settled().
		AND(afterCursor("audit_feed.last_seq")).
		AND(afterCursor("coalesce(audit_events.seq, audit_feed.last_seq)")), // an entry may cover several events
	).ORDER_BY(feed.Position, feed.EntityType, feed.EntityID, feed.LastSeq, events.Seq).LIMIT(storage.Limit))

	selectNextLeaves = prepare(SELECT(
		feed.Position, feed.EntityType, feed.EntityID, feed.LastSeq, events.Hash,
	).FROM(
		feed.LEFT_JOIN(events, eventsOfFeed.AND(events.Seq.EQ(feed.LastSeq))),
	).WHERE(
		settled().AND(afterCursor("audit_feed.last_seq")),
	).ORDER_BY(feed.Position, feed.EntityType, feed.EntityID, feed.LastSeq).LIMIT(storage.Limit))

	eventsOfFeed = events.EntityType.EQ(feed.EntityType).AND(events.EntityID.EQ(feed.EntityID))

	// raiseOrigin raises the base that is added to transaction ids, so that new positions are above all existing ones.
	// This is needed after a dump is restored into a cluster with lower transaction ids.
	raiseOrigin = prepare(RawStatement(`
		UPDATE audit_feed_origin SET base = base + behind.by
		FROM (
			SELECT (SELECT coalesce(max(position), 0) FROM audit_feed) - base
				- pg_current_xact_id()::text::bigint + 1 AS by
			FROM audit_feed_origin
		) AS behind
		WHERE behind.by > 0`))
)

// afterCursor returns the condition that an entry or event comes after the cursor. The argument is the SQL expression
// of the sequence number of the entry or event. The parameters of the statement come from cursorArgs.
func afterCursor(seq string) BoolExpression {
	return RawBool(storage.Named("(audit_feed.position, audit_feed.entity_type, audit_feed.entity_id, " + seq + `)
		> (#position::bigint, #entity_type::text, #entity_id::text, #seq::bigint)`))
}

func cursorArgs(c audit.Cursor, limit int) args {
	return args{
		"position": c.Position, "entity_type": c.Entity.Type, "entity_id": c.Entity.ID, "seq": c.Seq, "limit": limit,
	}
}

// settled returns the condition that an entry's position is below that of the oldest open transaction. Open
// transactions can then add only later entries.
func settled() BoolExpression {
	return RawBool(`audit_feed.position <
		(SELECT base + pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM audit_feed_origin)`)
}

// queueFeed adds to a batch the feed entry for new events of one entity.
func queueFeed(b *pgx.Batch, all []audit.Event) {
	first, last := all[0], all[len(all)-1]
	queue(b, insertFeed.Bind(args{
		"entity_type": last.Entity.Type, "entity_id": last.Entity.ID, "first_seq": first.Seq, "last_seq": last.Seq,
	}))
}

// AlignFeed makes new positions in the feed higher than all existing ones. The program must call it before the first
// write, because the database may have been restored from a dump.
func (d *DB) AlignFeed(ctx context.Context) error {
	_, err := d.exec(ctx, d.background, raiseOrigin.Bind(nil))
	return translate(err)
}

// Records returns a page of the records after the cursor.
func (f Feed) Records(
	ctx context.Context, after audit.Cursor, size app.PageSize,
) (app.Page[audit.FeedRecord], error) {
	page := storage.NewPager[audit.FeedRecord](size)
	q := selectRecords.Bind(cursorArgs(after, int(storage.Rows(size))))
	err := f.DB.queryOn(ctx, f.DB.background, q, func(rows pgx.Rows) error {
		r, err := scanRecord(rows)
		return page.Add(r, r.Size(), err)
	})
	return page.Page(err)
}

func scanRecord(rows pgx.Rows) (r audit.FeedRecord, err error) {
	var seq *int64
	var action, actor, canonical, disclosures, prev, hash, note, header *string
	var at *time.Time
	if err := rows.Scan(
		&r.Position, &r.Entity.Type, &r.Entity.ID, &r.Seq,
		&seq, &action, &actor, &at, &canonical, &disclosures, &prev, &hash, &note, &header,
	); err != nil {
		return r, err
	}
	r.Note, r.Header = storage.OrEmpty(note), storage.OrEmpty(header)
	if seq != nil {
		r.Seq = *seq
		r.Event = &audit.Event{
			Entity: r.Entity, Seq: *seq, Action: *action, Actor: *actor, OccurredAt: at.UTC(),
			Canonical: *canonical, Disclosures: *disclosures, PrevHash: *prev, Hash: *hash,
		}
	}
	return r, nil
}

// NextLeaves reads at most limit feed entries after the cursor.
func (f Feed) NextLeaves(ctx context.Context, after audit.Cursor, limit int) (app.LeafPage, error) {
	var heads audit.Heads
	entries := 0
	err := f.DB.queryOn(ctx, f.DB.background, selectNextLeaves.Bind(cursorArgs(after, limit)), func(rows pgx.Rows) error {
		var hash *string
		err := rows.Scan(&after.Position, &after.Entity.Type, &after.Entity.ID, &after.Seq, &hash)
		heads.Add(after, storage.OrEmpty(hash))
		entries++
		return err
	})
	return app.LeafPage{Leaves: heads.Leaves, Until: after, More: entries == limit}, err
}
