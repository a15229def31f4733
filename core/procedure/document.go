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

// The types of a definition document in format 2. Their fields are in the order in which people read a document.
type (
	// DefinitionJSON is a definition document.
	DefinitionJSON struct {
		ID           string               `json:"id"`
		Name         string               `json:"name"`
		Description  string               `json:"description,omitempty"`
		Language     string               `json:"language,omitempty"`
		TimeZone     string               `json:"time_zone,omitempty"`
		Metadata     jsontext.Value       `json:"metadata,omitzero"`
		MaxVisits    int                  `json:"max_visits,omitzero"`
		Steps        []StepJSON           `json:"steps"`
		Translations map[string]TextsJSON `json:"translations,omitempty"`
	}
	// StepJSON is a step of a document.
	StepJSON struct {
		Key          string               `json:"key"`
		Title        string               `json:"title"`
		Prompt       string               `json:"prompt,omitempty"`
		Metadata     jsontext.Value       `json:"metadata,omitzero"`
		Slots        []SlotJSON           `json:"slots,omitzero"`
		Items        []ItemJSON           `json:"checklist_items,omitzero"`
		When         string               `json:"when,omitempty"`
		Transitions  []TransitionJSON     `json:"transitions,omitempty"`
		Skippable    bool                 `json:"skippable,omitzero"`
		Rules        []RuleJSON           `json:"rules,omitempty"`
		OnReturn     string               `json:"on_return,omitempty"`
		Agents       string               `json:"agents,omitempty"`
		Translations map[string]TextsJSON `json:"translations,omitempty"`
	}
	// TransitionJSON is a transition of a document.
	TransitionJSON struct {
		When string `json:"when,omitempty"`
		To   string `json:"to"`
	}
	// SlotJSON is a slot of a document.
	SlotJSON struct {
		Name         string               `json:"name"`
		Type         slot.Type            `json:"type"`
		Required     *bool                `json:"required,omitzero"`
		Label        string               `json:"label,omitempty"`
		Description  string               `json:"description,omitempty"`
		Options      []OptionJSON         `json:"options,omitempty"`
		Validate     string               `json:"validate,omitempty"`
		Mask         string               `json:"mask,omitempty"`
		Min          jsontext.Value       `json:"min,omitempty"`
		Max          jsontext.Value       `json:"max,omitempty"`
		Decimals     *int                 `json:"decimals,omitzero"`
		Unit         string               `json:"unit,omitempty"`
		MinLength    *int                 `json:"min_length,omitzero"`
		MaxLength    *int                 `json:"max_length,omitzero"`
		Default      jsontext.Value       `json:"default,omitempty"`
		Sensitive    bool                 `json:"sensitive,omitzero"`
		When         string               `json:"when,omitempty"`
		RequiredWhen string               `json:"required_when,omitempty"`
		Metadata     jsontext.Value       `json:"metadata,omitzero"`
		Translations map[string]TextsJSON `json:"translations,omitempty"`
	}
	// OptionJSON is an option of a document. Without a label, it is written as a string.
	OptionJSON struct {
		Value string `json:"value"`
		Label string `json:"label,omitempty"`
	}
	// ItemJSON is a checklist item of a document.
	ItemJSON struct {
		Key          string               `json:"key"`
		Label        string               `json:"label"`
		Description  string               `json:"description,omitempty"`
		Required     *bool                `json:"required,omitzero"`
		DefaultState bool                 `json:"default_state,omitzero"`
		When         string               `json:"when,omitempty"`
		Metadata     jsontext.Value       `json:"metadata,omitzero"`
		Translations map[string]TextsJSON `json:"translations,omitempty"`
	}
	// TextsJSON holds the translations of one element into one language. Which fields are set depends on the kind of
	// element.
	TextsJSON struct {
		Name        string            `json:"name,omitempty"`
		Title       string            `json:"title,omitempty"`
		Prompt      string            `json:"prompt,omitempty"`
		Label       string            `json:"label,omitempty"`
		Description string            `json:"description,omitempty"`
		Message     string            `json:"message,omitempty"`
		Options     map[string]string `json:"options,omitempty"`
	}
)

// MarshalJSON writes the option as a string, or as an object if it has a label.
func (o OptionJSON) MarshalJSON() ([]byte, error) {
	if o.Label == "" {
		return json.Marshal(o.Value)
	}
	type object OptionJSON // has no method MarshalJSON
	return json.Marshal(object(o))
}

