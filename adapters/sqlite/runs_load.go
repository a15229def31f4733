package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet's language is meant to be read bare

	"github.com/procedo/procedo/adapters/sqlite/gen/model"
	"github.com/procedo/procedo/adapters/sqlite/gen/table"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
)

// Runs stores runs: app.Runs and app.RunList.
type Runs struct {
	DB          *DB
	Definitions app.Definitions
}

// runColumns is what a run's own row holds, in the order in which scanRun reads it.
var runColumns = ProjectionList{
	table.Runs.ID, table.Runs.ProcedureID, table.Runs.ProcedureVersion, table.Runs.UserID, table.Runs.Reference, table.Runs.Metadata,
	table.Runs.State, table.Runs.Revision, table.Runs.Seq, table.Runs.HeadHash, table.Runs.CurrentStep, table.Runs.FailureReason,
	table.Runs.FailureAt, table.Runs.FailureBy, table.Runs.CreatedAt, table.Runs.StartedAt, table.Runs.UpdatedAt, table.Runs.ClosedAt,
}

// A run's rows are read by its id alone, each table in the order of its key.
var (
	selectRun    = fixed(SELECT(runColumns).FROM(table.Runs).WHERE(table.Runs.ID.EQ(String(""))))
	selectHead   = fixed(SELECT(table.Runs.Seq, table.Runs.HeadHash).FROM(table.Runs).WHERE(table.Runs.ID.EQ(String(""))))
	selectSteps  = fixed(steps(table.RunSteps.RunID.EQ(String(""))))
	selectValues = fixed(values(table.RunSlotValues.RunID.EQ(String(""))))
	selectItems  = fixed(SELECT(itemColumns).FROM(table.RunChecklistStates).WHERE(table.RunChecklistStates.RunID.EQ(String(""))))
)

// What of a run's steps, values and items is read, in the order in which it is scanned.
var (
	stepColumns = ProjectionList{
		table.RunSteps.StepKey, table.RunSteps.Visit, table.RunSteps.State, table.RunSteps.Amended, table.RunSteps.CommittedAt, table.RunSteps.CommittedBy,
		table.RunSteps.Reason, table.RunInapplicableSlots.SlotName,
	}
	valueColumns = ProjectionList{
		table.RunSlotValues.StepKey, table.RunSlotValues.Visit, table.RunSlotValues.SlotName, table.RunSlotValues.Ordinal,
		table.RunSlotValues.ValueText, table.RunSlotValues.ValueNumber, table.RunSlotValues.ValueBoolean, table.RunSlotValues.ValueDate,
		table.RunSlotValues.ValueTimestamp, table.RunSlotValues.Literal, table.RunSlotValues.Origin, table.RunSlotValues.Salt,
		table.RunSlotValues.Digest, table.RunSlotValues.ErasedAt,
	}
	itemColumns = ProjectionList{
		table.RunChecklistStates.StepKey, table.RunChecklistStates.Visit, table.RunChecklistStates.ItemKey, table.RunChecklistStates.Completed,
		table.RunChecklistStates.CompletedAt, table.RunChecklistStates.CompletedBy,
	}
)

// steps selects visits, each once for every slot that did not apply.
func steps(where BoolExpression) SelectStatement {
	out := table.RunInapplicableSlots
	return SELECT(stepColumns).
		FROM(table.RunSteps.LEFT_JOIN(out, out.RunID.EQ(table.RunSteps.RunID).AND(out.StepKey.EQ(table.RunSteps.StepKey)).AND(out.Visit.EQ(table.RunSteps.Visit)))).
		WHERE(where).ORDER_BY(table.RunSteps.RunID, table.RunSteps.StepKey, table.RunSteps.Visit)
}

// values selects values; more columns come before.
func values(where BoolExpression, before ...Projection) SelectStatement {
	v := table.RunSlotValues
	return SELECT(slices.Concat(ProjectionList(before), valueColumns)).FROM(v).WHERE(where).ORDER_BY(v.RunID, v.StepKey, v.Visit, v.SlotName, v.Ordinal)
}

// Load returns the run as its rows tell it, all of them as of one moment.
func (s Runs) Load(ctx context.Context, id string) (app.RunRecord, error) {
	var stored storedRun
	err := s.DB.within(ctx, s.DB.read, func(t tx) (err error) {
		stored, err = readRun(ctx, t, id)
		return err
	})
	if err != nil {
		return app.RunRecord{}, translate(err)
	}
	return s.assemble(ctx, stored)
}

// Head returns where the run's chain ends.
func (s Runs) Head(ctx context.Context, id string) (h audit.Head, err error) {
	s.DB.trace(selectHead)
	if err = s.DB.read.row(ctx, selectHead, id).Scan(&h.Seq, &h.Hash); errors.Is(err, sql.ErrNoRows) {
		return h, errNoRun
	}
	return h, translate(err)
}

// Seqs returns the seq of the last event of each run.
func (s Runs) Seqs(ctx context.Context, ids []string) (map[string]int64, error) {
	seqs := make(map[string]int64, len(ids))
	err := s.DB.within(ctx, s.DB.read, func(t tx) error {
		for chunk := range slices.Chunk(ids, rowsPerInsert) {
			wanted := make([]Expression, len(chunk))
			for i, id := range chunk {
				wanted[i] = String(id)
			}
			if err := t.query(ctx, SELECT(table.Runs.ID, table.Runs.Seq).FROM(table.Runs).WHERE(table.Runs.ID.IN(wanted...)), func(rows *sql.Rows) error {
				var id string
				var seq int64
				err := rows.Scan(&id, &seq)
				seqs[id] = seq
				return err
			}); err != nil {
				return err
			}
		}
		return nil
	})
	return seqs, translate(err)
}

