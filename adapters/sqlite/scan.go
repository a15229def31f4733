package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet's language is meant to be read bare

	"github.com/procedo/procedo/adapters/sqlite/gen/model"
	"github.com/procedo/procedo/adapters/sqlite/gen/table"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/verify"
	"github.com/procedo/procedo/schema"
)

// Scan reads everything of many entities at once: app.Scan.
type Scan struct{ Runs }

// within is true of what is in a range, by the column of its ids.
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

// Bound returns the id of the n-th row after an id.
func (s Scan) Bound(ctx context.Context, entityType, after string, n int) (id string, err error) {
	ids, from := table.Runs.ID, ReadableTable(table.Runs)
	if entityType == audit.ProcedureEntity {
		ids, from = table.Procedures.ID, table.Procedures
	}
	query, args := single(SELECT(ids).FROM(from).WHERE(ids.GT(String(after))).ORDER_BY(ids).LIMIT(1).OFFSET(int64(n - 1)))
	if err := s.DB.read.row(ctx, query, args...).Scan(&id); !errors.Is(err, sql.ErrNoRows) {
		return id, translate(err)
	}
	return "", nil
}

// EventsIn hands on the events of a range by entity and seq.
func (s Scan) EventsIn(ctx context.Context, st audit.Range, each func(*audit.Event) error) error {
	e := table.AuditEvents
	selected := SELECT(e.EntityID, e.Seq, e.Action, e.Actor, e.OccurredAt, e.Payload, e.Canonical, e.PrevHash, e.Hash).FROM(e).
		WHERE(e.EntityType.EQ(String(st.Type)).AND(inStretch(e.EntityID, st))).ORDER_BY(e.EntityType, e.EntityID, e.Seq)
	return s.DB.raw(ctx, func(query query) error {
		event := audit.Event{Entity: audit.Entity{Type: st.Type}}
		var occurredAt string
		dest := []any{&event.Entity.ID, &event.Seq, &event.Action, &event.Actor, &occurredAt, (*[]byte)(&event.Payload), &event.Canonical, &event.PrevHash, &event.Hash}
		return query(selected, func(row *rawRow) error {
			event.PrevHash = event.Hash // which it nearly always is, and then need not be made
			if err := row.Scan(dest...); err != nil {
				return err
			}
			event.OccurredAt, _ = parseInstant(occurredAt) // one that is none is not what the canonical bytes say
			return each(&event)
		})
	})
}

// LeavesIn hands on the leaves of a range by entity and checkpoint.
func (s Scan) LeavesIn(ctx context.Context, st audit.Range, each func(audit.StoredLeaf) error) error {
	selected := SELECT(leafColumns).FROM(leaves).
		WHERE(leaves.EntityType.EQ(String(st.Type)).AND(inStretch(leaves.EntityID, st))).ORDER_BY(leaves.EntityType, leaves.EntityID, leaves.Number)
	return s.DB.raw(ctx, func(query query) error {
		return query(selected, func(row *rawRow) error {
			l, err := scanLeaf(row)
			if err != nil {
				return err
			}
			return each(l)
		})
	})
}

// sweptRuns are the rows of many runs.
type sweptRuns struct {
	ids    []string
	of     map[string]*storedRun
	unread map[string]error // why a run's rows cannot be read
	likely struct{ steps, values, items int }
}

// broken keeps what is wrong with a row for its run, so that the others are still read.
func (s *sweptRuns) broken(id string, err error) error {
	if err != nil && id != "" {
		s.unread[id] = err
		return nil
	}
	return err
}

func (s *sweptRuns) run(id string) *storedRun {
	r, known := s.of[id]
	if !known {
		r = &storedRun{}
		s.of[id], s.ids = r, append(s.ids, id)
	}
	return r
}

// RunsIn hands on the runs of a range, and rows that belong to none. All are read before any is assembled, which may take
// another connection.
func (s Scan) RunsIn(ctx context.Context, st audit.Range, each func(verify.StoredRun) error) error {
	swept := sweptRuns{of: map[string]*storedRun{}, unread: map[string]error{}}
	if err := s.DB.raw(ctx, func(query query) error { return swept.read(query, st) }); err != nil {
		return err
	}
	slices.Sort(swept.ids)
	for _, id := range swept.ids {
		r := verify.StoredRun{Own: projection.RunRow{ID: id}, Err: swept.unread[id]}
		if r.Err == nil {
			r = s.storedRun(ctx, id, *swept.of[id])
		}
		if err := each(r); err != nil {
			return err
		}
	}
	return nil
}

func (s Scan) storedRun(ctx context.Context, id string, stored storedRun) verify.StoredRun {
	r := verify.StoredRun{Own: projection.RunRow{ID: id}, Rows: stored.rows}
	if stored.run.ID == "" {
		r.Err = corrupt("they belong to no run")
		return r
	}
	if r.Own, r.Err = readRunRow(stored.run); r.Err == nil {
		r.Version, r.Err = s.Definitions.Definition(ctx, r.Own.ProcedureID, r.Own.ProcedureVersion)
	}
	return r
}