// Canonical returns the canonical bytes of the definition (RFC 8785). They omit members that equal their defaults. They
// also omit positions, because elements are written in the order of their positions. Bounds and defaults of numeric
// slots are decimal strings.
func (d *Definition) Canonical() []byte {
	w := writer{canonical: true}
	v, err := json.Marshal(w.procedure(d))
	if err == nil {
		err = (*jsontext.Value)(&v).Canonicalize()
	}
	if err != nil {
		panic("procedure: cannot marshal a definition: " + err.Error()) // cannot happen: Read accepts valid UTF-8 only
	}
	return v
}

// Digest returns the digest of canonical bytes: "sha256:" followed by their SHA-256 in hex.
func Digest(canonical []byte) string {
	sum := sha256.Sum256(canonical)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// JSON returns the document for people and clients. Unlike the canonical form, it has JSON numbers, and always contains
// required, max_visits and empty lists. Both forms are read as the same definition.
func (d *Definition) JSON() DefinitionJSON { return writer{}.procedure(d) }

// writer converts a definition to a document: the canonical form, or the form that JSON returns.
type writer struct{ canonical bool }

func (w writer) procedure(d *Definition) DefinitionJSON {
	out := DefinitionJSON{
		ID: d.ID, Name: d.Name, Description: d.Description, Language: d.Language, TimeZone: d.TimeZone,
		Metadata: d.Metadata, MaxVisits: d.MaxVisits, Translations: textsJSON(d.Translations, func(t Texts) TextsJSON {
			return TextsJSON{Name: t.Heading, Description: t.Body}
		}),
		Steps: make([]StepJSON, len(d.Steps)),
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

func (w writer) step(s *Step) StepJSON {
	out := StepJSON{
		Key: s.Key, Title: s.Title, Prompt: s.Prompt,
		Metadata: s.Metadata, When: source(s.When), Skippable: s.Skippable,
		Translations: textsJSON(s.Translations, func(t Texts) TextsJSON {
			return TextsJSON{Title: t.Heading, Prompt: t.Body}
		}),
	}
	out.Rules = rulesJSON(s.Rules)
	if s.KeepOnReturn {
		out.OnReturn = returnKeep
	}
	if s.Agents != AgentsCommit {
		out.Agents = s.Agents.String()
	}
	if !w.canonical {
		out.Slots, out.Items = []SlotJSON{}, []ItemJSON{}
	}
	for _, t := range s.Transitions {
		out.Transitions = append(out.Transitions, TransitionJSON{When: source(t.When), To: t.To})
	}
	for i := range s.Slots {
		out.Slots = append(out.Slots, w.slot(&s.Slots[i]))
	}
	for _, it := range s.Items {
		out.Items = append(out.Items, ItemJSON{
			Key: it.Key, Label: it.Label, Description: it.Description, Required: w.boolean(it.Required, false),
			DefaultState: it.DefaultState, Metadata: it.Metadata, When: source(it.When),
			Translations: textsJSON(it.Translations, func(t checklist.Texts) TextsJSON {
				return TextsJSON{Label: t.Label, Description: t.Description}
			}),
		})
	}
	return out
}

func (w writer) slot(s *slot.Slot) SlotJSON {
	return SlotJSON{
		Name: s.Name, Type: s.Type, Required: w.boolean(s.Required, true), Label: s.Label, Description: s.Description,
		Options: optionsJSON(s), Validate: s.Validate, Mask: s.Mask, MinLength: s.MinLength, MaxLength: s.MaxLength,
		Decimals: s.Decimals, Unit: s.Unit,
		Min: w.value(s.Min), Max: w.value(s.Max), Default: w.value(s.Default),
		Sensitive: s.Sensitive, Metadata: s.Metadata, When: source(s.When), RequiredWhen: source(s.RequiredWhen),
		Translations: textsJSON(s.Translations, func(t slot.Texts) TextsJSON {
			return TextsJSON{Label: t.Label, Description: t.Description, Options: t.Options}
		}),
	}
}

func optionsJSON(s *slot.Slot) []OptionJSON {
	options := make([]OptionJSON, len(s.Options))
	for i, o := range s.Options {
		options[i] = OptionJSON{Value: o, Label: s.OptionLabels[o]}
	}
	return options
}

// source returns the source text of a condition, or "" for nil.
func source(c *condition.Condition) string {
	if c == nil {
		return ""
	}
	return c.Source
}

// boolean returns a pointer to the value, or nil where the canonical form omits it because it is the default.
func (w writer) boolean(value, defaultValue bool) *bool {
	if w.canonical && value == defaultValue {
		return nil
	}
	return &value
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

func textsJSON[T any](texts map[string]T, write func(T) TextsJSON) map[string]TextsJSON {
	if len(texts) == 0 {
		return nil
	}
	out := make(map[string]TextsJSON, len(texts))
	for tag, t := range texts {
		out[tag] = write(t)
	}
	return out
}
