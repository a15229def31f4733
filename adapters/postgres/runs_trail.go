package postgres

import (
	"time"

	"github.com/procedo/procedo/core/audit"
)

// feedRow is an entry of the feed without its position: it covers the events of one run.
type feedRow struct{ first, last int64 }

var (
	insertRunEvents = newOwned(func(w *runWrite) []audit.Event { return w.Change.Events }, runEventColumns, `
		INSERT INTO audit_events (entity_type, entity_id, `+namesOf("", runEventColumns)+`)
		SELECT 'run', own.run_id::text, `+namesOf("own.", runEventColumns)+` FROM `+ownRows(runEventColumns)+`
		WHERE `+isHeld)

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

	insertRunFeed = newOwned(feedRows, feedColumns, `
		INSERT INTO audit_feed (position, entity_type, entity_id, `+namesOf("", feedColumns)+`)
		SELECT `+feedPosition+`, 'run', own.run_id::text, `+namesOf("own.", feedColumns)+`
		FROM audit_feed_origin, `+ownRows(feedColumns)+` WHERE `+isHeld)

	feedColumns = []column[feedRow]{
		columnOf(feed.FirstSeq, "bigint[]", func(r *feedRow) int64 { return r.first }),
		columnOf(feed.LastSeq, "bigint[]", func(r *feedRow) int64 { return r.last }),
	}
)

func feedRows(w *runWrite) []feedRow {
	all := w.Change.Events
	if len(all) == 0 {
		return nil
	}
	return []feedRow{{all[0].Seq, all[len(all)-1].Seq}}
}
