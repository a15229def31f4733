package encoding

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/decimal"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
)

// visit identifies a visit by its step and number.
type visit struct {
	Step  string `json:"step,omitempty"`
	Visit int    `json:"visit,omitzero"`
}

func stepIndex(v *procedure.Version, key string) (int, error) {
	i, ok := v.StepIndex(key)
	if !ok {
		return 0, fmt.Errorf("%w: unknown step %q", ErrPayload, key)
	}
	return i, nil
}

// content is the JSON form of run.Content.
type content struct {
	visit
	Slots         map[string]typed       `json:"slots,omitempty"`
	Origins       map[string]slot.Origin `json:"origins,omitempty"` // by slot name; manual origins are left out
	Checklist     []checklist.Tick       `json:"checklist,omitempty"`
	NotApplicable []string               `json:"not_applicable,omitempty"` // fields that do not apply
	Applicable    []string               `json:"applicable,omitempty"`     // fields that an amendment made applicable
}

// read returns the content as run.Content, with names replaced by the indexes of the definition.
func (p *content) read(r reader) (run.Content, error) {
	i, err := stepIndex(r.version, p.Step)
	if err != nil {
		return run.Content{}, err
	}
	def := &r.version.Steps[i]
	c := run.Content{Step: i, Visit: p.Visit, Ticks: p.Checklist}
	for j := range def.Slots {
		member, ok := p.Slots[def.Slots[j].Name]
		if !ok {
			continue
		}
		value, err := readValue(&def.Slots[j], member, r.opened)
		if err != nil {
			return c, err
		}
		e := run.Entry{Slot: j, SlotValue: run.SlotValue{Value: value}}
		if !value.IsAbsent() {
			e.Origin = slot.Manual
			if o, given := p.Origins[def.Slots[j].Name]; given {
				e.Origin = o
			}
		}
		c.Slots = append(c.Slots, e)
	}
	if len(c.Slots) != len(p.Slots) {
		return c, fmt.Errorf("%w: a slot that step %q does not have", ErrPayload, p.Step)
	}
	for _, t := range p.Checklist {
		if _, known := def.ItemIndex(t.Key); !known {
			return c, fmt.Errorf("%w: an item that step %q does not have", ErrPayload, p.Step)
		}
	}
	if c.InapplicableSlots, c.InapplicableItems, err = p.fieldIndexes(def, p.NotApplicable); err != nil {
		return c, err
	}
	c.ApplicableSlots, c.ApplicableItems, err = p.fieldIndexes(def, p.Applicable)
	return c, err
}

// fieldIndexes returns the indexes of the slots and items whose fields are listed.
func (p *content) fieldIndexes(def *procedure.Step, fields []string) (slots, items []int, err error) {
	for _, field := range fields {
		if name, ok := strings.CutPrefix(field, slot.FieldOf("")); ok {
			if j, known := def.SlotIndex(name); known {
				slots = append(slots, j)
				continue
			}
		}
		if key, ok := strings.CutPrefix(field, checklist.FieldOf("")); ok {
			if j, known := def.ItemIndex(key); known {
				items = append(items, j)
				continue
			}
		}
		return nil, nil, fmt.Errorf("%w: step %q has no %q", ErrPayload, p.Step, field)
	}
	return slots, items, nil
}

// readValue decodes a slot's value. It checks only the JSON type, because the other rules were checked before the value
// was recorded.
func readValue(sl *slot.Slot, member typed, o audit.Opened) (slot.Value, error) {
	var err error
	raw := member.value
	switch shape := sl.Type.Shape(); {
	case raw.Kind() == 'n':
		return slot.Value{}, nil
	case raw.Kind() == '{' && sl.Sensitive:
		var seal struct{ Sealed, Digest string } // an event of version 1 has the members digest and salt
		if err = json.Unmarshal(raw, &seal, json.MatchCaseInsensitiveNames(true)); err == nil {
			return slot.SealedValue(cmp.Or(seal.Sealed, seal.Digest)), nil
		}
	case member.isHidden(o):
		return slot.HiddenValue(), nil
	case raw.Kind() == '[' && shape == slot.ListShape:
		var list []string
		if err = json.Unmarshal(raw, &list); err == nil {
			return slot.ListValue(list), nil
		}
	case shape == slot.BooleanShape && (raw.Kind() == 't' || raw.Kind() == 'f'):
		return slot.BooleanValue(raw.Kind() == 't'), nil
	case raw.Kind() == '"':
		var text []byte
		if text, err = jsontext.AppendUnquote(nil, raw); err == nil {
			if v, ok := readText(shape, string(text)); ok {
				return v, nil
			}
		}
	}
	return slot.Value{}, fmt.Errorf("%w: value of slot %q: %w", ErrPayload, sl.Name, errors.Join(err, errShape))
}

var errShape = errors.New("not of the slot's type")

func readText(shape slot.Shape, text string) (slot.Value, bool) {
	switch shape {
	case slot.TextShape:
		return slot.TextValue(text), true
	case slot.NumberShape:
		d, err := decimal.ParseGiven(text)
		return slot.NumberValue(d), err == nil && string(d) == text
	case slot.DateShape:
		return slot.DateValue(text), true
	case slot.TimestampShape:
		return slot.TimestampValue(text), true
	default:
		return slot.Value{}, false
	}
}
