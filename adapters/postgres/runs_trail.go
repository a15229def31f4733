package postgres

import (
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/core/audit"
)

// trailRows are new events of several runs, and the entries of the feed for them.
type trailRows struct {
	events ownedRows[audit.Event]
	feed   ownedRows[feedRow]
}

// feedRow is an entry of the feed without its position: it covers the events of one run.
type feedRow struct{ first, last int64 }

func (t *trailRows) add(w *runWrite) {
	all := w.Change.Events
	t.events.add(w, all)
	t.feed.add(w, []feedRow{{all[0].Seq, all[len(all)-1].Seq}})
}

func (t *trailRows) queue(b *pgx.Batch) {
	insertRunEvents.queue(b, t.events)
	insertRunFeed.queue(b, t.feed)
}

var (
	insertRunEvents = newOwned(runEventColumns, `
		INSERT INTO audit_events (entity_type, entity_id, `+namesOf("", runEventColumns)+`)
		SELECT 'run', own.run_id::text, `+namesOf("own.", runEventColumns)+` FROM `+ofMovedRuns(runEventColumns))

	runEventColumns = []column[audit.Event]{
		columnOf(events.Seq, "bigint[]", func(e *audit.Event) int64 { return e.Seq }),
		columnOf(events.Action, "text[]", func(e *audit.Event) string { return e.Action }),
		columnOf(events.Actor, "text[]", func(e *audit.Event) string { return e.Actor }),
		columnOf(events.OccurredAt, "timestamptz[]", func(e *audit.Event) time.Time { return e.OccurredAt }),
		columnOf(events.Canonical, "text[]", func(e *audit.Event) string { return e.Canonical }),
		columnOf(events.Disclosures, "text[]", func(e *audit.Event) string { return e.Disclosures }),
		columnOf(events.PrevHash, "text[]", func(e *audit.Event) string { return e.PrevHash }),
		columnOf(events.Hash, "text[]", func(e *audit.Event) string { return e.Hash }),
	}

	insertRunFeed = newOwned(feedColumns, `
		INSERT INTO audit_feed (position, entity_type, entity_id, `+namesOf("", feedColumns)+`)
		SELECT `+feedPosition+`, 'run', own.run_id::text, `+namesOf("own.", feedColumns)+`
		FROM audit_feed_origin, `+ofMovedRuns(feedColumns))

	feedColumns = []column[feedRow]{
		columnOf(feed.FirstSeq, "bigint[]", func(r *feedRow) int64 { return r.first }),
		columnOf(feed.LastSeq, "bigint[]", func(r *feedRow) int64 { return r.last }),
	}
)
