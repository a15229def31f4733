package http

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
)

// formSlot is a slot as a form needs it, FormSlot in the contract.
type formSlot struct {
	Name         string          `json:"name"`
	Type         slot.Type       `json:"type"`
	Label        string          `json:"label"`
	Description  string          `json:"description,omitempty"`
	Options      []formOption    `json:"options,omitempty"`
	Validate     string          `json:"validate,omitempty"`
	Mask         string          `json:"mask,omitempty"`
	Min          jsontext.Value  `json:"min,omitempty"`
	Max          jsontext.Value  `json:"max,omitempty"`
	MinNow       jsontext.Value  `json:"min_now,omitempty"`
	MaxNow       jsontext.Value  `json:"max_now,omitempty"`
	Decimals     *int            `json:"decimals,omitzero"`
	Unit         string          `json:"unit,omitempty"`
	MinLength    *int            `json:"min_length,omitzero"`
	MaxLength    *int            `json:"max_length,omitzero"`
	Default      jsontext.Value  `json:"default,omitempty"`
	Sensitive    bool            `json:"sensitive"`
	Metadata     jsontext.Value  `json:"metadata,omitzero"`
	Required     bool            `json:"required"`
	When         *conditionState `json:"when"`
	RequiredWhen *conditionState `json:"required_when"`
	Given        bool            `json:"given"`
	Value        jsontext.Value  `json:"value"`
	Origin       *string         `json:"origin"`
	Erased       bool            `json:"erased"`
}

type formOption struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// newFormSlot returns the body for a slot with its value in the draft or the committed visit. A sensitive value is
// null.
func newFormSlot(
	def *slot.Slot, v *run.SlotValue, status *run.FieldStatus, texts procedure.Localizer, numbers numberForm, at time.Time,
) formSlot {
	shown := numbers.definedValue
	body := formSlot{
		Name: def.Name, Type: def.Type, Label: texts.Label(def), Description: texts.Description(def),
		Validate: def.Validate, Mask: def.Mask, Min: shown(def.Min), Max: shown(def.Max), Decimals: def.Decimals,
		Unit: def.Unit, MinLength: def.MinLength, MaxLength: def.MaxLength, Default: shown(def.Default),
		Sensitive: def.Sensitive, Metadata: def.Metadata, Required: status.Needed, When: optionalState(status.When),
		RequiredWhen: optionalState(status.RequiredWhen), Value: jsontext.Value("null"), Erased: v.IsErased(),
	}
	for _, o := range def.Options {
		body.Options = append(body.Options, formOption{o, texts.Option(def, o)})
	}
	if def.IsRelative() {
		least, most := def.BoundsAt(at)
		body.MinNow, body.MaxNow = shown(least), shown(most)
	}
	if body.Given = !v.Value.IsAbsent() && !body.Erased; body.Given {
		body.Value, body.Origin = numbers.appendValue(nil, v.Value), optional(string(v.Origin))
	}
	return body
}

// definedValue returns a bound or a default as JSON; nil if it is absent.
func (f numberForm) definedValue(v slot.Value) jsontext.Value {
	if v.IsAbsent() {
		return nil
	}
	return f.appendValue(nil, v)
}
