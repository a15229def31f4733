// Package slot defines slots: typed values that a step collects. It has the thirteen types and their constraints, and
// checks a raw JSON value against them, which gives either an exact Value or one issue.
package slot

import (
	"regexp"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/fault"
)

// Origin is the origin of a value.
type Origin string

// The origins; Manual is the default.
const (
	Manual Origin = "manual"
	Agent  Origin = "agent"
	Device Origin = "device"
	Import Origin = "import"
)

// Known reports whether o is one of the four origins.
func (o Origin) Known() bool { return o == Manual || o == Agent || o == Device || o == Import }

// Texts holds the translations of a slot's texts into one language.
type Texts struct {
	Label       string
	Description string
	Options     map[string]string
}

// Slot is the definition of a slot. Check may be called once Compile has returned no findings.
type Slot struct {
	Name         string
	Type         Type
	Required     bool
	Label        string
	Description  string
	Options      []string
	Validate     string // RE2 pattern that the whole value must match
	Mask         string
	Min, Max     Value // of the slot's own type; absent where there is no bound
	MinLength    *int
	MaxLength    *int
	Default      Value
	Sensitive    bool
	Metadata     jsontext.Value // canonical bytes of an object; nil when empty
	Region       string         // default region of phone numbers, ISO 3166-1 alpha-2, from metadata.region
	Translations map[string]Texts
	When         *condition.Condition // whether the slot applies; nil means always
	RequiredWhen *condition.Condition // whether a value is required; if nil, Required decides

	traits  *traits
	pattern *regexp.Regexp
	mask    []maskRune
	field   string              // field of its issues
	allowed map[string]struct{} // the options
}

// Missing returns the issue of a required slot without a value.
func (s *Slot) Missing() fault.Issue {
	return fault.Issue{Field: s.field, Code: "validation.required"}
}

func (s *Slot) issue(code string, params fault.Params) *fault.Issue {
	return &fault.Issue{Field: s.field, Code: code, Params: params}
}

// FieldOf returns the field of issues about the slot with the name.
func FieldOf(name string) string { return "slots." + name }
