package projection

import (
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// Changes are the changes to the rows of a run. An adapter makes the deletions first, and then writes the embedded
// Rows.
type Changes struct {
	DeletedSteps  []string  // keys of steps whose only row is deleted
	DeletedValues []SlotRow // slots whose value rows are deleted, including those that new rows replace
	DeletedItems  []ItemRow // items whose rows are deleted; only Step, Visit and Item are used
	// DeletedInapplicable are the rows of slots that an amendment made applicable.
	DeletedInapplicable []SlotRow
	Rows                // a step row replaces the stored row of its visit; the row of an open step comes last
}

// Diff returns the changes to the rows of a run between two of its states. For a new run, the first state is the zero
// Run. plainValues holds the plain values of the sensitive slots that were set between the two states.
func Diff(before, after run.Run, plainValues []run.PlainValue) Changes {
	var c Changes
	c.add(before, after, func(_ *procedure.Version, step, j int, _ SlotRow, value run.SlotValue) unsealed {
		return findPlainValue(plainValues, step, j, value)
	})
	return c
}

// RowsOf returns all rows of a run. The rows of sensitive values have the seal but no plain value.
func RowsOf(r run.Run) Rows { return Diff(run.Run{}, r, nil).Rows }

// plainValueFunc returns the value to store for a slot. For a sensitive slot, this is the plain value behind the seal,
// or the seal itself if the plain value is not known.
type plainValueFunc func(v *procedure.Version, step, j int, at SlotRow, value run.SlotValue) unsealed

// findPlainValue returns the plain value and salt of a sealed value if plainValues has them, and otherwise value
// itself.
func findPlainValue(plainValues []run.PlainValue, step, j int, value run.SlotValue) unsealed {
	for _, p := range plainValues {
		if p.Step == step && p.Slot == j && value.ErasedAt == nil {
			return unsealed{p.Value, p.Salt.String()}
		}
	}
	return unsealed{value: value.Value}
}

func (c *Changes) add(before, after run.Run, plainValue plainValueFunc) {
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
				CommittedAt: v.now.CommittedAt, CommittedBy: v.now.CommittedBy,
			}
			if v.now.Skipped {
				row.Reason = &v.now.Reason
			}
			// The database allows one open row per run, so the former open row must be closed first.
			if v.state == run.Open {
				opened = append(opened, row)
			} else {
				c.Steps = append(c.Steps, row)
			}
		}
		c.addSlots(after, v, key, plainValue)
		c.addItems(v, key)
	}
	c.Steps = append(c.Steps, opened...)
}

func (c *Changes) addSlots(after run.Run, v visitChange, key string, plainValue plainValueFunc) {
	for _, j := range v.slots {
		at := SlotRow{Step: key, Visit: v.now.Number, Slot: after.Version.Steps[v.step].Slots[j].Name}
		if v.before != nil && j < len(v.before.Slots) && !v.before.Slots[j].Value.IsAbsent() {
			c.DeletedValues = append(c.DeletedValues, at)
		}
		if v.before != nil && j < len(v.before.Slots) && v.before.Slots[j].NotApplicable {
			c.DeletedInapplicable = append(c.DeletedInapplicable, at)
		}
		switch value := v.now.Slots[j]; {
		case value.NotApplicable:
			c.Inapplicable = append(c.Inapplicable, at)
		case !value.Value.IsAbsent():
			c.Values = appendValueRows(c.Values, at, value, plainValue(after.Version, v.step, j, at, value))
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
