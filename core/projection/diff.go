package projection

import (
	"slices"

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
			return unsealed{value: p.Value, salt: p.Salt.String()}
		}
	}
	return unsealed{value: value.Value}
}

// add adds the changes between two states of a run. The first state may be the zero Run.
func (c *Changes) add(before, after run.Run, plainValue plainValueFunc) {
	var opened []StepRow
	var buffers [2][4]visitRow
	for i := range after.Steps {
		was, now := buffers[0][:0], buffers[1][:0]
		if i < len(before.Steps) {
			if unchanged(&before.Steps[i], &after.Steps[i]) {
				continue
			}
			was = appendVisitRows(was, &before.Steps[i])
		}
		now = appendVisitRows(now, &after.Steps[i])
		for _, n := range now {
			v := visitChange{step: i, visitRow: n}
			if k := slices.IndexFunc(was, func(w visitRow) bool { return w.Number == n.Number }); k >= 0 {
				v.before = was[k]
			}
			opened = c.addStep(after.Version, v, opened)
			c.addSlots(after.Version, v, plainValue)
			c.addItems(after.Version, v)
		}
		if len(now) == 0 && len(was) > 0 {
			// A step that was never visited has a row only while it is not applicable.
			c.DeletedSteps = append(c.DeletedSteps, after.Version.Steps[i].Key)
		}
	}
	c.Steps = append(c.Steps, opened...)
}

// addStep adds the row of the visit itself if it differs. The row of the open step is added to opened instead: the
// database allows one open row per run, so the former open row must be closed first.
func (c *Changes) addStep(version *procedure.Version, v visitChange, opened []StepRow) []StepRow {
	if !v.differs() {
		return opened
	}
	row := StepRow{
		Step: version.Steps[v.step].Key, Visit: v.Number, State: v.state, Amended: v.Amended,
		CommittedAt: v.CommittedAt, CommittedBy: v.CommittedBy,
	}
	if v.Skipped {
		row.Reason = &v.Reason
	}
	if v.state == run.Open {
		return append(opened, row)
	}
	if c.Steps == nil {
		c.Steps = make([]StepRow, 0, 4) // enough for most commands
	}
	c.Steps = append(c.Steps, row)
	return opened
}

func (c *Changes) addSlots(version *procedure.Version, v visitChange, plainValue plainValueFunc) {
	changed := v.changedSlots()
	if changed == 0 {
		return
	}
	def, texts := &version.Steps[v.step], make(texts, 0, changed)
	for j := range v.Slots {
		was, value := v.slotBefore(j), &v.Slots[j]
		if was.Identical(*value) {
			continue
		}
		at := SlotRow{Step: def.Key, Visit: v.Number, Slot: def.Slots[j].Name}
		if !was.Value.IsAbsent() {
			c.DeletedValues = append(c.DeletedValues, at)
		}
		if was.NotApplicable {
			c.DeletedInapplicable = append(c.DeletedInapplicable, at)
		}
		switch {
		case value.NotApplicable:
			c.Inapplicable = append(c.Inapplicable, at)
		case !value.Value.IsAbsent():
			if c.Values == nil {
				c.Values = make([]ValueRow, 0, changed)
			}
			c.Values = appendValueRows(c.Values, at, value, plainValue(version, v.step, j, at, *value), &texts)
		}
	}
}

func (c *Changes) addItems(version *procedure.Version, v visitChange) {
	changed := 0
	for j := range v.Items {
		if v.itemDiffers(j) {
			changed++
		}
	}
	for j := range v.Items {
		if !v.itemDiffers(j) {
			continue
		}
		it := &v.Items[j]
		row := ItemRow{
			Step: version.Steps[v.step].Key, Visit: v.Number, Item: it.Key, Completed: it.Completed, At: it.At, By: it.By,
		}
		if v.hadItemRow(j) {
			c.DeletedItems = append(c.DeletedItems, row)
		}
		if hasItemRow(v.Visit, j) {
			if c.Items == nil {
				c.Items = make([]ItemRow, 0, changed)
			}
			c.Items = append(c.Items, row)
		}
	}
}
