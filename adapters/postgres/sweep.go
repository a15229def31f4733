package postgres

import (
	"context"
	"errors"
	"slices"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet's language is meant to be read bare
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/postgres/gen/table"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/schema"
)

// Sweep reads everything of many entities at once: app.Sweep.
type Sweep struct{ Runs }

// inStretch is true of what is in a stretch, by the column of its ids as text.
func inStretch(id ColumnString, s app.Stretch) BoolExpression {
	in := id.GT(String(s.After))
	if s.Upto != "" {
		in = in.AND(id.LT_EQ(String(s.Upto)))
	}
	return in
}

// runsInStretch is the same of ids that are UUIDs, which sort as their texts do. The ends of a stretch of runs are ids of runs.
func runsInStretch(id ColumnString, s app.Stretch) BoolExpression {
	in := Bool(true)
	if after, err := uuid.Parse(s.After); err == nil {
		in = in.AND(id.GT(UUID(after)))
	}
	if upto, err := uuid.Parse(s.Upto); err == nil {
		in = in.AND(id.LT_EQ(UUID(upto)))
	}
	return in
}

// Bound returns the id of the n-th row after an id.
func (s Sweep) Bound(ctx context.Context, entityType, after string, n int) (id string, err error) {
	ids := SELECT(CAST(runs.ID).AS_TEXT()).FROM(runs).WHERE(runsInStretch(runs.ID, app.Stretch{After: after})).ORDER_BY(runs.ID)
	if entityType == audit.ProcedureEntity {
		p := table.Procedures
		ids = SELECT(p.ID).FROM(p).WHERE(p.ID.GT(String(after))).ORDER_BY(p.ID)
	}
	err = s.DB.query(ctx, ids.LIMIT(1).OFFSET(int64(n-1)), func(rows pgx.Rows) error { return rows.Scan(&id) })
	return id, translate(err)
}

// EventsIn hands on the events of a stretch by entity and seq.
func (s Sweep) EventsIn(ctx context.Context, st app.Stretch, each func(*audit.Event) error) error {
	e := table.AuditEvents
	return translate(s.DB.query(ctx, SELECT(e.EntityID, e.Seq, e.Action, e.Actor, e.OccurredAt, CAST(e.Payload).AS_TEXT(), e.Canonical, e.PrevHash, e.Hash).FROM(e).
		WHERE(e.EntityType.EQ(String(st.Type)).AND(inStretch(e.EntityID, st))).ORDER_BY(e.EntityType, e.EntityID, e.Seq), func(rows pgx.Rows) error {
		event := audit.Event{EntityType: st.Type}
		if err := rows.Scan(&event.EntityID, &event.Seq, &event.Action, &event.Actor, &event.OccurredAt, (*[]byte)(&event.Payload), &event.Canonical, &event.PrevHash, &event.Hash); err != nil {
			return err
		}
		event.OccurredAt = event.OccurredAt.UTC()
		return each(&event)
	}))
}

// LeavesIn hands on the leaves of a stretch by entity and checkpoint.
func (s Sweep) LeavesIn(ctx context.Context, st app.Stretch, each func(app.StoredLeaf) error) error {
	return translate(s.DB.query(ctx, SELECT(leaves.EntityType, leaves.EntityID, leaves.Seq, leaves.Hash, leaves.Number, leaves.Position).FROM(leaves).
		WHERE(leaves.EntityType.EQ(String(st.Type)).AND(inStretch(leaves.EntityID, st))).ORDER_BY(leaves.EntityType, leaves.EntityID, leaves.Number), func(rows pgx.Rows) error {
		var l app.StoredLeaf
		if err := rows.Scan(&l.EntityType, &l.EntityID, &l.Seq, &l.Hash, &l.Number, &l.Index); err != nil {
			return err
		}
		return each(l)
	}))
}

// keyed is a row that begins with the id of its run.
type keyed struct {
	pgx.Rows
	run  string
	dest []any
}

// Scan reads the columns after the id.
func (k *keyed) Scan(dest ...any) error {
	k.dest = append(append(k.dest[:0], &k.run), dest...)
	return k.Rows.Scan(k.dest...)
}

// sweptRuns are the rows of many runs.
type sweptRuns struct {
	ids []string
	of  map[string]*storedRun
}

func (s *sweptRuns) run(id string) *storedRun {
	r, known := s.of[id]
	if !known {
		r = &storedRun{}
		s.of[id], s.ids = r, append(s.ids, id)
	}
	return r
}

// RunsIn hands on the runs of a stretch, and rows that belong to none, in one round trip.
func (s Sweep) RunsIn(ctx context.Context, st app.Stretch, each func(app.StoredRun) error) error {
	swept := sweptRuns{of: map[string]*storedRun{}}
	var b pgx.Batch
	swept.queue(&b, st)
	if err := s.DB.send(ctx, &b); err != nil {
		return translate(err)
	}
	slices.Sort(swept.ids)
	for _, id := range swept.ids {
		if err := each(s.storedRun(ctx, id, *swept.of[id])); err != nil {
			return err
		}
	}
	return nil
}

