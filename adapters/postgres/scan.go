package postgres

import (
	"context"
	"errors"
	"slices"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet's language is meant to be read bare
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/postgres/gen/table"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/verify"
	"github.com/procedo/procedo/schema"
)

// Scan reads everything of many entities at once: app.Scan.
type Scan struct{ Runs }

// inStretch is true of what is in a range, by the column of its ids as text.
func inStretch(id ColumnString, s audit.Range) BoolExpression {
	in := id.GT(String(s.After))
	if s.After == "" {
		in = id.GT_EQ(String(""))
	}
	if s.Through != "" {
		in = in.AND(id.LT_EQ(String(s.Through)))
	}
	return in
}

// runsInStretch is the same of ids that are UUIDs, which sort as their texts do. The ends of a range of runs are ids of runs.
func runsInStretch(id ColumnString, s audit.Range) BoolExpression {
	in := Bool(true)
	if after, err := uuid.Parse(s.After); err == nil {
		in = in.AND(id.GT(UUID(after)))
	}
	if upto, err := uuid.Parse(s.Through); err == nil {
		in = in.AND(id.LT_EQ(UUID(upto)))
	}
	return in
}

// Bound returns the id of the n-th row after an id.
func (s Scan) Bound(ctx context.Context, entityType, after string, n int) (id string, err error) {
	ids := SELECT(CAST(runs.ID).AS_TEXT()).FROM(runs).WHERE(runsInStretch(runs.ID, audit.Range{After: after})).ORDER_BY(runs.ID)
	if entityType == audit.ProcedureEntity {
		p := table.Procedures
		ids = SELECT(p.ID).FROM(p).WHERE(p.ID.GT(String(after))).ORDER_BY(p.ID)
	}
	err = s.DB.query(ctx, ids.LIMIT(1).OFFSET(int64(n-1)), func(rows pgx.Rows) error { return rows.Scan(&id) })
	return id, translate(err)
}

// EventsIn hands on the events of a range by entity and seq.
func (s Scan) EventsIn(ctx context.Context, st audit.Range, each func(*audit.Event) error) error {
	e := table.AuditEvents
	query, args := SELECT(e.EntityID, e.Seq, e.Action, e.Actor, e.OccurredAt, CAST(e.Payload).AS_TEXT(), e.Canonical, e.PrevHash, e.Hash).FROM(e).
		WHERE(e.EntityType.EQ(String(st.Type)).AND(inStretch(e.EntityID, st))).ORDER_BY(e.EntityType, e.EntityID, e.Seq).Sql()
	return s.stream(ctx, s.DB.sweep, query, args, func(rows pgx.Rows) error {
		event := audit.Event{Entity: audit.Entity{Type: st.Type}}
		if err := rows.Scan(&event.Entity.ID, &event.Seq, &event.Action, &event.Actor, &event.OccurredAt, (*[]byte)(&event.Payload), &event.Canonical, &event.PrevHash, &event.Hash); err != nil {
			return err
		}
		event.OccurredAt = event.OccurredAt.UTC()
		return each(&event)
	})
}

// stream hands on what comes, while whoever is given it may ask for more through the other connections.
func (s Scan) stream(ctx context.Context, from querier, query string, args []any, each func(pgx.Rows) error) error {
	s.DB.trips()
	rows, err := from.Query(ctx, query, args...)
	if err != nil {
		return translate(err)
	}
	return translate(eachRow(rows, each))
}

type querier interface {
	Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
}

