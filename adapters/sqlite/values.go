package sqlite

import (
	"time"

	"github.com/procedo/procedo/adapters/sqlite/gen/model"
	"github.com/procedo/procedo/core/decimal"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
)

// valueRows writes a held value in the column of its kind: one row, or one for each choice of a list. Plain is the
// value itself, also where the state holds only its seal.
func valueRows(base model.RunSlotValues, held run.Held, plain slot.Value) []model.RunSlotValues {
	base.Origin = string(held.Origin)
	if held.Value.Shape() == slot.Sealed {
		salt, digest := held.Value.Seal()
		base.Salt, base.Digest = &salt, &digest
	}
	if plain.Shape() != slot.List {
		fill(&base, plain)
		return []model.RunSlotValues{base}
	}
	rows := make([]model.RunSlotValues, len(plain.List()))
	for i, choice := range plain.List() {
		rows[i] = base
		rows[i].Ordinal, rows[i].ValueText = int64(i), &choice
	}
	return rows
}

func fill(row *model.RunSlotValues, v slot.Value) {
	text := v.Text()
	switch v.Shape() {
	case slot.Text:
		row.ValueText = &text
	case slot.Number:
		row.ValueNumber = &text
	case slot.Date:
		row.ValueDate = &text
	case slot.Boolean:
		truth := integer(v.Bool())
		row.ValueBoolean = &truth
	case slot.Timestamp:
		at, _ := v.Instant()
		moment := instant(at)
		row.ValueTimestamp, row.Literal = &moment, &text
	}
}

// heldValue reads the rows of one slot back. A sensitive value is only its seal.
func heldValue(sl *slot.Slot, rows []model.RunSlotValues) (run.Held, error) {
	first := rows[0]
	held := run.Held{Origin: slot.Origin(first.Origin)}
	if sl.Sensitive {
		if first.Salt == nil || first.Digest == nil {
			return held, corrupt("sensitive slot %s has no seal", sl.Name)
		}
		held.Value = slot.SealedValue(*first.Salt, *first.Digest)
		return held, nil
	}
	v, err := plainValue(sl, rows)
	held.Value = v
	return held, err
}

// plainValue reads the value itself from the column of the slot's kind.
func plainValue(sl *slot.Slot, rows []model.RunSlotValues) (slot.Value, error) {
	row := rows[0]
	switch sl.Type.Shape() {
	case slot.Text:
		if row.ValueText != nil {
			return slot.TextValue(*row.ValueText), nil
		}
	case slot.Number:
		if row.ValueNumber != nil {
			return slot.NumberValue(decimal.Decimal(*row.ValueNumber)), nil
		}
	case slot.Date:
		if row.ValueDate != nil {
			return slot.DateValue(*row.ValueDate), nil
		}
	case slot.Boolean:
		if row.ValueBoolean != nil {
			return slot.BooleanValue(*row.ValueBoolean == 1), nil
		}
	case slot.Timestamp:
		if row.Literal != nil && row.ValueTimestamp != nil {
			return timestamp(sl, row)
		}
	case slot.List:
		return choices(sl, rows)
	}
	return slot.Value{}, corrupt("slot %s has its value in another type's column", sl.Name)
}

func timestamp(sl *slot.Slot, row model.RunSlotValues) (slot.Value, error) {
	v := slot.TimestampValue(*row.Literal)
	at, ok := v.Instant()
	stored, err := time.Parse(time.RFC3339Nano, *row.ValueTimestamp)
	if !ok || err != nil || !stored.Equal(at) {
		return v, corrupt("slot %s: literal and instant differ", sl.Name)
	}
	return v, nil
}

func choices(sl *slot.Slot, rows []model.RunSlotValues) (slot.Value, error) {
	list := make([]string, len(rows))
	for i, row := range rows {
		if row.ValueText == nil || row.Ordinal != int64(i) {
			return slot.Value{}, corrupt("slot %s: choice %d", sl.Name, i)
		}
		list[i] = *row.ValueText
	}
	return slot.ListValue(list), nil
}
