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

// Written lists the rows that a change writes. PlainValues are the plain values behind new seals.
func Written(before, after Run, secrets []PlainValue) Writes {
	var w Writes
	w.add(before, after, func(_ *procedure.Version, step, j int, _ SlotRow, value SlotValue) slot.Value {
		return plainOf(secrets, step, j, value)
	})
	return w
}

// behind gives the value that stands behind what is held of a slot, also where that is only its seal.
type valueSource func(v *procedure.Version, step, j int, at SlotRow, value SlotValue) slot.Value

func (w *Writes) add(before, after Run, plain valueSource) {
	var opens []StepRow
	for _, c := range Changes(before, after) {
		key := after.Version.Steps[c.Step].Key
		if c.Gone {
			w.Gone = append(w.Gone, key)
			continue
		}
		if c.Row {
			row := StepRow{key, c.Now.Number, c.State, c.Now.Amended, c.Now.CommittedAt, c.Now.CommittedBy, c.Now.Reason}
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

func (w *Writes) slots(after Run, c StepChange, key string, plain valueSource) {
	for _, j := range c.Slots {
		at := SlotRow{key, c.Now.Number, after.Version.Steps[c.Step].Slots[j].Name}
		if c.Before != nil && j < len(c.Before.Slots) && !c.Before.Slots[j].Value.IsAbsent() {
			w.GoneValues = append(w.GoneValues, at)
		}
		switch value := c.Now.Slots[j]; {
		case value.NotApplicable:
			w.Inapplicable = append(w.Inapplicable, at)
		case !value.Value.IsAbsent():
			w.Values = appendValueRows(w.Values, at, value, plain(after.Version, c.Step, j, at, value))
		}
	}
}

// plainOf is the value behind a new seal. One that was erased stays so, also where the same is given again: it keeps its seal.
func plainOf(secrets []PlainValue, step, j int, value SlotValue) slot.Value {
	for _, s := range secrets {
		if s.Step == step && s.Slot == j && value.ErasedAt.IsZero() {
			return s.Value
		}
	}
	return value.Value
}

func (w *Writes) items(c StepChange, key string) {
	for _, j := range c.Items {
		it := c.Now.Items[j]
		row := ItemRow{key, c.Now.Number, it.Key, it.Completed, it.At, it.By}
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
func appendValueRows(rows []ValueRow, at SlotRow, value SlotValue, plain slot.Value) []ValueRow {
	row := ValueRow{SlotRow: at, Origin: string(value.Origin)}
	if value.Value.Shape() == slot.SealedShape {
		salt, digest := value.Value.Seal()
		row.Salt, row.Digest = &salt, &digest
	}
	if !value.ErasedAt.IsZero() {
		row.ErasedAt = new(value.ErasedAt)
	}
	switch plain.Shape() {
	case slot.TextShape:
		row.Text = new(plain.Text())
	case slot.NumberShape:
		row.Number = new(plain.Text())
	case slot.DateShape:
		row.Date = new(plain.Text())
	case slot.BooleanShape:
		row.Boolean = new(plain.Bool())
	case slot.TimestampShape:
		instant, _ := plain.Instant()
		row.Timestamp, row.Literal = new(instant.Truncate(time.Microsecond)), new(plain.Text())
	case slot.ListShape:
		for i, choice := range plain.List() {
			row.Ordinal, row.Text = i, new(choice)
			rows = append(rows, row)
		}
		return rows
	}
	return append(rows, row)
}