// LeavesIn hands on the leaves of a range by entity and checkpoint.
func (s Scan) LeavesIn(ctx context.Context, st audit.Range, each func(audit.StoredLeaf) error) error {
	return translate(s.DB.query(ctx, SELECT(leafColumns).FROM(leaves).
		WHERE(leaves.EntityType.EQ(String(st.Type)).AND(inStretch(leaves.EntityID, st))).ORDER_BY(leaves.EntityType, leaves.EntityID, leaves.Number), func(rows pgx.Rows) error {
		l, err := scanLeaf(rows)
		if err != nil {
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
type scannedRuns struct {
	ids    []string
	of     map[string]*storedRun
	unread map[string]error // what is wrong with a run's rows by themselves
	likely struct{ steps, values, items int }
}

// broken keeps what is wrong with a row by itself for its run, so that the others are still read.
func (s *scannedRuns) broken(of *keyed, err error) error {
	if errors.Is(err, projection.ErrRows) {
		s.unread[of.run] = err
		return nil
	}
	return err
}

func (s *scannedRuns) run(id string) *storedRun {
	r, known := s.of[id]
	if !known {
		r = &storedRun{}
		s.of[id], s.ids = r, append(s.ids, id)
	}
	return r
}

// RunsIn hands on the runs of a range, and rows that belong to none, in one round trip.
func (s Scan) RunsIn(ctx context.Context, st audit.Range, each func(verify.StoredRun) error) error {
	swept := scannedRuns{of: map[string]*storedRun{}, unread: map[string]error{}}
	var b pgx.Batch
	swept.queue(&b, st)
	if err := s.DB.send(ctx, &b); err != nil {
		return translate(err)
	}
	slices.Sort(swept.ids)
	for _, id := range swept.ids {
		r := s.storedRun(ctx, id, *swept.of[id])
		if err := swept.unread[id]; err != nil {
			r.Err = err
		}
		if err := each(r); err != nil {
			return err
		}
	}
	return nil
}

func (s Scan) storedRun(ctx context.Context, id string, stored storedRun) verify.StoredRun {
	stored.rows.Sort()
	stored.own.ID = id
	r := verify.StoredRun{Own: stored.own, Rows: stored.rows}
	if !stored.found {
		r.Err = errors.New("they belong to no run")
		return r
	}
	r.Version, r.Err = s.Definitions.Definition(ctx, r.Own.ProcedureID, r.Own.ProcedureVersion)
	return r
}

func (s *scannedRuns) queue(b *pgx.Batch, st audit.Range) {
	var keys keyed
	queue := func(statement SelectStatement, take func(row scanner) error) {
		query, args := statement.Sql()
		b.Queue(query, args...).Query(func(rows pgx.Rows) error {
			keys.Rows = rows
			return eachRow(rows, func(pgx.Rows) error { return s.broken(&keys, take(&keys)) })
		})
	}
	text := func(id ColumnString) Projection { return CAST(id).AS_TEXT() }
	queue(SELECT(text(runs.ID), runColumns).FROM(runs).WHERE(runsInStretch(runs.ID, st)).ORDER_BY(runs.ID), func(row scanner) (err error) {
		stored, err := scanRun(row)
		own := s.run(keys.run)
		own.found, own.own = true, stored
		return err
	})
	// Nothing is asked to be sorted: what a range has of each run is little, and comes nearly in order.
	queue(SELECT(text(steps.RunID), slices.Concat(stepColumns[:len(stepColumns)-1], ProjectionList{NULL})).FROM(steps).WHERE(runsInStretch(steps.RunID, st)), func(row scanner) error {
		step, _, err := readStep(row)
		rows := &s.run(keys.run).rows
		rows.Steps = storage.AppendRow(rows.Steps, step, &s.likely.steps)
		return err
	})
	queue(SELECT(text(inapplicable.RunID), inapplicable.StepKey, inapplicable.Visit, inapplicable.SlotName).FROM(inapplicable).WHERE(runsInStretch(inapplicable.RunID, st)), func(row scanner) error {
		var out projection.SlotRow
		err := row.Scan(&out.Step, &out.Visit, &out.Slot)
		s.run(keys.run).rows.Inapplicable = append(s.run(keys.run).rows.Inapplicable, out)
		return err
	})
	queue(SELECT(text(values.RunID), valueColumns).FROM(values).WHERE(runsInStretch(values.RunID, st)), func(row scanner) error {
		value, err := readValue(row)
		rows := &s.run(keys.run).rows
		rows.Values = storage.AppendRow(rows.Values, value, &s.likely.values)
		return err
	})
	queue(SELECT(text(items.RunID), itemColumns).FROM(items).WHERE(runsInStretch(items.RunID, st)), func(row scanner) error {
		item, err := readItem(row)
		rows := &s.run(keys.run).rows
		rows.Items = storage.AppendRow(rows.Items, item, &s.likely.items)
		return err
	})
}

// committed selects the feed, and how far everything is that has a row. No commit has a position ahead of the transactions that there were.
var (
	selectFeed = fixed(RawStatement(`SELECT coalesce(position, 0), coalesce(entity_type, ''), coalesce(entity_id, ''), coalesce(first_seq, 0), coalesce(last_seq, 0),
		coalesce(position >= (SELECT base + pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM audit_feed_origin), true)
		FROM audit_feed ORDER BY position, entity_type, entity_id, last_seq`))
	selectSeqs = fixed(RawStatement(`SELECT 'run', coalesce(id::text, ''), coalesce(seq, 0) FROM runs UNION ALL SELECT 'procedure', coalesce(id, ''), coalesce(seq, 0) FROM procedures
		UNION ALL SELECT 'checkpoint', coalesce(number::text, ''), coalesce(number, 0) FROM audit_checkpoints`))
)

// Committed hands on the feed, and what has rows.
func (s Scan) FeedAndRows(ctx context.Context, entry func(audit.FeedEntry) error, row func(audit.Entity, int64) error) error {
	tx, err := s.DB.sweep.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return translate(err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // nothing was written
	err = s.stream(ctx, tx, selectFeed, nil, func(rows pgx.Rows) error {
		var e audit.FeedEntry
		if err := rows.Scan(&e.Position, &e.Entity.Type, &e.Entity.ID, &e.First, &e.Seq, &e.Misplaced); err != nil {
			return err
		}
		return entry(e)
	})
	if err != nil {
		return err
	}
	return s.stream(ctx, tx, selectSeqs, nil, func(rows pgx.Rows) error {
		var of audit.Entity
		var seq int64
		if err := rows.Scan(&of.Type, &of.ID, &seq); err != nil {
			return err
		}
		return row(of, seq)
	})
}

var selectStrays = fixed(RawStatement(schema.Orphans))

// Orphans hands on what rows belong to that is not there.
func (s Scan) Orphans(ctx context.Context, each func(audit.Entity, string)) error {
	return s.stream(ctx, s.DB.sweep, selectStrays, nil, func(rows pgx.Rows) error {
		var of audit.Entity
		var table string
		if err := rows.Scan(&of.Type, &of.ID, &table); err != nil {
			return err
		}
		each(of, table)
		return nil
	})
}

// DefinitionRows reads the stored rows of one version in one round trip.
func (s Scan) DefinitionRows(ctx context.Context, id string, version int, tables []projection.Table) ([]projection.Table, error) {
	stored := slices.Clone(tables)
	var b pgx.Batch
	for i, t := range tables {
		stored[i].Rows = nil
		t.Columns = slices.Clone(t.Columns)
		for j, c := range t.Columns {
			if c == "metadata" {
				t.Columns[j] = "metadata::text"
			}
		}
		query := "SELECT " + t.ColumnList() + " FROM " + t.Name + " WHERE procedure_id = $1 AND version = $2"
		b.Queue(query, id, version).Query(func(rows pgx.Rows) error {
			return eachRow(rows, func(rows pgx.Rows) error {
				row, err := rows.Values()
				stored[i].Rows = append(stored[i].Rows, row)
				return err
			})
		})
	}
	return stored, translate(s.DB.send(ctx, &b))
}

// ProceduresIn reads the rows of the procedures of a range.
func (s Scan) ProceduresIn(ctx context.Context, r audit.Range, each func(procedure.Record) error) error {
	return storage.EachProcedure(ctx, Procedures{DB: s.DB}, r, each)
}
