package run

import (
	"time"

	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// Writes are what a change does to the rows of a run's steps: what goes first, then what is put in its place.
type Writes struct {
	Gone       []string  // steps whose only row goes
	GoneValues []SlotRow // slots whose value rows go
	GoneItems  []ItemRow // items whose rows go, by name
	Rows                 // step rows replace those of the same visit; the one that opens comes last
}

// Written lists the rows that a change writes. Secrets are the plain values behind new seals.
func Written(before, after Run, secrets []Secret) Writes {
	var w Writes
	w.add(before, after, func(_ *procedure.Version, step, j int, _ SlotRow, held Held) slot.Value {
		return plainOf(secrets, step, j, held)
	})
	return w
}

// behind gives the value that stands behind what is held of a slot, also where that is only its seal.
type behind func(v *procedure.Version, step, j int, at SlotRow, held Held) slot.Value

func (w *Writes) add(before, after Run, plain behind) {
	var opens []StepRow
	for _, c := range Changes(before, after) {
		key := after.Version.Steps[c.Step].Key
		if c.Gone {
			w.Gone = append(w.Gone, key)
			continue
		}
		if c.Row {
			row := StepRow{key, c.Now.Visit, c.State, c.Now.Amended, c.Now.CommittedAt, c.Now.CommittedBy, c.Now.Reason}
			if c.State == Open { // only one may be open: the other has closed by then
				opens = append(opens, row)
			} else {
				w.Steps = append(w.Steps, row)
			}
		}
		w.slots(after, c, key, plain)
		w.items(c, key)
	}
	w.Steps = append(w.Steps, opens...)
}

func (w *Writes) slots(after Run, c StepChange, key string, plain behind) {
	for _, j := range c.Slots {
		at := SlotRow{key, c.Now.Visit, after.Version.Steps[c.Step].Slots[j].Name}
		if c.Before != nil && j < len(c.Before.Slots) && !c.Before.Slots[j].Value.IsAbsent() {
			w.GoneValues = append(w.GoneValues, at)
		}
		switch held := c.Now.Slots[j]; {
		case held.NotApplicable:
			w.Inapplicable = append(w.Inapplicable, at)
		case !held.Value.IsAbsent():
			w.Values = appendValueRows(w.Values, at, held, plain(after.Version, c.Step, j, at, held))
		}
	}
}

// plainOf is the value behind a new seal. One that was erased stays so, also where the same is given again: it keeps its seal.
func plainOf(secrets []Secret, step, j int, held Held) slot.Value {
	for _, s := range secrets {
		if s.Step == step && s.Slot == j && held.ErasedAt.IsZero() {
			return s.Value
		}
	}
	return held.Value
}

func (w *Writes) items(c StepChange, key string) {
	for _, j := range c.Items {
		it := c.Now.Items[j]
		row := ItemRow{key, c.Now.Visit, it.Key, it.Completed, it.At, it.By}
		if c.Before != nil && j < len(c.Before.Items) && c.Before.HasItemRow(j) {
			w.GoneItems = append(w.GoneItems, row)
		}
		if c.Now.HasItemRow(j) {
			w.Items = append(w.Items, row)
		}
	}
}

// appendValueRows puts a held value into the column of its kind: one row, or one for each choice of a list. Plain is the value
// itself, also where the state holds only its seal.
func appendValueRows(rows []ValueRow, at SlotRow, held Held, plain slot.Value) []ValueRow {
	row := ValueRow{SlotRow: at, Origin: string(held.Origin)}
	if held.Value.Shape() == slot.Sealed {
		salt, digest := held.Value.Seal()
		row.Salt, row.Digest = &salt, &digest
	}
	if !held.ErasedAt.IsZero() {
		row.ErasedAt = new(held.ErasedAt)
	}
	switch plain.Shape() {
	case slot.Text:
		row.Text = new(plain.Text())
	case slot.Number:
		row.Number = new(plain.Text())
	case slot.Date:
		row.Date = new(plain.Text())
	case slot.Boolean:
		row.Boolean = new(plain.Bool())
	case slot.Timestamp:
		instant, _ := plain.Instant()
		row.Timestamp, row.Literal = new(instant.Truncate(time.Microsecond)), new(plain.Text())
	case slot.List:
		for i, choice := range plain.List() {
			row.Ordinal, row.Text = i, new(choice)
			rows = append(rows, row)
		}
		return rows
	}
	return append(rows, row)
}
