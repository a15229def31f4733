package sqlite

import (
	"context"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet's language is meant to be read bare

	"github.com/procedo/procedo/adapters/sqlite/gen/model"
	"github.com/procedo/procedo/adapters/sqlite/gen/table"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/projection"
)

// Append writes a change whole or not at all.
func (s Runs) Append(ctx context.Context, c app.RunChange) error {
	return s.DB.within(ctx, s.DB.write, func(t tx) error { return appendRun(ctx, t, c) })
}

// Exclusively lets decide make a change while nobody else can write.
func (s Runs) Exclusively(ctx context.Context, id string, decide func(app.RunRecord) (*app.RunChange, error)) error {
	return s.DB.within(ctx, s.DB.write, func(t tx) error {
		stored, err := readRun(ctx, t, id)
		if err != nil {
			return translate(err)
		}
		rec, err := s.assemble(ctx, stored)
		if err != nil {
			return err
		}
		c, err := decide(rec)
		if err != nil || c == nil {
			return err
		}
		return appendRun(ctx, t, *c)
	})
}

func appendRun(ctx context.Context, t tx, c app.RunChange) error {
	touched, err := writeRun(ctx, t, c)
	if err != nil || touched == 0 {
		return cmpErr(err, app.ErrMoved)
	}
	if err := writeReceipt(ctx, t, c.Receipt); err != nil {
		return err
	}
	if err := writeEvents(ctx, t, c.Events); err != nil {
		return translate(err)
	}
	w := stepWriter{tx: t, runID: c.After.ID}
	return translate(w.write(ctx, projection.Diff(c.Before, c.After, c.PlainValues)))
}

// writeRun inserts the run's row, or moves it on if it is still as it was read.
func writeRun(ctx context.Context, t tx, c app.RunChange) (touched int64, err error) {
	r, row := table.Runs, runRow(c.After, c.Head())
	if c.Before.Seq == 0 {
		return t.exec(ctx, r.INSERT(r.AllColumns).MODEL(row).ON_CONFLICT(r.ID).DO_NOTHING())
	}
	return t.exec(ctx, r.UPDATE(r.State, r.Revision, r.Seq, r.HeadHash, r.CurrentStep, r.FailureReason, r.FailureAt, r.FailureBy,
		r.StartedAt, r.UpdatedAt, r.ClosedAt).
		MODEL(row).
		WHERE(r.ID.EQ(String(row.ID)).AND(r.Seq.EQ(Int(c.Before.Seq))).AND(r.HeadHash.EQ(String(c.PrevHash())))))
}

// stepWriter writes the rows of the steps that a change touches, in a number of statements that does not grow
// with the slots.
type stepWriter struct {
	tx
	runID string
}

func (w stepWriter) write(ctx context.Context, rows projection.Changes) error {
	if err := w.steps(ctx, rows); err != nil {
		return err
	}
	if err := w.remove(ctx, rows); err != nil {
		return err
	}
	if err := insertAll(ctx, w.tx, inapplicableRows(w.runID, rows.Inapplicable), func(chunk []model.RunInapplicableSlots) statement {
		return table.RunInapplicableSlots.INSERT(table.RunInapplicableSlots.AllColumns).MODELS(chunk)
	}); err != nil {
		return err
	}
	if err := insertAll(ctx, w.tx, valueRows(w.runID, rows.Values), func(chunk []model.RunSlotValues) statement {
		return table.RunSlotValues.INSERT(table.RunSlotValues.AllColumns).MODELS(chunk)
	}); err != nil {
		return err
	}
	return insertAll(ctx, w.tx, itemRows(w.runID, rows.Items), func(chunk []model.RunChecklistStates) statement {
		return table.RunChecklistStates.INSERT(table.RunChecklistStates.AllColumns).MODELS(chunk)
	})
}

// steps writes the steps' own rows.
func (w stepWriter) steps(ctx context.Context, rows projection.Changes) error {
	s := table.RunSteps
	for _, key := range rows.DeletedSteps {
		if _, err := w.exec(ctx, s.DELETE().WHERE(s.RunID.EQ(String(w.runID)).AND(s.StepKey.EQ(String(key))))); err != nil {
			return err
		}
	}
	return insertAll(ctx, w.tx, stepRows(w.runID, rows.Steps), func(chunk []model.RunSteps) statement {
		return s.INSERT(s.AllColumns).MODELS(chunk).ON_CONFLICT(s.RunID, s.StepKey, s.Visit).DO_UPDATE(SET(
			s.State.SET(s.EXCLUDED.State), s.Amended.SET(s.EXCLUDED.Amended),
			s.CommittedAt.SET(s.EXCLUDED.CommittedAt), s.CommittedBy.SET(s.EXCLUDED.CommittedBy), s.Reason.SET(s.EXCLUDED.Reason)))
	})
}

// remove takes out what others come in the place of, or nothing: one statement for each visit touched, which is one.
func (w stepWriter) remove(ctx context.Context, rows projection.Changes) error {
	v, it := table.RunSlotValues, table.RunChecklistStates
	for visit, names := range byVisit(rows.DeletedValues, func(r projection.SlotRow) (projection.SlotRow, string) {
		return projection.SlotRow{Step: r.Step, Visit: r.Visit}, r.Slot
	}) {
		if err := insertAll(ctx, w.tx, names, func(chunk []Expression) statement {
			return v.DELETE().WHERE(v.RunID.EQ(String(w.runID)).AND(v.StepKey.EQ(String(visit.Step))).AND(v.Visit.EQ(Int(int64(visit.Visit)))).AND(v.SlotName.IN(chunk...)))
		}); err != nil {
			return err
		}
	}
	for visit, keys := range byVisit(rows.DeletedItems, func(r projection.ItemRow) (projection.SlotRow, string) {
		return projection.SlotRow{Step: r.Step, Visit: r.Visit}, r.Item
	}) {
		if err := insertAll(ctx, w.tx, keys, func(chunk []Expression) statement {
			return it.DELETE().WHERE(it.RunID.EQ(String(w.runID)).AND(it.StepKey.EQ(String(visit.Step))).AND(it.Visit.EQ(Int(int64(visit.Visit)))).AND(it.ItemKey.IN(chunk...)))
		}); err != nil {
			return err
		}
	}
	return nil
}

// byVisit groups names by the visit they belong to.
func byVisit[R any](rows []R, of func(R) (projection.SlotRow, string)) map[projection.SlotRow][]Expression {
	groups := map[projection.SlotRow][]Expression{}
	for _, r := range rows {
		visit, name := of(r)
		groups[visit] = append(groups[visit], String(name))
	}
	return groups
}
