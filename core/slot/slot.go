// Package slot holds what a step collects: the thirteen types, their constraints, and the check that turns a
// raw JSON value into an exact Value or into the one issue that says what is wrong with it.
package slot

import (
	"regexp"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/fault"
)

// Origin says where a value came from.
type Origin string

// The origins; Manual is the default.
const (
	Manual Origin = "manual"
	Agent  Origin = "agent"
	Device Origin = "device"
	Import Origin = "import"
)

// Known reports whether o is one of the four.
func (o Origin) Known() bool { return o == Manual || o == Agent || o == Device || o == Import }

// Texts are a slot's own words in one language.
type Texts struct {
	Label       string
	Description string
	Options     map[string]string
}

// Slot is the definition of one typed value. Compile must have accepted it before Check is called.
type Slot struct {
	Name         string
	Type         Type
	Required     bool
	Label        string
	Description  string
	Options      []string
	Validate     string // RE2, matches the whole value
	Mask         string
	Min, Max     Value // of the slot's own type; Absent where open
	MinLength    *int
	MaxLength    *int
	Default      Value
	Sensitive    bool
	Metadata     jsontext.Value // canonical bytes of an object, nil when empty
	Region       string         // a phone's default region, ISO 3166-1 alpha-2, from metadata.region
	Translations map[string]Texts
	When         *condition.Condition // whether the slot applies; nil: always
	RequiredWhen *condition.Condition // when a value is needed, in the place of Required; nil where Required says it

	traits  *traits
	pattern *regexp.Regexp
	mask    []maskRune
	field   string
	allowed map[string]struct{}
}

// Missing is the issue of a required slot that was not given.
func (s *Slot) Missing() fault.Issue {
	return fault.Issue{Field: s.field, Code: "validation.required"}
}

func (s *Slot) issue(code string, params fault.Params) *fault.Issue {
	return &fault.Issue{Field: s.field, Code: code, Params: params}
}

// FieldOf is the place of a slot name in the issues of a submission.
func FieldOf(name string) string { return "slots." + name }