var errNoRun = fault.New(fault.NotFound, "run.not_found", nil)

// assemble needs the definition. It is asked for with no read transaction held: asking may take another connection.
func (s Runs) assemble(ctx context.Context, stored storedRun) (app.RunRecord, error) {
	v, err := s.Definitions.Definition(ctx, stored.run.ProcedureID, int(stored.run.ProcedureVersion))
	if err != nil {
		return app.RunRecord{}, err
	}
	own, err := readRunRow(stored.run)
	if err != nil {
		return app.RunRecord{}, translate(err)
	}
	r, err := projection.Restore(v, own, stored.rows)
	return app.RunRecord{Run: r, Head: own.Head}, translate(err)
}

// storedRun is a run's rows.
type storedRun struct {
	run  model.Runs
	rows projection.Rows
}

func readRun(ctx context.Context, t tx, id string) (storedRun, error) {
	var r storedRun
	args := []any{id}
	if err := t.queryText(ctx, selectRun, args, func(rows *sql.Rows) error { return scanRun(rows, &r.run) }); err != nil {
		return r, err
	}
	if r.run.ID == "" {
		return r, errNoRun
	}
	if err := t.queryText(ctx, selectSteps, args, r.scanStep); err != nil {
		return r, err
	}
	if err := t.queryText(ctx, selectValues, args, r.scanValue); err != nil {
		return r, err
	}
	return r, t.queryText(ctx, selectItems, args, r.scanItem)
}

// scanner is a row that is read.
type scanner interface{ Scan(dest ...any) error }

func (r *storedRun) scanStep(rows *sql.Rows) error {
	step, inapplicable, err := readStep(rows)
	r.addStep(step, inapplicable)
	return err
}

func (r *storedRun) scanValue(rows *sql.Rows) error {
	value, err := readValue(rows)
	r.rows.Values = append(r.rows.Values, value)
	return err
}

func (r *storedRun) scanItem(rows *sql.Rows) error {
	item, err := readItem(rows)
	r.rows.Items = append(r.rows.Items, item)
	return err
}

// addStep takes a visit's row; it comes once for each slot that did not apply, and once where all did.
func (r *storedRun) addStep(row projection.StepRow, inapplicable *string) {
	if inapplicable != nil {
		r.rows.Inapplicable = append(r.rows.Inapplicable, projection.SlotRow{Step: row.Step, Visit: row.Visit, Slot: *inapplicable})
	}
	if n := len(r.rows.Steps); n == 0 || r.rows.Steps[n-1].Step != row.Step || r.rows.Steps[n-1].Visit != row.Visit {
		r.rows.Steps = append(r.rows.Steps, row)
	}
}

func readStep(row scanner) (projection.StepRow, *string, error) {
	var m model.RunSteps
	var inapplicable *string
	if err := row.Scan(&m.StepKey, &m.Visit, &m.State, &m.Amended, &m.CommittedAt, &m.CommittedBy, &m.Reason, &inapplicable); err != nil {
		return projection.StepRow{}, nil, err
	}
	at, err := parseOptionalInstant(m.CommittedAt)
	amended, notOne := truth(m.Amended)
	reason, empty := written(m.Reason)
	return projection.StepRow{
		Step: m.StepKey, Visit: int(m.Visit), State: run.StepState(m.State), Amended: amended, CommittedAt: at,
		CommittedBy: orEmpty(m.CommittedBy), Reason: reason,
	}, inapplicable, errors.Join(err, notOne, empty, bothOrNone(m.CommittedAt, m.CommittedBy))
}

func readValue(row scanner) (projection.ValueRow, error) {
	var v model.RunSlotValues
	if err := row.Scan(&v.StepKey, &v.Visit, &v.SlotName, &v.Ordinal, &v.ValueText, &v.ValueNumber, &v.ValueBoolean,
		&v.ValueDate, &v.ValueTimestamp, &v.Literal, &v.Origin, &v.Salt, &v.Digest, &v.ErasedAt); err != nil {
		return projection.ValueRow{}, err
	}
	return valueRow(v)
}

func readItem(row scanner) (projection.ItemRow, error) {
	var m model.RunChecklistStates
	if err := row.Scan(&m.StepKey, &m.Visit, &m.ItemKey, &m.Completed, &m.CompletedAt, &m.CompletedBy); err != nil {
		return projection.ItemRow{}, err
	}
	at, err := parseOptionalInstant(m.CompletedAt)
	completed, notOne := truth(m.Completed)
	return projection.ItemRow{Step: m.StepKey, Visit: int(m.Visit), Item: m.ItemKey, Completed: completed, At: at, By: orEmpty(m.CompletedBy)},
		errors.Join(err, notOne, bothOrNone(m.CompletedAt, m.CompletedBy))
}

// bothOrNone holds that what happened has a time and somebody who did it.
func bothOrNone(at, by *string) error {
	if (at == nil) != (by == nil) {
		return corrupt("a time without somebody, or somebody without a time")
	}
	return nil
}

func scanRun(rows scanner, r *model.Runs) error {
	return rows.Scan(&r.ID, &r.ProcedureID, &r.ProcedureVersion, &r.UserID, &r.Reference, &r.Metadata, &r.State, &r.Revision,
		&r.Seq, &r.HeadHash, &r.CurrentStep, &r.FailureReason, &r.FailureAt, &r.FailureBy, &r.CreatedAt, &r.StartedAt,
		&r.UpdatedAt, &r.ClosedAt)
}
