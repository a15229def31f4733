package sqlite

import (
	"cmp"
	"context"
	"slices"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet's language is meant to be read bare

	"github.com/procedo/procedo/adapters/sqlite/gen/model"
	"github.com/procedo/procedo/adapters/sqlite/gen/table"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
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
	w := stepWriter{tx: t, change: c, steps: run.Changes(c.Before, c.After)}
	return translate(w.write(ctx))
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
		WHERE(r.ID.EQ(String(row.ID)).AND(r.Seq.EQ(Int(c.Before.Seq)))))
}

// stepWriter writes the rows of the steps that a change touches, in a number of statements that does not grow
// with the slots.
type stepWriter struct {
	tx
	change app.RunChange
	steps  []run.StepChange
}

func (w stepWriter) write(ctx context.Context) error {
	if err := w.writeSteps(ctx); err != nil {
		return err
	}
	if err := w.deleteRows(ctx); err != nil {
		return err
	}
	if err := insertAll(ctx, w.tx, w.inapplicable(), func(rows []model.RunInapplicableSlots) statement {
		return table.RunInapplicableSlots.INSERT(table.RunInapplicableSlots.AllColumns).MODELS(rows)
	}); err != nil {
		return err
	}
	if err := insertAll(ctx, w.tx, w.values(), func(rows []model.RunSlotValues) statement {
		return table.RunSlotValues.INSERT(table.RunSlotValues.AllColumns).MODELS(rows)
	}); err != nil {
		return err
	}
	return insertAll(ctx, w.tx, w.items(), func(rows []model.RunChecklistStates) statement {
		return table.RunChecklistStates.INSERT(table.RunChecklistStates.AllColumns).MODELS(rows)
	})
}

// writeSteps writes the steps' own rows; the one that opens comes last, since only one may be open.
func (w stepWriter) writeSteps(ctx context.Context) error {
	var rows []model.RunSteps
	for _, c := range w.steps {
		if !c.Row {
			continue
		}
		p := c.Now
		rows = append(rows, model.RunSteps{
			RunID: w.change.After.ID, StepKey: w.key(c), Visit: int64(p.Visit), State: string(c.State), Amended: integer(p.Amended),
			CommittedAt: optionalInstant(p.CommittedAt), CommittedBy: actorOf(p.CommittedBy, p.CommittedAt), Reason: nonEmpty(p.Reason),
		})
	}
	slices.SortStableFunc(rows, func(a, b model.RunSteps) int { return cmp.Compare(isOpen(a), isOpen(b)) })
	s := table.RunSteps
	return insertAll(ctx, w.tx, rows, func(chunk []model.RunSteps) statement {
		return s.INSERT(s.AllColumns).MODELS(chunk).ON_CONFLICT(s.RunID, s.StepKey, s.Visit).DO_UPDATE(SET(
			s.State.SET(s.EXCLUDED.State), s.Amended.SET(s.EXCLUDED.Amended),
			s.CommittedAt.SET(s.EXCLUDED.CommittedAt), s.CommittedBy.SET(s.EXCLUDED.CommittedBy), s.Reason.SET(s.EXCLUDED.Reason)))
	})
}

func isOpen(row model.RunSteps) int64 { return integer(row.State == string(run.Open)) }

func (w stepWriter) key(c run.StepChange) string { return w.change.After.Version.Steps[c.Step].Key }

// deleteRows removes the rows that changed or went; a new visit has none.
func (w stepWriter) deleteRows(ctx context.Context) error {
	for _, c := range w.steps {
		if c.Gone {
			s := table.RunSteps
			if _, err := w.exec(ctx, s.DELETE().WHERE(s.RunID.EQ(String(w.change.After.ID)).AND(s.StepKey.EQ(String(w.key(c)))))); err != nil {
				return err
			}
		}
		was, def := c.Before, &w.change.After.Version.Steps[c.Step]
		if was == nil || c.Gone {
			continue
		}
		var slots, items []Expression
		for _, j := range c.Slots {
			if j < len(was.Slots) && !was.Slots[j].Value.IsAbsent() {
				slots = append(slots, String(def.Slots[j].Name))
			}
		}
		for _, j := range c.Items {
			if j < len(was.Items) && was.HasItemRow(j) {
				items = append(items, String(def.Items[j].Key))
			}
		}
		id, key, visit := String(w.change.After.ID), String(def.Key), Int(int64(was.Visit))
		v, it := table.RunSlotValues, table.RunChecklistStates
		if err := w.deleteSome(ctx, slots, func(names []Expression) statement {
			return v.DELETE().WHERE(v.RunID.EQ(id).AND(v.StepKey.EQ(key)).AND(v.Visit.EQ(visit)).AND(v.SlotName.IN(names...)))
		}); err != nil {
			return err
		}
		if err := w.deleteSome(ctx, items, func(keys []Expression) statement {
			return it.DELETE().WHERE(it.RunID.EQ(id).AND(it.StepKey.EQ(key)).AND(it.Visit.EQ(visit)).AND(it.ItemKey.IN(keys...)))
		}); err != nil {
			return err
		}
	}
	return nil
}

func (w stepWriter) deleteSome(ctx context.Context, names []Expression, del func([]Expression) statement) error {
	return insertAll(ctx, w.tx, names, del)
}

// values are the rows of what changed and is held; a sealed value's plain one comes with the change.
func (w stepWriter) values() []model.RunSlotValues {
	var rows []model.RunSlotValues
	for _, c := range w.steps {
		s, def := c.Now, &w.change.After.Version.Steps[c.Step]
		for _, j := range c.Slots {
			held := s.Slots[j]
			if held.Value.IsAbsent() {
				continue
			}
			base := model.RunSlotValues{RunID: w.change.After.ID, StepKey: def.Key, Visit: int64(s.Visit), SlotName: def.Slots[j].Name}
			rows = append(rows, valueRows(base, held, w.plain(c.Step, j, held.Value))...)
		}
	}
	return rows
}

// inapplicable are the slots that did not apply when their step was committed.
func (w stepWriter) inapplicable() []model.RunInapplicableSlots {
	var rows []model.RunInapplicableSlots
	for _, c := range w.steps {
		s, def := c.Now, &w.change.After.Version.Steps[c.Step]
		for _, j := range c.Slots {
			if s.Slots[j].NotApplicable {
				rows = append(rows, model.RunInapplicableSlots{RunID: w.change.After.ID, StepKey: def.Key, Visit: int64(s.Visit), SlotName: def.Slots[j].Name})
			}
		}
	}
	return rows
}

func (w stepWriter) plain(step, j int, held slot.Value) slot.Value {
	for _, secret := range w.change.Secrets {
		if secret.Step == step && secret.Slot == j {
			return secret.Value
		}
	}
	return held
}

func (w stepWriter) items() []model.RunChecklistStates {
	var rows []model.RunChecklistStates
	for _, c := range w.steps {
		s := c.Now
		for _, j := range c.Items {
			if !s.HasItemRow(j) {
				continue
			}
			it := s.Items[j]
			rows = append(rows, model.RunChecklistStates{
				RunID: w.change.After.ID, StepKey: w.key(c), Visit: int64(s.Visit), ItemKey: it.Key, Completed: integer(it.Completed),
				CompletedAt: optionalInstant(it.At), CompletedBy: actorOf(it.By, it.At),
			})
		}
	}
	return rows
}
