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
	selectRun   = fixed(SELECT(runColumns).FROM(table.Runs).WHERE(table.Runs.ID.EQ(String(""))))
	selectHead  = fixed(SELECT(table.Runs.Seq, table.Runs.HeadHash).FROM(table.Runs).WHERE(table.Runs.ID.EQ(String(""))))
	selectSteps = fixed(SELECT(table.RunSteps.StepKey, table.RunSteps.Visit, table.RunSteps.State, table.RunSteps.Amended,
		table.RunSteps.CommittedAt, table.RunSteps.CommittedBy, table.RunSteps.Reason, table.RunInapplicableSlots.SlotName).
		FROM(table.RunSteps.LEFT_JOIN(table.RunInapplicableSlots, table.RunInapplicableSlots.RunID.EQ(table.RunSteps.RunID).
			AND(table.RunInapplicableSlots.StepKey.EQ(table.RunSteps.StepKey)).AND(table.RunInapplicableSlots.Visit.EQ(table.RunSteps.Visit)))).
		WHERE(table.RunSteps.RunID.EQ(String(""))).ORDER_BY(table.RunSteps.StepKey, table.RunSteps.Visit))
	selectValues = fixed(SELECT(table.RunSlotValues.StepKey, table.RunSlotValues.Visit, table.RunSlotValues.SlotName, table.RunSlotValues.Ordinal,
		table.RunSlotValues.ValueText, table.RunSlotValues.ValueNumber, table.RunSlotValues.ValueBoolean, table.RunSlotValues.ValueDate,
		table.RunSlotValues.ValueTimestamp, table.RunSlotValues.Literal, table.RunSlotValues.Origin, table.RunSlotValues.Salt,
		table.RunSlotValues.Digest, table.RunSlotValues.ErasedAt).
		FROM(table.RunSlotValues).WHERE(table.RunSlotValues.RunID.EQ(String(""))).
		ORDER_BY(table.RunSlotValues.StepKey, table.RunSlotValues.Visit, table.RunSlotValues.SlotName, table.RunSlotValues.Ordinal))
	selectItems = fixed(SELECT(table.RunChecklistStates.StepKey, table.RunChecklistStates.Visit, table.RunChecklistStates.ItemKey,
		table.RunChecklistStates.Completed, table.RunChecklistStates.CompletedAt, table.RunChecklistStates.CompletedBy).
		FROM(table.RunChecklistStates).WHERE(table.RunChecklistStates.RunID.EQ(String(""))))
)

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
	own, err := summary(stored.run)
	if err != nil {
		return app.RunRecord{}, translate(err)
	}
	rec, err := app.Restore(v, own, stored.run.HeadHash, stored.rows)
	return rec, translate(err)
}

// storedRun is a run's rows.
type storedRun struct {
	run  model.Runs
	rows run.Rows
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

// scanStep takes a visit's row; it comes once for each slot that did not apply, and once where all did.
func (r *storedRun) scanStep(rows *sql.Rows) error {
	var m model.RunSteps
	var inapplicable *string
	if err := rows.Scan(&m.StepKey, &m.Visit, &m.State, &m.Amended, &m.CommittedAt, &m.CommittedBy, &m.Reason, &inapplicable); err != nil {
		return err
	}
	row := run.StepRow{Step: m.StepKey, Visit: int(m.Visit), State: run.StepState(m.State), Amended: m.Amended == 1, CommittedBy: orEmpty(m.CommittedBy), Reason: orEmpty(m.Reason)}
	if inapplicable != nil {
		r.rows.Inapplicable = append(r.rows.Inapplicable, run.SlotRow{Step: row.Step, Visit: row.Visit, Slot: *inapplicable})
	}
	if n := len(r.rows.Steps); n > 0 && r.rows.Steps[n-1].Step == row.Step && r.rows.Steps[n-1].Visit == row.Visit {
		return nil
	}
	var err error
	row.CommittedAt, err = parseOptionalInstant(m.CommittedAt)
	r.rows.Steps = append(r.rows.Steps, row)
	return err
}

func (r *storedRun) scanValue(rows *sql.Rows) error {
	var v model.RunSlotValues
	if err := rows.Scan(&v.StepKey, &v.Visit, &v.SlotName, &v.Ordinal, &v.ValueText, &v.ValueNumber, &v.ValueBoolean,
		&v.ValueDate, &v.ValueTimestamp, &v.Literal, &v.Origin, &v.Salt, &v.Digest, &v.ErasedAt); err != nil {
		return err
	}
	row, err := valueRow(v)
	r.rows.Values = append(r.rows.Values, row)
	return err
}

func (r *storedRun) scanItem(rows *sql.Rows) error {
	var m model.RunChecklistStates
	if err := rows.Scan(&m.StepKey, &m.Visit, &m.ItemKey, &m.Completed, &m.CompletedAt, &m.CompletedBy); err != nil {
		return err
	}
	at, err := parseOptionalInstant(m.CompletedAt)
	r.rows.Items = append(r.rows.Items, run.ItemRow{Step: m.StepKey, Visit: int(m.Visit), Item: m.ItemKey, Completed: m.Completed == 1, At: at, By: orEmpty(m.CompletedBy)})
	return err
}

func scanRun(rows *sql.Rows, r *model.Runs) error {
	return rows.Scan(&r.ID, &r.ProcedureID, &r.ProcedureVersion, &r.UserID, &r.Reference, &r.Metadata, &r.State, &r.Revision,
		&r.Seq, &r.HeadHash, &r.CurrentStep, &r.FailureReason, &r.FailureAt, &r.FailureBy, &r.CreatedAt, &r.StartedAt,
		&r.UpdatedAt, &r.ClosedAt)
}
