package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet is designed for dot imports

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/verify"
)

// Scan implements app.ExportSource, verify.Trails and verify.Rows: it reads many entities in few statements.
type Scan struct{ Runs }

// inRange returns the condition that an id is in a range.
func inRange(id ColumnString, r audit.Range) BoolExpression {
	in := id.GT(String(r.After))
	if r.After == "" {
		in = id.GT_EQ(String(""))
	}
	if r.Through != "" {
		in = in.AND(id.LT_EQ(String(r.Through)))
	}
	return in
}

// Bound returns the n-th smallest of the procedure or run ids that are greater than the given one. It returns an empty
// id if there are fewer than n.
func (s Scan) Bound(ctx context.Context, entityType, after string, n int) (id string, err error) {
	column, from := runs.ID, ReadableTable(runs)
	if entityType == audit.ProcedureEntity {
		column, from = procedures.ID, procedures
	}
	q := build(SELECT(column).FROM(from).WHERE(column.GT(String(after))).
		ORDER_BY(column).LIMIT(1).OFFSET(int64(n - 1)))
	if err := s.DB.row(ctx, q).Scan(&id); !errors.Is(err, sql.ErrNoRows) {
		return id, translate(err)
	}
	return "", nil
}

// EventsIn calls fn for every event of a range, in order of entity and sequence number.
func (s Scan) EventsIn(ctx context.Context, r audit.Range, fn func(*audit.Event) error) error {
	q := build(SELECT(eventColumns).FROM(events).
		WHERE(events.EntityType.EQ(String(r.Type)).AND(inRange(events.EntityID, r))).
		ORDER_BY(events.EntityType, events.EntityID, events.Seq))
	return s.DB.raw(ctx, func(query rawQuery) error {
		var event audit.Event
		var occurredAt string
		dest := []any{
			&event.Entity.Type, &event.Entity.ID, &event.Seq, &event.Action, &event.Actor, &occurredAt,
			&event.Canonical, &event.Disclosures, &event.PrevHash, &event.Hash,
		}
		return query(q, func(row *rawRow) error {
			if err := row.Scan(dest...); err != nil {
				return err
			}
			// An invalid time becomes the zero time. Verification then finds that the canonical bytes differ.
			event.OccurredAt, _ = parseTime(occurredAt)
			return fn(&event)
		})
	})
}

// LeavesIn calls fn for every checkpoint leaf of a range, in order of entity and checkpoint.
func (s Scan) LeavesIn(ctx context.Context, r audit.Range, fn func(audit.StoredLeaf) error) error {
	q := build(SELECT(leafColumns).FROM(leaves).
		WHERE(leaves.EntityType.EQ(String(r.Type)).AND(inRange(leaves.EntityID, r))).
		ORDER_BY(leaves.EntityType, leaves.EntityID, leaves.Number))
	return s.DB.raw(ctx, func(query rawQuery) error {
		return query(q, func(row *rawRow) error {
			l, err := storage.ScanLeaf(row)
			if err != nil {
				return err
			}
			return fn(l)
		})
	})
}

// RunsIn calls fn for every run of a range, in order of id. It first reads all rows of these runs into
// memory. Rows that belong to no run are passed as a run with an error.
func (s Scan) RunsIn(ctx context.Context, r audit.Range, fn func(verify.StoredRun) error) error {
	var found storage.RunCollector
	if err := s.DB.raw(ctx, func(query rawQuery) error { return collectRuns(query, r, &found) }); err != nil {
		return err
	}
	return found.Each(ctx, s.Definitions, s.Secrets, fn)
}

// collectRuns reads the rows of the runs of a range, table by table.
func collectRuns(query rawQuery, r audit.Range, found *storage.RunCollector) error {
	var row storage.RowOfRun
	collect := func(from ReadableTable, id ColumnString, columns ProjectionList, add func() error) error {
		q := build(SELECT(id, columns).FROM(from).WHERE(inRange(id, r)))
		return query(q, func(read *rawRow) error {
			row.Scanner = read
			return add()
		})
	}
	return errors.Join(
		collect(runs, runs.ID, runColumns, func() error {
			own, err := scanRun(&row)
			return found.AddOwn(row.RunID, own, err)
		}),
		collect(steps, steps.RunID, append(slices.Clone(stepColumns), NULL), func() error {
			step, _, err := scanStep(&row)
			return found.AddStep(row.RunID, step, err)
		}),
		collect(inapplicable, inapplicable.RunID, inapplicableColumns, func() error {
			slot, err := scanInapplicable(&row)
			return found.AddInapplicable(row.RunID, slot, err)
		}),
		collect(values, values.RunID, valueColumns, func() error {
			value, err := scanValue(&row)
			return found.AddValue(row.RunID, value, err)
		}),
		collect(items, items.RunID, itemColumns, func() error {
			item, err := scanItem(&row)
			return found.AddItem(row.RunID, item, err)
		}),
	)
}

// ProceduresIn calls fn for every procedure record of a range, in order of id.
func (s Scan) ProceduresIn(ctx context.Context, r audit.Range, fn func(procedure.Record) error) error {
	return storage.EachProcedure(ctx, Procedures{DB: s.DB}, r, fn)
}
