package sqlite

import (
	"iter"

	"github.com/procedo/procedo/adapters/sqlite/gen/model"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// assemble puts a run's rows into the order of its definition. Rows that the definition does not know are an error.
func (r storedRun) assemble(v *procedure.Version) (app.RunRecord, error) {
	a := assembly{version: v, steps: run.BlankSteps(v)}
	for _, row := range r.steps {
		if err := a.step(row); err != nil {
			return app.RunRecord{}, err
		}
	}
	for rows := range r.valuesBySlot() {
		if err := a.value(rows); err != nil {
			return app.RunRecord{}, err
		}
	}
	for _, row := range r.items {
		if err := a.item(row); err != nil {
			return app.RunRecord{}, err
		}
	}
	a.settle()
	return runRecord(r.run, v, a.steps)
}

// valuesBySlot yields the value rows of one slot's visit together; they are stored side by side.
func (r storedRun) valuesBySlot() iter.Seq[[]model.RunSlotValues] {
	return func(yield func([]model.RunSlotValues) bool) {
		for from := 0; from < len(r.values); {
			to := from + 1
			for to < len(r.values) && sameSlot(r.values[from], r.values[to]) {
				to++
			}
			if !yield(r.values[from:to]) {
				return
			}
			from = to
		}
	}
}

func sameSlot(a, b model.RunSlotValues) bool {
	return a.StepKey == b.StepKey && a.Visit == b.Visit && a.SlotName == b.SlotName
}

type assembly struct {
	version *procedure.Version
	steps   []run.Step
}

// step takes a visit; visits come in order, so that the last one taken is the current one and those before it are earlier.
func (a assembly) step(row stepRow) error {
	i, ok := a.version.StepIndex(row.StepKey)
	if !ok {
		return corrupt("step %s is not in the definition", row.StepKey)
	}
	s := &a.steps[i]
	if s.Visit == int(row.Visit) { // the same row again, with another slot
		return a.inapplicable(i, row)
	}
	if s.Visit > 0 {
		if closed := map[bool]run.StepState{true: run.Skipped, false: run.Committed}[s.Reason != ""]; s.State != closed {
			return corrupt("visit %d of step %s is %s, with a later one after it", s.Visit, row.StepKey, s.State)
		}
		s.Earlier = append(s.Earlier, s.Passage)
		s.Passage = run.BlankPassage(&a.version.Steps[i], 0)
	}
	s.State, s.Visit, s.Amended = run.StepState(row.State), int(row.Visit), row.Amended == 1
	s.CommittedBy, s.Reason = orEmpty(row.CommittedBy), orEmpty(row.Reason)
	var err error
	if s.CommittedAt, err = parseOptionalInstant(row.CommittedAt); err != nil {
		return err
	}
	for j := range s.Items { // of a committed step every item that applied has a row
		s.Items[j].NotApplicable = a.version.Steps[i].Items[j].When != nil && !s.CommittedAt.IsZero() && s.Reason == ""
	}
	return a.inapplicable(i, row)
}

func (a assembly) inapplicable(i int, row stepRow) error {
	if row.inapplicable == nil {
		return nil
	}
	j, ok := a.version.Steps[i].SlotIndex(*row.inapplicable)
	if !ok {
		return corrupt("slot %s.%s is not in the definition", row.StepKey, *row.inapplicable)
	}
	a.steps[i].Slots[j].NotApplicable = true
	return nil
}

// settle puts what the rows say only together into its place: a visit that was closed and superseded is an earlier one, and
// a step that was passed over before its first visit has none.
func (a assembly) settle() {
	for i := range a.steps {
		s := &a.steps[i]
		switch {
		case s.State == run.NotApplicable && s.CommittedAt.IsZero():
			s.Passage = run.BlankPassage(&a.version.Steps[i], 0)
		case (s.State == run.NotApplicable || s.State == run.Locked) && !s.CommittedAt.IsZero():
			s.Earlier = append(s.Earlier, s.Passage)
			s.Passage = run.BlankPassage(&a.version.Steps[i], s.Visit)
		}
	}
}

func (a assembly) value(rows []model.RunSlotValues) error {
	i, j, err := place(a.version, rows[0])
	if err != nil {
		return err
	}
	p := a.passage(i, rows[0].Visit)
	if p == nil {
		return corrupt("a value of visit %d of step %s, which has no row", rows[0].Visit, rows[0].StepKey)
	}
	p.Slots[j], err = heldValue(&a.version.Steps[i].Slots[j], rows)
	return err
}

// passage is a visit of a step.
func (a assembly) passage(i int, visit int64) *run.Passage {
	s := &a.steps[i]
	if s.Visit == int(visit) {
		return &s.Passage
	}
	for k := range s.Earlier {
		if s.Earlier[k].Visit == int(visit) {
			return &s.Earlier[k]
		}
	}
	return nil
}

func place(v *procedure.Version, row model.RunSlotValues) (step, slot int, err error) {
	step, ok := v.StepIndex(row.StepKey)
	if ok {
		slot, ok = v.Steps[step].SlotIndex(row.SlotName)
	}
	if !ok {
		return 0, 0, corrupt("slot %s.%s is not in the definition", row.StepKey, row.SlotName)
	}
	return step, slot, nil
}

func (a assembly) item(row model.RunChecklistStates) error {
	i, ok := a.version.StepIndex(row.StepKey)
	if !ok {
		return corrupt("item %s.%s is not in the definition", row.StepKey, row.ItemKey)
	}
	p := a.passage(i, row.Visit)
	for j := range a.version.Steps[i].Items {
		if p != nil && p.Items[j].Key == row.ItemKey {
			at, err := parseOptionalInstant(row.CompletedAt)
			p.Items[j] = checklist.State{Key: row.ItemKey, Completed: row.Completed == 1, At: at, By: orEmpty(row.CompletedBy)}
			return err
		}
	}
	return corrupt("item %s.%s is not in the definition", row.StepKey, row.ItemKey)
}
