package app

import (
	"iter"

	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// PlainValues are the values of sensitive slots that stand in rows and have not been erased.
func PlainValues(v *procedure.Version, rows []run.ValueRow) ([]PlainValue, error) {
	var all []PlainValue
	for rows := range bySlot(rows) {
		first := rows[0]
		if first.Digest == nil || first.ErasedAt != nil {
			continue
		}
		i, ok := v.StepIndex(first.Step)
		j := 0
		if ok {
			j, ok = v.Steps[i].SlotIndex(first.Slot)
		}
		if !ok {
			continue // not in the definition: whoever loads the run finds it
		}
		plain, err := run.PlainOf(&v.Steps[i].Slots[j], rows)
		if err != nil {
			return nil, err
		}
		all = append(all, PlainValue{Step: first.Step, Visit: first.Visit, Slot: first.Slot, Value: plain})
	}
	return all, nil
}

// bySlot yields the rows of one slot's visit together; they stand side by side.
func bySlot(rows []run.ValueRow) iter.Seq[[]run.ValueRow] {
	return func(yield func([]run.ValueRow) bool) {
		for from := 0; from < len(rows); {
			to := from + 1
			for to < len(rows) && rows[to].SlotRow == rows[from].SlotRow {
				to++
			}
			if !yield(rows[from:to]) {
				return
			}
			from = to
		}
	}
}
