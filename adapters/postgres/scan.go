package postgres

import (
	"context"
	"slices"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet is designed for dot imports
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/verify"
)

// Scan implements app.ExportSource, verify.Trails and verify.Rows: it reads many entities in few statements.
type Scan struct{ Runs }

// inRange returns the condition that an id of type text is in a range.
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

// runsInRange is inRange for ids of type UUID, which sort in the same order as their texts. It ignores a bound that is
// not a UUID.
func runsInRange(id ColumnString, r audit.Range) BoolExpression {
	in := Bool(true)
	if after, err := uuid.Parse(r.After); err == nil {
		in = in.AND(id.GT(UUID(after)))
	}
	if through, err := uuid.Parse(r.Through); err == nil {
		in = in.AND(id.LT_EQ(UUID(through)))
	}
	return in
}

// Bound returns the n-th smallest of the procedure or run ids that are greater than the given one. It returns an empty
// id if there are fewer than n.
func (s Scan) Bound(ctx context.Context, entityType, after string, n int) (id string, err error) {
	ids := SELECT(CAST(runs.ID).AS_TEXT()).FROM(runs).
		WHERE(runsInRange(runs.ID, audit.Range{After: after})).ORDER_BY(runs.ID)
	if entityType == audit.ProcedureEntity {
		ids = SELECT(procedures.ID).FROM(procedures).
			WHERE(procedures.ID.GT(String(after))).ORDER_BY(procedures.ID)
	}
	q := build(ids.LIMIT(1).OFFSET(int64(n - 1)))
	err = s.DB.queryOn(ctx, s.DB.scans, q, func(rows pgx.Rows) error { return rows.Scan(&id) })
	return id, err
}

// EventsIn calls fn for every event of a range, in order of entity and sequence number.
func (s Scan) EventsIn(ctx context.Context, r audit.Range, fn func(*audit.Event) error) error {
	q := build(SELECT(eventColumns).FROM(events).
		WHERE(events.EntityType.EQ(String(r.Type)).AND(inRange(events.EntityID, r))).
		ORDER_BY(events.EntityType, events.EntityID, events.Seq))
	return s.DB.queryOn(ctx, s.DB.scans, q, func(rows pgx.Rows) error {
		event, err := scanEvent(rows)
		if err != nil {
			return err
		}
		return fn(&event)
	})
}

// LeavesIn calls fn for every checkpoint leaf of a range, in order of entity and checkpoint.
func (s Scan) LeavesIn(ctx context.Context, r audit.Range, fn func(audit.StoredLeaf) error) error {
	q := build(SELECT(leafColumns).FROM(leaves).
		WHERE(leaves.EntityType.EQ(String(r.Type)).AND(inRange(leaves.EntityID, r))).
		ORDER_BY(leaves.EntityType, leaves.EntityID, leaves.Number))
	return s.DB.queryOn(ctx, s.DB.scans, q, func(rows pgx.Rows) error {
		l, err := storage.ScanLeaf(rows)
		if err != nil {
			return err
		}
		return fn(l)
	})
}

// RunsIn calls fn for every run of a range, in order of id. It first reads all rows of these runs into
// memory, in one round trip. Rows that belong to no run are passed as a run with an error.
func (s Scan) RunsIn(ctx context.Context, r audit.Range, fn func(verify.StoredRun) error) error {
	var found storage.RunCollector
	err := s.DB.read(ctx, s.DB.scans, func(b *pgx.Batch) {
		found = storage.RunCollector{}
		queueRuns(b, r, &found)
	})
	if err != nil {
		return translate(err)
	}
	return found.Each(ctx, s.Definitions, s.Secrets, fn)
}

// queueRuns adds to a batch the queries for all rows of the runs in a range.
func queueRuns(b *pgx.Batch, r audit.Range, found *storage.RunCollector) {
	var row storage.RowOfRun
	collect := func(from ReadableTable, id ColumnString, columns ProjectionList, add func() error) {
		// The rows are not sorted here: RunCollector sorts the few rows of each run.
		q := build(SELECT(CAST(id).AS_TEXT(), columns).FROM(from).WHERE(runsInRange(id, r)))
		queueRows(b, q, func(rows pgx.Rows) error {
			row.Scanner = rows
			return add()
		})
	}
	collect(runs, runs.ID, runColumns, func() error {
		own, err := scanRun(&row)
		return found.AddOwn(row.RunID, own, err)
	})
	collect(steps, steps.RunID, append(slices.Clone(stepColumns), NULL), func() error {
		step, _, err := scanStep(&row)
		return found.AddStep(row.RunID, step, err)
	})
	collect(inapplicable, inapplicable.RunID, inapplicableColumns, func() error {
		slot, err := scanInapplicable(&row)
		return found.AddInapplicable(row.RunID, slot, err)
	})
	collect(values, values.RunID, valueColumns, func() error {
		value, err := scanValue(&row)
		return found.AddValue(row.RunID, value, err)
	})
	collect(items, items.RunID, itemColumns, func() error {
		item, err := scanItem(&row)
		return found.AddItem(row.RunID, item, err)
	})
}

// ProceduresIn calls fn for every procedure record of a range, in order of id.
func (s Scan) ProceduresIn(ctx context.Context, r audit.Range, fn func(procedure.Record) error) error {
	return storage.EachProcedure(ctx, Procedures{DB: s.DB}, r, fn)
}
