package projection

import (
	"iter"
	"time"

	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/decimal"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
)

// unsealed is a value to store, with the hex salt of its seal. For a slot that is not sensitive, the salt is empty. If
// a stored value cannot be decrypted, value is the seal.
type unsealed struct {
	value  slot.Value
	salt   string
	sealed []byte // the encrypted value and salt that could not be decrypted
}

// texts holds the texts that rows point to. It allocates them in blocks.
type texts []string

func (t *texts) pointer(text string) *string {
	if len(*t) == cap(*t) {
		*t = make(texts, 0, 8) // the pointers into the former block stay valid
	}
	*t = append(*t, text)
	return &(*t)[len(*t)-1]
}

// appendValueRows appends the rows of a slot's value: one row, or one per choice of a list. The value of a sensitive
// slot is a seal; plain holds the plain value.
func appendValueRows(rows []ValueRow, at SlotRow, value *run.SlotValue, plain unsealed, texts *texts) []ValueRow {
	row := ValueRow{SlotRow: at, Origin: string(value.Origin), ErasedAt: value.ErasedAt}
	if digest := value.Value.Digest(); digest != "" {
		row.Digest = texts.pointer(digest)
	}
	return appendPlainRows(rows, row, plain, texts)
}

// appendPlainRows completes the row of a slot with its value and salt, and appends it: once, or once per choice of a
// list.
func appendPlainRows(rows []ValueRow, row ValueRow, plain unsealed, texts *texts) []ValueRow {
	row.Sealed = plain.sealed
	if plain.salt != "" {
		row.Salt = texts.pointer(plain.salt)
	}
	switch plain.value.Shape() {
	case slot.TextShape:
		row.Text = texts.pointer(plain.value.Text())
	case slot.NumberShape:
		row.Number = texts.pointer(plain.value.Text())
	case slot.DateShape:
		row.Date = texts.pointer(plain.value.Text())
	case slot.BooleanShape:
		row.Boolean = new(plain.value.Bool())
	case slot.TimestampShape:
		instant, _ := plain.value.Instant()
		row.Timestamp, row.Literal = new(instant.Truncate(time.Microsecond)), texts.pointer(plain.value.Text())
	case slot.ListShape:
		for i, choice := range plain.value.List() {
			row.Ordinal, row.Text = i, texts.pointer(choice)
			rows = append(rows, row)
		}
		return rows
	case slot.AbsentShape, slot.SealedShape: // no plain value to store
	}
	return append(rows, row)
}

// readValue reads the value of a slot from the column of its type; rows are all rows of that value.
func readValue(def *slot.Slot, rows []ValueRow) (slot.Value, error) {
	row := rows[0]
	switch shape := def.Type.Shape(); {
	case shape == slot.TextShape && row.Text != nil:
		return slot.TextValue(*row.Text), nil
	case shape == slot.NumberShape && row.Number != nil:
		return slot.NumberValue(decimal.Decimal(*row.Number)), nil
	case shape == slot.DateShape && row.Date != nil:
		return slot.DateValue(*row.Date), nil
	case shape == slot.BooleanShape && row.Boolean != nil:
		return slot.BooleanValue(*row.Boolean), nil
	case shape == slot.TimestampShape && row.Literal != nil && row.Timestamp != nil:
		v := slot.TimestampValue(*row.Literal)
		if at, ok := v.Instant(); !ok || !row.Timestamp.Equal(at.Truncate(time.Microsecond)) {
			return v, corrupt("the literal and the instant of slot %s differ", def.Name)
		}
		return v, nil
	case shape == slot.ListShape:
		return readChoices(def, rows)
	}
	return slot.Value{}, corrupt("slot %s has no value in the column of its type", def.Name)
}

func readChoices(def *slot.Slot, rows []ValueRow) (slot.Value, error) {
	list := make([]string, len(rows))
	for i, row := range rows {
		if row.Text == nil || row.Ordinal != i {
			return slot.Value{}, corrupt("choice %d of slot %s is missing or out of order", i, def.Name)
		}
		list[i] = *row.Text
	}
	return slot.ListValue(list), nil
}

// bySlot groups sorted rows: it yields one slice for each slot of each visit.
func bySlot(rows []ValueRow) iter.Seq[[]ValueRow] {
	return func(yield func([]ValueRow) bool) {
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

// PlainValues returns the plain values of sensitive slots that have not been erased. A value that DecryptValues could
// not read has the reason in Err. The rows must be sorted. PlainValues skips rows whose slot is not in the definition;
// Restore returns an error for such rows.
func PlainValues(v *procedure.Version, rows []ValueRow) ([]run.PlainValue, error) {
	var all []run.PlainValue
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
			continue
		}
		if first.Unreadable != nil {
			all = append(all, run.PlainValue{Step: i, Visit: first.Visit, Slot: j, Err: first.Unreadable})
			continue
		}
		plain, err := readValue(&v.Steps[i].Slots[j], rows)
		if err != nil {
			return nil, err
		}
		salt, ok := readSalt(first.Salt)
		if !ok {
			return nil, corrupt("the salt of %s is not valid", first.SlotRow)
		}
		all = append(all, run.PlainValue{Step: i, Visit: first.Visit, Slot: j, Value: plain, Salt: salt})
	}
	return all, nil
}

func readSalt(text *string) (commitment.Salt, bool) {
	if text == nil {
		return commitment.Salt{}, false
	}
	return commitment.ParseSalt(*text)
}