func (s Sweep) storedRun(ctx context.Context, id string, stored storedRun) app.StoredRun {
	r := app.StoredRun{ID: id}
	if !stored.found {
		r.Err = errors.New("they belong to no run")
		return r
	}
	if r.RunRecord, r.Err = s.assemble(ctx, stored); r.Err == nil {
		r.Plain, r.Err = app.PlainValues(r.Run.Version, stored.rows.Values)
	}
	return r
}

func (s *sweptRuns) queue(b *pgx.Batch, st app.Stretch) {
	var keys keyed
	queue := func(statement SelectStatement, take func(row scanner) error) {
		query, args := statement.Sql()
		b.Queue(query, args...).Query(func(rows pgx.Rows) error {
			keys.Rows = rows
			return each(rows, func(pgx.Rows) error { return take(&keys) })
		})
	}
	text := func(id ColumnString) Projection { return CAST(id).AS_TEXT() }
	queue(SELECT(text(runs.ID), runColumns).FROM(runs).WHERE(runsInStretch(runs.ID, st)).ORDER_BY(runs.ID), func(row scanner) (err error) {
		summary, head, err := scanRun(row)
		own := s.run(keys.run)
		own.found, own.summary, own.head = true, summary, head
		return err
	})
	queue(selectSteps(runsInStretch(steps.RunID, st), text(steps.RunID)), func(row scanner) error {
		step, _, err := readStep(row)
		s.run(keys.run).addStep(step, nil)
		return err
	})
	queue(SELECT(text(inapplicable.RunID), inapplicable.StepKey, inapplicable.Visit, inapplicable.SlotName).FROM(inapplicable).WHERE(runsInStretch(inapplicable.RunID, st)), func(row scanner) error {
		var out run.SlotRow
		err := row.Scan(&out.Step, &out.Visit, &out.Slot)
		s.run(keys.run).rows.Inapplicable = append(s.run(keys.run).rows.Inapplicable, out)
		return err
	})
	queue(selectValues(runsInStretch(values.RunID, st), text(values.RunID)), func(row scanner) error {
		value, err := readValue(row)
		s.run(keys.run).rows.Values = append(s.run(keys.run).rows.Values, value)
		return err
	})
	queue(SELECT(text(items.RunID), itemColumns).FROM(items).WHERE(runsInStretch(items.RunID, st)), func(row scanner) error {
		item, err := readItem(row)
		s.run(keys.run).rows.Items = append(s.run(keys.run).rows.Items, item)
		return err
	})
}

// feedGap holds the feed against the rows, which are held against the trails: each entity's entries go on where the one before
// them ended, in the order of their positions, up to its row's seq; and no position is ahead of the transactions that there were.
const feedGap = `WITH entries AS (
		SELECT position, entity_type, entity_id, last_seq,
			coalesce(lag(last_seq) OVER entity, 0) + 1 = first_seq OR entity_type = 'checkpoint' AND first_seq = last_seq AS follows,
			lead(last_seq) OVER entity IS NULL AS latest
		FROM audit_feed WINDOW entity AS (PARTITION BY entity_type, entity_id ORDER BY position, last_seq)
	), committed AS (
		SELECT 'run' AS entity_type, id::text COLLATE "C" AS entity_id, seq FROM runs
		UNION ALL SELECT 'procedure', id, seq FROM procedures
		UNION ALL SELECT 'checkpoint', number::text COLLATE "C", number FROM audit_checkpoints
	)
	SELECT (SELECT count(*) FROM entries WHERE NOT follows
			OR position >= (SELECT base + pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM audit_feed_origin))
		+ (SELECT count(*) FROM committed FULL JOIN (SELECT * FROM entries WHERE latest) AS named USING (entity_type, entity_id) WHERE seq IS DISTINCT FROM last_seq)`

// FeedGap counts what the feed does not name as it is.
func (s Sweep) FeedGap(ctx context.Context) (gap int64, err error) {
	err = s.DB.queryText(ctx, feedGap, nil, func(rows pgx.Rows) error { return rows.Scan(&gap) })
	return gap, translate(err)
}

// Projected says which tables have other rows of a version than its document makes.
func (s Sweep) Projected(ctx context.Context, v *procedure.Version) (different []string, err error) {
	tables := schema.Projection(v)
	stored := make([][][]any, len(tables))
	var b pgx.Batch
	for i, t := range tables {
		columns := slices.Clone(t.Columns)
		for j, c := range columns {
			if c == "metadata" {
				columns[j] = "metadata::text"
			}
		}
		t.Columns = columns
		b.Queue("SELECT "+t.ColumnList()+" FROM "+t.Name+" WHERE procedure_id = $1 AND version = $2", v.ID, v.Number).Query(func(rows pgx.Rows) error {
			return each(rows, func(rows pgx.Rows) error {
				row, err := rows.Values()
				stored[i] = append(stored[i], row)
				return err
			})
		})
	}
	if err := s.DB.send(ctx, &b); err != nil {
		return nil, translate(err)
	}
	for i, t := range tables {
		if t.Differs(stored[i]) {
			different = append(different, t.Name)
		}
	}
	return different, nil
}
