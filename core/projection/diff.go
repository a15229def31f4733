package projection

import (
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
)

// Changes are the changes to a run's rows: first the rows to delete, then the rows to write.
type Changes struct {
	DeletedSteps  []string  // keys of steps whose only row is deleted
	DeletedValues []SlotRow // slots whose value rows are deleted, including those that new rows replace
	DeletedItems  []ItemRow // items whose rows are deleted; only their keys count
	Rows                    // step rows replace those of the same visit; the row of an open step is the last
}

// Diff returns the changes from the rows of one state of a run to those of the next. Before is the zero Run for a new
// run. The parameter plain holds the values of the sensitive slots that were set between the two states.
func Diff(before, after run.Run, plain []run.PlainValue) Changes {
	var c Changes
	c.add(before, after, func(_ *procedure.Version, step, j int, _ SlotRow, value run.SlotValue) slot.Value {
		return unsealed(plain, step, j, value)
	})
	return c
}

// RowsOf returns all rows of a run. Sensitive values have only their seals.
func RowsOf(r run.Run) Rows { return Diff(run.Run{}, r, nil).Rows }

// plainSource returns the plain value of a slot, even where the state holds only its seal.
type plainSource func(v *procedure.Version, step, j int, at SlotRow, value run.SlotValue) slot.Value

// unsealed returns the plain value behind a new seal, and any other value unchanged. An erased value stays erased, even
// if the same value is given again.
func unsealed(plain []run.PlainValue, step, j int, value run.SlotValue) slot.Value {
	for _, p := range plain {
		if p.Step == step && p.Slot == j && value.ErasedAt.IsZero() {
			return p.Value
		}
	}
	return value.Value
}

func (c *Changes) add(before, after run.Run, plain plainSource) {
	var opened []StepRow
	for _, v := range visitChanges(before, after) {
		key := after.Version.Steps[v.step].Key
		if v.gone {
			c.DeletedSteps = append(c.DeletedSteps, key)
			continue
		}
		if v.own {
			row := StepRow{
				Step: key, Visit: v.now.Number, State: v.state, Amended: v.now.Amended,
				CommittedAt: v.now.CommittedAt, CommittedBy: v.now.CommittedBy, Reason: v.now.Reason,
			}
			if v.state == run.Open { // only one row may be open, so the other must be closed first
				opened = append(opened, row)
			} else {
				c.Steps = append(c.Steps, row)
			}
		}
		c.addSlots(after, v, key, plain)
		c.addItems(v, key)
	}
	c.Steps = append(c.Steps, opened...)
}

func (c *Changes) addSlots(after run.Run, v visitChange, key string, plain plainSource) {
	for _, j := range v.slots {
		at := SlotRow{Step: key, Visit: v.now.Number, Slot: after.Version.Steps[v.step].Slots[j].Name}
		if v.before != nil && j < len(v.before.Slots) && !v.before.Slots[j].Value.IsAbsent() {
			c.DeletedValues = append(c.DeletedValues, at)
		}
		switch value := v.now.Slots[j]; {
		case value.NotApplicable:
			c.Inapplicable = append(c.Inapplicable, at)
		case !value.Value.IsAbsent():
			c.Values = appendValueRows(c.Values, at, value, plain(after.Version, v.step, j, at, value))
		}
	}
}

func (c *Changes) addItems(v visitChange, key string) {
	for _, j := range v.items {
		it := v.now.Items[j]
		row := ItemRow{
			Step: key, Visit: v.now.Number, Item: it.Key, Completed: it.Completed, At: it.At, By: it.By,
		}
		if v.before != nil && j < len(v.before.Items) && hasItemRow(v.before, j) {
			c.DeletedItems = append(c.DeletedItems, row)
		}
		if hasItemRow(v.now, j) {
			c.Items = append(c.Items, row)
		}
	}
}
