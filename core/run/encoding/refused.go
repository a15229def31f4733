package encoding

import (
	"strings"

	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
)

// refusedPayload is the payload of a refusal.
type refusedPayload struct {
	Command    string       `json:"command,omitempty"`
	Step       typed        `json:"step,omitzero"`
	Code       string       `json:"code,omitempty"`
	Params     fault.Params `json:"params,omitempty"`
	Issues     []issue      `json:"issues,omitempty"`
	Omitted    int          `json:"issues_omitted,omitzero"`
	Input      typed        `json:"input,omitzero"`
	Partial    bool         `json:"partial,omitzero"` // a sensitive value was left out of the input
	Unrecorded int          `json:"unrecorded,omitzero"`
}

// issue is the JSON form of fault.Issue.
type issue struct {
	Field  typed        `json:"field"`
	Code   string       `json:"code"`
	Params fault.Params `json:"params,omitempty"`
}

// originField precedes the name of a slot in the field of an issue about an origin.
const originField = "origins."

// isDeclared reports whether a field is known from the definition of the step or from the contract.
func isDeclared(def *procedure.Step, field string) bool {
	if key, ok := strings.CutPrefix(field, checklist.FieldOf("")); ok {
		return def != nil && hasItem(def, key)
	}
	for _, prefix := range []string{slot.FieldOf(""), originField} {
		if name, ok := strings.CutPrefix(field, prefix); ok {
			return def != nil && hasSlot(def, name)
		}
	}
	return true
}

func hasSlot(def *procedure.Step, name string) bool {
	_, known := def.SlotIndex(name)
	return known
}

func hasItem(def *procedure.Step, key string) bool {
	_, known := def.ItemIndex(key)
	return known
}

func (p *refusedPayload) fact(reader) (run.Fact, error) {
	f := run.Refused{
		Command: p.Command, Step: p.Step.text(), Code: p.Code, Params: p.Params, Omitted: p.Omitted,
		Input: p.Input.text(), Partial: p.Partial, Unrecorded: p.Unrecorded,
	}
	for _, is := range p.Issues {
		f.Issues = append(f.Issues, fault.Issue{Field: is.Field.text(), Code: is.Code, Params: is.Params})
	}
	return f, nil
}
