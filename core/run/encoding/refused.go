package encoding

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"

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

// refused writes the payload of a refusal. It has commitments for steps and fields that the definition does not have:
// somebody typed these names, so they may contain anything.
func (w *Encoder) refused(f *run.Refused) {
	def := (*procedure.Step)(nil)
	if i, known := w.version.StepIndex(f.Step); known {
		def = &w.version.Steps[i]
	}
	w.text("code", f.Code)
	w.text("command", f.Command)
	w.typedText("input", f.Input)
	w.issues(def, f)
	w.number("issues_omitted", int64(f.Omitted))
	if len(f.Params) > 0 {
		w.other("params", f.Params)
	}
	if f.Partial {
		w.boolean("partial", true)
	}
	if def != nil {
		w.text("step", f.Step)
	} else {
		w.typedText("step", f.Step)
	}
	w.number("unrecorded", int64(f.Unrecorded))
}

func (w *Encoder) issues(def *procedure.Step, f *run.Refused) {
	if len(f.Issues) == 0 {
		return
	}
	w.name("issues")
	w.out = append(w.out, '[')
	for i := range f.Issues {
		is := &f.Issues[i]
		w.comma('[')
		w.open()
		w.name("code")
		w.quote(is.Code)
		w.name("field")
		switch {
		case is.Field == "":
			w.out = append(w.out, "null"...)
		case isDeclared(def, is.Field):
			w.out, _ = jsontext.AppendQuote(w.out, is.Field) // what is not UTF-8 is replaced
		default:
			w.placeAt("issues")
			w.placeIndex(i)
			w.place = append(w.place, "/field"...)
			w.commitText(is.Field)
		}
		if len(is.Params) > 0 {
			w.other("params", is.Params)
		}
		w.close()
	}
	w.out = append(w.out, ']')
}
