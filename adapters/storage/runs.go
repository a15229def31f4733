package storage

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/verify"
)

// ErrNoRun is the error for a run that does not exist.
var ErrNoRun = fault.New(fault.NotFound, "run.not_found", nil)

// RunRows holds a run's rows.
type RunRows struct {
	Found bool // whether the run's own row exists
	Own   projection.RunRow
	Rows  projection.Rows
}

// AddStep adds one row of the query selectSteps, which reads visits and their inapplicable slots. A visit has one row
// for each inapplicable slot, or a single row with nil if it has none. The rows of a visit must be adjacent.
func (r *RunRows) AddStep(s projection.StepRow, inapplicable *string) {
	if inapplicable != nil {
		slot := projection.SlotRow{Step: s.Step, Visit: s.Visit, Slot: *inapplicable}
		r.Rows.Inapplicable = append(r.Rows.Inapplicable, slot)
	}
	if n := len(r.Rows.Steps); n == 0 || r.Rows.Steps[n-1].Step != s.Step || r.Rows.Steps[n-1].Visit != s.Visit {
		r.Rows.Steps = append(r.Rows.Steps, s)
	}
}

// Record returns the run that the rows describe. It also reads the definition, which may use another connection to the
// database.
func (r *RunRows) Record(ctx context.Context, definitions app.Definitions) (app.RunRecord, error) {
	v, err := definitions.Definition(ctx, r.Own.ProcedureID, r.Own.ProcedureVersion)
	if err != nil {
		return app.RunRecord{}, err
	}
	restored, err := projection.Restore(v, r.Own, r.Rows)
	return app.RunRecord{Run: restored, Head: r.Own.Head}, internal(err)
}

// PlainValues returns the values of the run's sensitive slots, except erased ones. It decrypts those that are stored
// encrypted. Like Record, it also reads the definition.
func (r *RunRows) PlainValues(
	ctx context.Context, definitions app.Definitions, secrets projection.Secrets,
) ([]run.PlainValue, error) {
	v, err := definitions.Definition(ctx, r.Own.ProcedureID, r.Own.ProcedureVersion)
	if err != nil {
		return nil, err
	}
	all, err := projection.PlainValues(v, projection.DecryptValues(v, r.Own.ID, r.Rows.Values, secrets))
	for i := range all {
		all[i].Err = unreadable(all[i].Err)
	}
	return all, internal(err)
}

// unreadable returns the fault of a sealed value that cannot be decrypted.
func unreadable(err error) error {
	switch {
	case err == nil:
		return nil
	case projection.IsKeyMissing(err):
		return because("service.secrets_unavailable", err)
	}
	return Damaged(err)
}

func internal(err error) error {
	if err == nil {
		return nil
	}
	return fault.New(fault.Internal, "service.internal", nil).Because(err)
}

// RunCollector collects the rows of all runs in a range. The adapter reads the range table by table, so the rows of a
// run arrive separately.
type RunCollector struct {
	runs       map[string]*RunRows
	unreadable map[string]error // by run id; the errors from reading rows of the run
}

// Run returns the rows collected so far for a run. For a new run, it adds an empty RunRows.
func (c *RunCollector) Run(id string) *RunRows {
	r, known := c.runs[id]
	if !known {
		if c.runs == nil {
			c.runs, c.unreadable = map[string]*RunRows{}, map[string]error{}
		}
		r = &RunRows{}
		c.runs[id] = r
	}
	return r
}

// AddOwn adds a run's own row. err is the error from reading the row, or nil. If err wraps projection.ErrRows, AddOwn
// records it for this run and returns nil, so that the caller continues with other rows; Each reports it later. AddOwn
// returns any other error. AddStep, AddInapplicable, AddValue and AddItem treat err in the same way.
func (c *RunCollector) AddOwn(id string, row projection.RunRow, err error) error {
	r := c.Run(id)
	r.Found, r.Own = true, row
	return c.keep(id, err)
}

// AddStep adds the row of a visit.
func (c *RunCollector) AddStep(id string, row projection.StepRow, err error) error {
	rows := &c.Run(id).Rows
	rows.Steps = append(rows.Steps, row)
	return c.keep(id, err)
}

// AddInapplicable adds the row of a slot that did not apply.
func (c *RunCollector) AddInapplicable(id string, row projection.SlotRow, err error) error {
	rows := &c.Run(id).Rows
	rows.Inapplicable = append(rows.Inapplicable, row)
	return c.keep(id, err)
}

// AddValue adds the row of a value.
func (c *RunCollector) AddValue(id string, row projection.ValueRow, err error) error {
	rows := &c.Run(id).Rows
	rows.Values = append(rows.Values, row)
	return c.keep(id, err)
}

// AddItem adds the row of a checklist item.
func (c *RunCollector) AddItem(id string, row projection.ItemRow, err error) error {
	rows := &c.Run(id).Rows
	rows.Items = append(rows.Items, row)
	return c.keep(id, err)
}

func (c *RunCollector) keep(id string, err error) error {
	if !errors.Is(err, projection.ErrRows) {
		return err
	}
	c.unreadable[id] = err
	return nil
}

// Each calls fn for every run, sorted by id. If fn returns an error, Each stops and returns it. If there are rows with
// a run id but no run with this id, Each passes them as a run with an error. It decrypts sealed values, and reads
// definitions, which may use another connection to the database.
func (c *RunCollector) Each(
	ctx context.Context, definitions app.Definitions, secrets projection.Secrets, fn func(verify.StoredRun) error,
) error {
	for _, id := range slices.Sorted(maps.Keys(c.runs)) {
		stored := c.runs[id]
		stored.Rows.Sort()
		stored.Own.ID = id
		r := verify.StoredRun{Own: stored.Own, Rows: stored.Rows}
		if stored.Found {
			r.Version, r.Err = definitions.Definition(ctx, r.Own.ProcedureID, r.Own.ProcedureVersion)
			if r.Err == nil {
				r.Rows.Values = projection.DecryptValues(r.Version, id, r.Rows.Values, secrets)
			}
		} else {
			r.Err = Corrupt("they belong to no run")
		}
		if err := c.unreadable[id]; err != nil {
			r.Err = err
		}
		if err := fn(r); err != nil {
			return err
		}
	}
	return nil
}

// RowOfRun is a result row whose first column is a run id.
type RowOfRun struct {
	Scanner
	RunID string
	dest  []any
}

// Scan scans the first column into r.RunID and the other columns into dest.
func (r *RowOfRun) Scan(dest ...any) error {
	r.dest = append(append(r.dest[:0], &r.RunID), dest...)
	return r.Scanner.Scan(r.dest...)
}
