// Package slot defines slots: typed values that a step collects. It checks a raw JSON value against the type and the
// constraints of a slot, and returns either an exact Value or one issue.
package slot

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/fault"
)

// Origin is the source of a value, as stated by the client.
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
	OptionLabels map[string]string // the label of each option that has one
	Validate     string            // RE2 pattern that the whole value must match
	Mask         string
	Min, Max     Value  // read by ReadBound; a relative bound is a text; absent if not set
	Decimals     *int   // maximum number of digits after the point
	Unit         string // UCUM code or ISO 4217 currency, shown beside the value
	MinLength    *int
	MaxLength    *int
	Default      Value
	Sensitive    bool
	Metadata     jsontext.Value // canonical bytes of an object; nil when empty
	Zone         *time.Location // time zone of the procedure, for relative bounds; nil means UTC
	Region       string         // default region of phone numbers, ISO 3166-1 alpha-2, from metadata.region
	Translations map[string]Texts
	When         *condition.Condition // whether the slot applies; nil means always
	RequiredWhen *condition.Condition // whether a value is required; if nil, Required decides

	traits  *traits
	pattern *compiledPattern
	mask    []maskRune
	field   string            // the field that the slot's issues refer to
	allowed map[string]string // maps the text of each option, and its normal form (NFC), to the option

	relativeMin, relativeMax *offset // nil for a bound that is not relative
}

// Missing returns the issue for a required slot without a value.
func (s *Slot) Missing() fault.Issue {
	return fault.Issue{Field: s.field, Code: "validation.required"}
}

func (s *Slot) issue(code string, params fault.Params) *fault.Issue {
	return &fault.Issue{Field: s.field, Code: code, Params: params}
}

// FieldOf returns the field of an issue about the slot with the given name.
func FieldOf(name string) string { return "slots." + name }
