package projection

import (
	"errors"
	"fmt"

	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
)

// ErrRows means that stored rows contradict each other or the definition.
var ErrRows = errors.New("stored rows")

func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrRows}, args...)...)
}

// assemble builds the steps of a run from its rows, in the order of the definition. It returns ErrRows for a row whose
// step, slot or item is not in the definition.
func assemble(v *procedure.Version, rows Rows) ([]run.Step, error) {
	a := assembly{version: v, steps: run.BlankSteps(v)}
	for _, row := range rows.Steps {
		if err := a.addVisit(row); err != nil {
			return nil, err
		}
	}
	for _, row := range rows.Inapplicable {
		_, visit, j, err := a.findSlot(row)
		if err != nil {
			return nil, err
		}
		visit.Slots[j].NotApplicable = true
	}
	for rows := range bySlot(rows.Values) {
		if err := a.addValue(rows); err != nil {
			return nil, err
		}
	}
	for _, row := range rows.Items {
		if err := a.addItem(row); err != nil {
			return nil, err
		}
	}
	a.finishSteps()
	return a.steps, nil
}

type assembly struct {
	version *procedure.Version
	steps   []run.Step
}

// addVisit makes the row the current visit of its step. The visit of the previous row becomes an earlier visit, because
// the rows of a step are sorted by visit.
func (a assembly) addVisit(row StepRow) error {
	i, ok := a.version.StepIndex(row.Step)
	if !ok {
		return corrupt("step %s is not in the definition", row.Step)
	}
	s := &a.steps[i]
	if s.Number > 0 {
		closed := run.Committed
		if s.Skipped {
			closed = run.Skipped
		}
		if s.State != closed || row.Visit <= s.Number {
			return corrupt(
				"visit %d of step %s is %s although visit %d follows it", s.Number, row.Step, s.State, row.Visit,
			)
		}
		s.Earlier = append(s.Earlier, s.Visit)
		s.Visit = run.BlankVisit(&a.version.Steps[i], 0)
	}
	s.State, s.Number, s.Amended = row.State, row.Visit, row.Amended
	s.CommittedAt, s.CommittedBy = row.CommittedAt, row.CommittedBy
	if row.Reason != nil {
		s.Skipped, s.Reason = true, *row.Reason
	}
	// Mark every conditional item of a committed visit as not applicable for now. An item that applied has a row; when
	// that row is added, the mark is cleared.
	for j := range s.Items {
		conditional := a.version.Steps[i].Items[j].When != nil
		s.Items[j].NotApplicable = conditional && !s.CommittedAt.IsZero() && !s.Skipped
	}
	return nil
}

// findSlot returns the definition of the row's slot, the row's visit, and the index of the slot in the visit.
func (a assembly) findSlot(row SlotRow) (def *slot.Slot, visit *run.Visit, j int, err error) {
	i, ok := a.version.StepIndex(row.Step)
	if ok {
		j, ok = a.version.Steps[i].SlotIndex(row.Slot)
	}
	if !ok {
		return nil, nil, 0, corrupt("slot %s.%s is not in the definition", row.Step, row.Slot)
	}
	if visit = a.findVisit(i, row.Visit); visit == nil {
		return nil, nil, 0, corrupt("visit %d of step %s has slot rows but no row of its own", row.Visit, row.Step)
	}
	return &a.version.Steps[i].Slots[j], visit, j, nil
}

func (a assembly) findVisit(i, number int) *run.Visit {
	s := &a.steps[i]
	if s.Number == number {
		return &s.Visit
	}
	for k := range s.Earlier {
		if s.Earlier[k].Number == number {
			return &s.Earlier[k]
		}
	}
	return nil
}

func (a assembly) addValue(rows []ValueRow) error {
	def, visit, j, err := a.findSlot(rows[0].SlotRow)
	if err != nil {
		return err
	}
	first := rows[0]
	value := run.SlotValue{Origin: slot.Origin(first.Origin)}
	switch {
	case !def.Sensitive && first.ErasedAt != nil:
		value.Value = slot.HiddenValue()
	case !def.Sensitive:
		value.Value, err = readValue(def, rows)
	case first.Digest == nil || first.ErasedAt != nil && (first.Salt != nil || first.Sealed != nil):
		// A row from RowsOf has neither salt nor value; Compare reports a stored row without them.
		err = corrupt("sensitive slot %s has no seal", def.Name)
	default:
		value.Value = slot.SealedValue(*first.Digest)
	}
	value.ErasedAt = first.ErasedAt
	visit.Slots[j] = value
	return err
}

func (a assembly) addItem(row ItemRow) error {
	i, ok := a.version.StepIndex(row.Step)
	j := 0
	if ok {
		j, ok = a.version.Steps[i].ItemIndex(row.Item)
	}
	if !ok {
		return corrupt("item %s.%s is not in the definition", row.Step, row.Item)
	}
	visit := a.findVisit(i, row.Visit)
	if visit == nil {
		return corrupt("visit %d of step %s has item rows but no row of its own", row.Visit, row.Step)
	}
	visit.Items[j] = checklist.State{Key: row.Item, Completed: row.Completed, At: row.At, By: row.By}
	return nil
}

// finishSteps corrects the current visits of steps after all rows have been added. A closed visit becomes an earlier
// visit if a jump back superseded it. A step that became not applicable before its first visit has no visit.
func (a assembly) finishSteps() {
	for i := range a.steps {
		s := &a.steps[i]
		switch {
		case s.State == run.NotApplicable && s.CommittedAt.IsZero():
			s.Visit = run.BlankVisit(&a.version.Steps[i], 0)
		case (s.State == run.NotApplicable || s.State == run.Locked) && !s.CommittedAt.IsZero():
			s.Earlier = append(s.Earlier, s.Visit)
			s.Visit = run.BlankVisit(&a.version.Steps[i], s.Number)
		}
	}
}
