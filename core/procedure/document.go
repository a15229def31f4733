package procedure

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/slot"
)

// The written document, format 2: members in the order in which people read them.
type (
	// Written is a definition as a document; it marshals to format 2.
	Written struct {
		ID           string                  `json:"id"`
		Name         string                  `json:"name"`
		Description  string                  `json:"description,omitempty"`
		Language     string                  `json:"language,omitempty"`
		Metadata     jsontext.Value          `json:"metadata,omitzero"`
		MaxVisits    int                     `json:"max_visits,omitzero"`
		Steps        []WrittenStep           `json:"steps"`
		Translations map[string]WrittenTexts `json:"translations,omitempty"`
	}
	// WrittenStep is one step of a document.
	WrittenStep struct {
		Key          string                  `json:"key"`
		Title        string                  `json:"title"`
		Prompt       string                  `json:"prompt,omitempty"`
		Metadata     jsontext.Value          `json:"metadata,omitzero"`
		Slots        []WrittenSlot           `json:"slots,omitzero"`
		Items        []WrittenItem           `json:"checklist_items,omitzero"`
		When         string                  `json:"when,omitempty"`
		Transitions  []WrittenTransition     `json:"transitions,omitempty"`
		Skippable    bool                    `json:"skippable,omitzero"`
		Translations map[string]WrittenTexts `json:"translations,omitempty"`
	}
	// WrittenTransition is one way on from a step.
	WrittenTransition struct {
		When string `json:"when,omitempty"`
		To   string `json:"to"`
	}
	// WrittenSlot is one slot of a document.
	WrittenSlot struct {
		Name         string                  `json:"name"`
		Type         slot.Type               `json:"type"`
		Required     *bool                   `json:"required,omitzero"`
		Label        string                  `json:"label,omitempty"`
		Description  string                  `json:"description,omitempty"`
		Options      []string                `json:"options,omitempty"`
		Validate     string                  `json:"validate,omitempty"`
		Mask         string                  `json:"mask,omitempty"`
		Min          jsontext.Value          `json:"min,omitempty"`
		Max          jsontext.Value          `json:"max,omitempty"`
		MinLength    *int                    `json:"min_length,omitzero"`
		MaxLength    *int                    `json:"max_length,omitzero"`
		Default      jsontext.Value          `json:"default,omitempty"`
		Sensitive    bool                    `json:"sensitive,omitzero"`
		When         string                  `json:"when,omitempty"`
		RequiredWhen string                  `json:"required_when,omitempty"`
		Metadata     jsontext.Value          `json:"metadata,omitzero"`
		Translations map[string]WrittenTexts `json:"translations,omitempty"`
	}
	// WrittenItem is one checklist item of a document.
	WrittenItem struct {
		Key          string                  `json:"key"`
		Label        string                  `json:"label"`
		Description  string                  `json:"description,omitempty"`
		Required     *bool                   `json:"required,omitzero"`
		DefaultState bool                    `json:"default_state,omitzero"`
		When         string                  `json:"when,omitempty"`
		Metadata     jsontext.Value          `json:"metadata,omitzero"`
		Translations map[string]WrittenTexts `json:"translations,omitempty"`
	}
	// WrittenTexts are an element's own texts in one language; each element uses its own.
	WrittenTexts struct {
		Name        string            `json:"name,omitempty"`
		Title       string            `json:"title,omitempty"`
		Prompt      string            `json:"prompt,omitempty"`
		Label       string            `json:"label,omitempty"`
		Description string            `json:"description,omitempty"`
		Options     map[string]string `json:"options,omitempty"`
	}
)

// Canonical returns the canonical bytes: every member that equals its default left out, elements in effective
// order, no position, numeric bounds and defaults as plain decimal strings, RFC 8785.
func (d *Definition) Canonical() []byte {
	w := writer{canonical: true}
	v, err := json.Marshal(w.procedure(d))
	if err == nil {
		err = (*jsontext.Value)(&v).Canonicalize()
	}
	if err != nil {
		panic("procedure: a definition that was read cannot be written: " + err.Error()) // texts are valid UTF-8 by then
	}
	return v
}

