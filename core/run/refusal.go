package run

import (
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// The limits of a recorded refusal.
const (
	MaxRecordedInput  = 4096 // bytes
	MaxRecordedIssues = 100
	maxRecordedField  = 256  // bytes
	maxRecordedParams = 1024 // bytes of JSON; longer params, such as lists of options, are left out
)

// Refusal returns the event that records a refused command. Only refusals of kind Invalid or Conflict are recorded; for
// any other error, ok is false. unrecorded is the number of refusals, of any run, that could not be recorded since the
// last recorded one.
func Refusal(r Run, c Command, refusal error, stamp Stamp, unrecorded int) (e Event, ok bool) {
	f := fault.From(refusal)
	if f.Kind != fault.Invalid && f.Kind != fault.Conflict {
		return Event{}, false
	}
	fact := Refused{Command: c.name(), Code: f.Code, Input: recordedInput(r, c), Unrecorded: unrecorded}
	if s := c.submission(); s != nil {
		fact.Step = s.Step
	}
	if f.Code == ConditionFailed {
		fact.Params = f.Params
	}
	for i, issue := range f.Issues {
		if i == MaxRecordedIssues {
			fact.Omitted = len(f.Issues) - i
			break
		}
		issue.Field = cut(issue.Field, maxRecordedField)
		if params, err := json.Marshal(issue.Params); err != nil || len(params) > maxRecordedParams {
			issue.Params = nil
		}
		fact.Issues = append(fact.Issues, issue)
	}
	return Event{stamp, fact}, true
}

// recordedInput returns the command's input as JSON text, cut to MaxRecordedInput bytes. Values of sensitive slots are
// sealed. In a step with sensitive slots, values under unknown names are sealed too: a misspelt name may hide a secret.
func recordedInput(r Run, c Command) string {
	input := struct {
		Slots     map[string]jsontext.Value `json:"slots,omitzero"`
		Checklist any                       `json:"checklist,omitempty"`
		Origins   map[string]slot.Origin    `json:"origins,omitempty"`
		Visit     int                       `json:"visit,omitzero"`
		Slot      string                    `json:"slot,omitempty"`
		Reason    string                    `json:"reason,omitempty"`
	}{Reason: c.reason()}
	if s := c.submission(); s != nil {
		input.Slots, input.Origins, input.Visit = recordedSlots(r, s), s.Origins, s.Visit
		if len(s.Ticks) > 0 {
			input.Checklist = s.Ticks
		}
	}
	if erase, ok := c.(Erase); ok {
		input.Slot = erase.Slot
	}
	text, err := json.Marshal(input, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return "" // input that is not JSON is refused before it becomes a command
	}
	return cut(string(text), MaxRecordedInput)
}

func recordedSlots(r Run, s *Submission) map[string]jsontext.Value {
	if s.Slots == nil {
		return nil
	}
	var def *procedure.Step
	if i, ok := r.Version.StepIndex(s.Step); ok {
		def = &r.Version.Steps[i]
	}
	recorded := make(map[string]jsontext.Value, len(s.Slots))
	for n, name := range slices.Sorted(maps.Keys(s.Slots)) {
		raw := s.Slots[name]
		if def != nil && mustSeal(def, name) {
			if n >= len(s.Salts) {
				continue // without a salt, the value cannot be sealed and is left out
			}
			raw = slot.SealRaw(raw, s.Salts[n]).AppendCanonical(nil)
		}
		recorded[name] = raw
	}
	return recorded
}

// mustSeal reports whether the value under a slot name must be sealed before it is recorded.
func mustSeal(def *procedure.Step, name string) bool {
	j, known := def.SlotIndex(name)
	if !known {
		return def.HasSensitive()
	}
	return def.Slots[j].Sensitive
}

// cut shortens a text to at most n bytes without splitting a character.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}
