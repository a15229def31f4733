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

// step takes a visit; visits come in order, so that the last one taken is the current one.
func (a assembly) step(row model.RunSteps) error {
	i, ok := a.version.StepIndex(row.StepKey)
	if !ok {
		return corrupt("step %s is not in the definition", row.StepKey)
	}
	s := &a.steps[i]
	s.State, s.Visit, s.Amended = run.StepState(row.State), int(row.Visit), row.Amended == 1
	s.CommittedBy = orEmpty(row.CommittedBy)
	var err error
	s.CommittedAt, err = parseOptionalInstant(row.CommittedAt)
	return err
}

func (a assembly) value(rows []model.RunSlotValues) error {
	i, j, err := place(a.version, rows[0])
	if err != nil || a.steps[i].Visit != int(rows[0].Visit) {
		return err
	}
	a.steps[i].Slots[j], err = heldValue(&a.version.Steps[i].Slots[j], rows)
	return err
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
	if ok && a.steps[i].Visit != int(row.Visit) {
		return nil
	}
	for j := range a.steps[i].Items {
		if it := &a.steps[i].Items[j]; ok && it.Key == row.ItemKey {
			at, err := parseOptionalInstant(row.CompletedAt)
			*it = checklist.State{Key: row.ItemKey, Completed: row.Completed == 1, At: at, By: orEmpty(row.CompletedBy)}
			return err
		}
	}
	return corrupt("item %s.%s is not in the definition", row.StepKey, row.ItemKey)
}