// Digest names canonical bytes: "sha256:" and the hex of their SHA-256.
func Digest(canonical []byte) string {
	sum := sha256.Sum256(canonical)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Written returns the document for people and clients: numbers as numbers, and what clients would otherwise have
// to know by heart (required, max_visits, empty lists) said outright. Reading it back gives the same canonical form.
func (d *Definition) Written() Written { return writer{}.procedure(d) }

// writer turns a definition into a document, in its canonical or its shown style.
type writer struct{ canonical bool }

func (w writer) procedure(d *Definition) Written {
	out := Written{
		ID: d.ID, Name: d.Name, Description: d.Description, Language: d.Language, Metadata: d.Metadata,
		MaxVisits: d.MaxVisits, Translations: writtenTexts(d.Translations, func(t Texts) WrittenTexts {
			return WrittenTexts{Name: t.Heading, Description: t.Body}
		}),
		Steps: make([]WrittenStep, len(d.Steps)),
	}
	switch {
	case w.canonical && d.MaxVisits == DefaultMaxVisits:
		out.MaxVisits = 0
	case !w.canonical && out.Metadata == nil:
		out.Metadata = jsontext.Value("{}")
	}
	for i := range d.Steps {
		out.Steps[i] = w.step(&d.Steps[i])
	}
	return out
}

func (w writer) step(s *Step) WrittenStep {
	out := WrittenStep{
		Key: s.Key, Title: s.Title, Prompt: s.Prompt, Metadata: s.Metadata, When: source(s.When), Skippable: s.Skippable,
		Translations: writtenTexts(s.Translations, func(t Texts) WrittenTexts {
			return WrittenTexts{Title: t.Heading, Prompt: t.Body}
		}),
	}
	if !w.canonical {
		out.Slots, out.Items = []WrittenSlot{}, []WrittenItem{}
	}
	for _, t := range s.Transitions {
		out.Transitions = append(out.Transitions, WrittenTransition{When: source(t.When), To: t.To})
	}
	for i := range s.Slots {
		out.Slots = append(out.Slots, w.slot(&s.Slots[i]))
	}
	for _, it := range s.Items {
		out.Items = append(out.Items, WrittenItem{
			Key: it.Key, Label: it.Label, Description: it.Description, Required: w.flag(it.Required, false),
			DefaultState: it.DefaultState, Metadata: it.Metadata, When: source(it.When),
			Translations: writtenTexts(it.Translations, func(t checklist.Texts) WrittenTexts {
				return WrittenTexts{Label: t.Label, Description: t.Description}
			}),
		})
	}
	return out
}

func (w writer) slot(s *slot.Slot) WrittenSlot {
	return WrittenSlot{
		Name: s.Name, Type: s.Type, Required: w.flag(s.Required, true), Label: s.Label, Description: s.Description,
		Options: s.Options, Validate: s.Validate, Mask: s.Mask, MinLength: s.MinLength, MaxLength: s.MaxLength,
		Min: w.value(s.Min), Max: w.value(s.Max), Default: w.value(s.Default),
		Sensitive: s.Sensitive, Metadata: s.Metadata, When: source(s.When), RequiredWhen: source(s.RequiredWhen),
		Translations: writtenTexts(s.Translations, func(t slot.Texts) WrittenTexts {
			return WrittenTexts{Label: t.Label, Description: t.Description, Options: t.Options}
		}),
	}
}

// source is a condition as it was written.
func source(c *condition.Condition) string {
	if c == nil {
		return ""
	}
	return c.Source
}

// flag is left out of the canonical form where it equals its default, and always shown otherwise.
func (w writer) flag(is, byDefault bool) *bool {
	if w.canonical && is == byDefault {
		return nil
	}
	return &is
}

func (w writer) value(v slot.Value) jsontext.Value {
	switch {
	case v.IsAbsent():
		return nil
	case v.Shape() == slot.NumberShape && !w.canonical:
		return jsontext.Value(v.Text())
	}
	return v.AppendCanonical(nil)
}

func writtenTexts[T any](texts map[string]T, write func(T) WrittenTexts) map[string]WrittenTexts {
	if len(texts) == 0 {
		return nil
	}
	out := make(map[string]WrittenTexts, len(texts))
	for tag, t := range texts {
		out[tag] = write(t)
	}
	return out
}
