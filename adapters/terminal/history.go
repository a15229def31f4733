package terminal

import (
	"bytes"
	"maps"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/decimal"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// act holds the members of an event's payload that say what a step holds.
type act struct {
	Step          string                    `json:"step"`
	Visit         int                       `json:"visit"`
	Slots         map[string]jsontext.Value `json:"slots"`
	Checklist     []client.Tick             `json:"checklist"`
	NotApplicable []string                  `json:"not_applicable"`
	Carried       []string                  `json:"carried"`
	Reason        string                    `json:"reason"`
}

func readAct(e client.Event) (a act, err error) {
	if strings.HasPrefix(e.Action, "step.") && !strings.HasSuffix(e.Action, "_refused") {
		err = json.Unmarshal(e.Payload, &a)
	}
	return a, err
}

// stepData holds the values of a step, by name, and the keys of its ticked items.
type stepData struct {
	slots map[string]jsontext.Value
	ticks map[string]bool
}

func newStepData() stepData { return stepData{map[string]jsontext.Value{}, map[string]bool{}} }

// add lays values and ticks over the data.
func (d stepData) add(slots map[string]jsontext.Value, ticks []client.Tick) {
	for name, raw := range slots {
		if d.slots[name] = raw; raw.Kind() == 'n' {
			delete(d.slots, name)
		}
	}
	for _, t := range ticks {
		if d.ticks[t.Key] = t.Completed; !t.Completed {
			delete(d.ticks, t.Key)
		}
	}
}

// drop removes what does not apply.
func (d stepData) drop(fields []string) {
	for _, field := range fields {
		if name, ok := strings.CutPrefix(field, slot.FieldOf("")); ok {
			delete(d.slots, name)
		} else if key, ok := strings.CutPrefix(field, checklist.FieldOf("")); ok {
			delete(d.ticks, key)
		}
	}
}

// history is what the steps of a run hold after some of its events, by key.
type history struct {
	def    *procedure.Definition
	drafts map[string]stepData // of open visits
	closed map[string]stepData // of the last visits that were committed
}

func (h history) add(action string, a act) {
	switch action {
	case "step.opened":
		draft := newStepData()
		for _, name := range a.Carried {
			draft.slots[name] = h.closed[a.Step].slots[name]
		}
		h.drafts[a.Step] = draft
	case "step.draft_saved":
		h.drafts[a.Step].add(a.Slots, a.Checklist)
	case "step.committed":
		h.closed[a.Step] = newStepData()
		h.closed[a.Step].add(a.Slots, a.Checklist)
	case "step.amended":
		h.closed[a.Step].add(a.Slots, a.Checklist)
		h.closed[a.Step].drop(a.NotApplicable)
	}
}

// compare returns how a commit or a skip differs from what sending the answer would have done, or nil.
func (h history) compare(action string, done act, a Answer) *UsedError {
	if a.Step != "" && a.Step != done.Step || a.Visit != nil && *a.Visit != done.Visit {
		return &UsedError{Reason: OtherStep}
	}
	if skipped := action == "step.skipped"; skipped != (a.Skip != "") {
		return &UsedError{Reason: OtherAct}
	} else if skipped {
		if strings.TrimSpace(a.Skip) != strings.TrimSpace(done.Reason) {
			return &UsedError{Reason: OtherValue}
		}
		return nil
	}
	i, known := h.def.StepIndex(done.Step)
	if !known {
		return &UsedError{Reason: OtherStep}
	}
	sent, held := newStepData(), newStepData()
	sent.add(h.drafts[done.Step].slots, nil)
	maps.Copy(sent.ticks, h.drafts[done.Step].ticks)
	given := make(map[string]jsontext.Value, len(a.Slots))
	for name, raw := range a.Slots {
		given[name] = jsontext.Value(raw)
	}
	sent.add(given, a.Checklist)
	sent.drop(done.NotApplicable)
	held.add(done.Slots, done.Checklist)
	if field := differentField(&h.def.Steps[i], sent, held); field != "" {
		return &UsedError{Reason: OtherValue, Field: field}
	}
	return nil
}

// differentField returns the first field in which the data of a step differ, or "".
func differentField(step *procedure.Step, a, b stepData) string {
	for i := range step.Slots {
		s := &step.Slots[i]
		if !sameValue(s, a.slots[s.Name], b.slots[s.Name]) {
			return slot.FieldOf(s.Name)
		}
	}
	for name := range a.slots {
		if _, known := step.SlotIndex(name); !known {
			return slot.FieldOf(name)
		}
	}
	for _, it := range step.Items {
		if a.ticks[it.Key] != b.ticks[it.Key] {
			return checklist.FieldOf(it.Key)
		}
	}
	for key := range a.ticks {
		if _, known := step.ItemIndex(key); !known {
			return checklist.FieldOf(key)
		}
	}
	return ""
}

// sameValue reports whether two values of a slot are equal. Each is in the form of the API or of an event, or nil for
// no value. Numbers are equal if their values are, and of sensitive values only their presence is compared.
func sameValue(s *slot.Slot, a, b jsontext.Value) bool {
	x, okX := standardForm(s, a)
	y, okY := standardForm(s, b)
	if !okX || !okY {
		return false
	}
	if m, err := decimal.ParseGiven(string(x)); err == nil {
		n, err := decimal.ParseGiven(string(y))
		return err == nil && m.Equal(n)
	}
	return bytes.Equal(x, y)
}

// standardForm returns a value of a slot in its standard form, which is empty for no value. ok is false if the slot
// does not accept the value.
func standardForm(s *slot.Slot, raw jsontext.Value) (form []byte, ok bool) {
	if len(raw) == 0 {
		return nil, true
	}
	if s.Sensitive && raw.Kind() == '{' {
		return []byte(hidden), true
	}
	if number, err := jsontext.AppendUnquote(nil, raw); err == nil && s.Type.Numeric() {
		raw = number // events hold numbers as strings
	}
	value, issue := s.Check(raw)
	switch {
	case issue != nil:
		return nil, false
	case value.IsAbsent():
		return nil, true
	case s.Sensitive:
		return []byte(hidden), true
	case value.Shape() == slot.NumberShape:
		return []byte(value.Text()), true
	}
	return value.AppendCanonical(nil), true
}
