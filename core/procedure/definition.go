// Package procedure defines procedures. It reads and checks definition documents, and writes their canonical form,
// whose digest identifies a version.
package procedure

import (
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/language"

	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/slot"
)

// The default and the maximum of max_visits, the number of times that a run may visit one step.
const (
	DefaultMaxVisits = 20
	MaxMaxVisits     = 1000
)

// Texts holds the translations of the texts of a procedure or step into one language.
type Texts struct {
	Heading string // name of a procedure, title of a step
	Body    string // description of a procedure, prompt of a step
}

// Definition is the definition of a procedure. It does not change once it has been read.
type Definition struct {
	ID           string
	Name         string
	Description  string
	Language     string // BCP 47 tag of the document's own texts; empty if not given
	TimeZone     string // IANA name of the time zone that relative bounds use; empty for UTC
	Metadata     jsontext.Value
	MaxVisits    int
	Steps        []Step
	Translations map[string]Texts

	// Meaning is the meaning of the conditions. It is part of neither the document nor its digest.
	Meaning condition.Meaning

	// Conditional is set if the definition has a condition or a transition.
	Conditional bool

	matcher   language.Matcher
	languages []string          // in the order of the matcher's tags; "" is the document's own language
	malformed map[string]string // what malformed tags mean, which versions of earlier releases may have
	stepIndex keyIndex
}

// Step is a step of a definition. Its slots and items are sorted by position.
type Step struct {
	Key          string
	Title        string
	Prompt       string
	Metadata     jsontext.Value
	Slots        []slot.Slot
	Items        []checklist.Item
	Translations map[string]Texts
	When         *condition.Condition // whether the step applies; nil means always
	Transitions  []Transition         // in the order of evaluation; if empty, the next step follows
	Skippable    bool
	Rules        []Rule
	// KeepOnReturn is set if a new visit of the step begins with the values of its last visit.
	KeepOnReturn bool
	Agents       Agents

	// Conditional is set if a slot or an item has a condition, or if the step has a rule.
	Conditional bool

	sensitive  bool
	slotIndex  map[string]int
	itemIndex  keyIndex
	valueNames []string // for each slot, see ValueName
}

// End is the target of a transition that ends the run.
const End = "end"

// Transition leads from a step to another step or to the end.
type Transition struct {
	When    *condition.Condition // nil for the default, which comes last
	To      string               // key of a step, or End
	Target  int                  // index of the step To; for End, the number of steps
	Pointer string               // JSON pointer into the canonical document
}

// HasSensitive reports whether any slot of the definition is sensitive.
func (d *Definition) HasSensitive() bool {
	for i := range d.Steps {
		if d.Steps[i].sensitive {
			return true
		}
	}
	return false
}

// SlotIndex returns the index of the slot with the given name, and whether it exists.
func (s *Step) SlotIndex(name string) (int, bool) {
	i, ok := s.slotIndex[name]
	return i, ok
}

// ValueName returns the name under which the results of conditions record the value of slot j: step.slot.
func (s *Step) ValueName(j int) string { return s.valueNames[j] }

// SplitValueName splits a ValueName into the key of the step and the name of the slot, and reports whether it has this
// form. Keys of steps may have dots, names of slots have none.
func SplitValueName(valueName string) (step, slot string, ok bool) {
	dot := strings.LastIndexByte(valueName, '.')
	if dot < 1 || !isSlotName(valueName[dot+1:]) {
		return "", "", false
	}
	return valueName[:dot], valueName[dot+1:], true
}

// SlotNamed returns the step and the slot that a ValueName names, and whether they exist.
func (d *Definition) SlotNamed(valueName string) (step, slot int, ok bool) {
	key, name, ok := SplitValueName(valueName)
	if !ok {
		return 0, 0, false
	}
	if step, ok = d.StepIndex(key); !ok {
		return 0, 0, false
	}
	slot, ok = d.Steps[step].SlotIndex(name)
	return step, slot, ok
}

// ItemIndex returns the index of the checklist item with the given key, and whether it exists.
func (s *Step) ItemIndex(key string) (int, bool) {
	return s.itemIndex.find(len(s.Items), key, func(i int) string { return s.Items[i].Key })
}

// index sets the fields that are derived from the slots and items.
func (s *Step) index() {
	s.slotIndex = make(map[string]int, len(s.Slots))
	s.valueNames = make([]string, len(s.Slots))
	for i := range s.Slots {
		s.slotIndex[s.Slots[i].Name] = i
		s.valueNames[i] = s.Key + "." + s.Slots[i].Name
		s.sensitive = s.sensitive || s.Slots[i].Sensitive
		s.Conditional = s.Conditional || s.Slots[i].When != nil || s.Slots[i].RequiredWhen != nil
	}
	for i := range s.Items {
		s.Conditional = s.Conditional || s.Items[i].When != nil
	}
	s.Conditional = s.Conditional || len(s.Rules) > 0
	s.itemIndex = indexKeys(len(s.Items), func(i int) string { return s.Items[i].Key })
}

// Version is a numbered, immutable version of a procedure's definition.
type Version struct {
	*Definition
	Number    int
	Digest    string // "sha256:" followed by the hex SHA-256 of the canonical form
	CreatedAt time.Time
	CreatedBy string
}

// StepIndex returns the index of the step with the given key, and whether it exists.
func (d *Definition) StepIndex(key string) (int, bool) {
	return d.stepIndex.find(len(d.Steps), key, func(i int) string { return d.Steps[i].Key })
}

// Status is the status of a procedure. New runs can be started only while the procedure is active.
type Status string

// The statuses of a procedure.
const (
	Active   Status = "active"
	Archived Status = "archived"
)
