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

// refused returns the payload of a refusal. It has commitments for steps and fields that the definition does not have:
// somebody typed these names, so they may contain anything.
func (w writer) refused(f run.Refused) *refusedPayload {
	p := &refusedPayload{
		Command: f.Command, Step: w.text(f.Step), Code: f.Code, Params: f.Params, Omitted: f.Omitted,
		Input: w.text(f.Input), Partial: f.Partial, Unrecorded: f.Unrecorded,
	}
	def := (*procedure.Step)(nil)
	if i, known := w.version.StepIndex(f.Step); known {
		def, p.Step = &w.version.Steps[i], bareText(f.Step)
	}
	for _, is := range f.Issues {
		field := w.text(is.Field)
		if isDeclared(def, is.Field) {
			field = bareText(is.Field)
		}
		p.Issues = append(p.Issues, issue{Field: field, Code: is.Code, Params: is.Params})
	}
	return p
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