// read reads the rows of all tables; what is wrong with one is kept for its run.
func (s *sweptRuns) read(query query, st audit.Range) error {
	if err := query(SELECT(runColumns).FROM(table.Runs).WHERE(inStretch(table.Runs.ID, st)).ORDER_BY(table.Runs.ID), func(row *rawRow) error {
		var own model.Runs
		err := scanRun(row, &own)
		s.run(own.ID).run = own
		return err
	}); err != nil {
		return err
	}
	of := func(statement statement, take func(row scanner, of *storedRun) error) error {
		var id string // of its run, which a row begins with
		return query(statement, func(row *rawRow) error {
			row.skip = 0
			if err := row.Scan(&id); err != nil {
				return err
			}
			row.skip = 1
			return s.broken(id, take(row, s.run(id)))
		})
	}
	visits, out, items := table.RunSteps, table.RunInapplicableSlots, table.RunChecklistStates
	return errors.Join(
		of(SELECT(visits.RunID, slices.Concat(stepColumns[:len(stepColumns)-1], ProjectionList{NULL})).FROM(visits).WHERE(inStretch(visits.RunID, st)).
			ORDER_BY(visits.RunID, visits.StepKey, visits.Visit), func(row scanner, of *storedRun) error {
			step, _, err := readStep(row)
			of.rows.Steps = storage.AppendRow(of.rows.Steps, step, &s.likely.steps)
			return err
		}),
		of(SELECT(out.RunID, out.StepKey, out.Visit, out.SlotName).FROM(out).WHERE(inStretch(out.RunID, st)), func(row scanner, of *storedRun) error {
			var key, slot string
			var visit int64
			err := row.Scan(&key, &visit, &slot)
			of.rows.Inapplicable = append(of.rows.Inapplicable, projection.SlotRow{Step: key, Visit: int(visit), Slot: slot})
			return err
		}),
		of(values(inStretch(table.RunSlotValues.RunID, st), table.RunSlotValues.RunID), func(row scanner, of *storedRun) error {
			value, err := readValue(row)
			of.rows.Values = storage.AppendRow(of.rows.Values, value, &s.likely.values)
			return err
		}),
		of(SELECT(items.RunID, itemColumns).FROM(items).WHERE(inStretch(items.RunID, st)).ORDER_BY(items.RunID, items.StepKey, items.Visit, items.ItemKey), func(row scanner, of *storedRun) error {
			item, err := readItem(row)
			of.rows.Items = storage.AppendRow(of.rows.Items, item, &s.likely.items)
			return err
		}))
}

// The feed, and how far everything is that has a row.
var (
	selectFeed = SELECT(COALESCE(feed.Position, Int(0)), COALESCE(feed.EntityType, String("")), COALESCE(feed.EntityID, String("")), COALESCE(feed.FirstSeq, Int(0)), COALESCE(feed.LastSeq, Int(0))).FROM(feed).ORDER_BY(feed.Position)
	selectSeqs = RawStatement(`SELECT 'run', coalesce(id, ''), coalesce(seq, 0) FROM runs UNION ALL SELECT 'procedure', coalesce(id, ''), coalesce(seq, 0) FROM procedures
		UNION ALL SELECT 'checkpoint', coalesce(CAST(number AS TEXT), ''), coalesce(number, 0) FROM audit_checkpoints`)
)

// Committed hands on the feed, and what has rows. There is one writer at a time, so that positions have no gaps.
func (s Scan) FeedAndRows(ctx context.Context, entry func(audit.FeedEntry) error, row func(audit.Entity, int64) error) error {
	return s.DB.raw(ctx, func(query query) error {
		last := int64(0)
		err := query(selectFeed, func(r *rawRow) error {
			var e audit.FeedEntry
			if err := r.Scan(&e.Position, &e.Entity.Type, &e.Entity.ID, &e.First, &e.Seq); err != nil {
				return err
			}
			e.Misplaced, last = e.Position != last+1, e.Position
			return entry(e)
		})
		if err != nil {
			return err
		}
		return query(selectSeqs, func(r *rawRow) error {
			var of audit.Entity
			var seq int64
			if err := r.Scan(&of.Type, &of.ID, &seq); err != nil {
				return err
			}
			return row(of, seq)
		})
	})
}

// Orphans hands on what rows belong to that is not there.
func (s Scan) Orphans(ctx context.Context, each func(audit.Entity, string)) error {
	return s.DB.raw(ctx, func(query query) error {
		return query(RawStatement(schema.Orphans), func(row *rawRow) error {
			var of audit.Entity
			var table string
			if err := row.Scan(&of.Type, &of.ID, &table); err != nil {
				return err
			}
			each(of, table)
			return nil
		})
	})
}

// DefinitionRows reads the stored rows of one version.
func (s Scan) DefinitionRows(ctx context.Context, id string, version int, tables []projection.Table) ([]projection.Table, error) {
	stored := slices.Clone(tables)
	for i, t := range tables {
		stored[i].Rows = nil
		query := "SELECT " + t.ColumnList() + " FROM " + t.Name + " WHERE procedure_id = ? AND version = ?"
		err := s.DB.read1(ctx, query, []any{id, version}, func(rows *sql.Rows) error {
			row, dest := make([]any, len(t.Columns)), make([]any, len(t.Columns))
			for j := range row {
				dest[j] = &row[j]
			}
			stored[i].Rows = append(stored[i].Rows, row)
			return rows.Scan(dest...)
		})
		if err != nil {
			return nil, err
		}
	}
	return stored, nil
}

// ProceduresIn reads the rows of the procedures of a range.
func (s Scan) ProceduresIn(ctx context.Context, r audit.Range, each func(procedure.Record) error) error {
	return storage.EachProcedure(ctx, Procedures{DB: s.DB}, r, each)
}
