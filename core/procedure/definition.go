// Package procedure holds definitions: what a procedure asks for, how a document is read and checked, and the
// canonical form whose digest names a version for ever.
package procedure

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/language"

	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/slot"
)

// Limits and defaults of a definition.
const (
	DefaultMaxVisits = 20
	MaxMaxVisits     = 1_000_000
)

// Texts are the own words of a procedure or step in one language: a name or title, a description or prompt.
type Texts struct {
	Heading string
	Body    string
}

// Definition is one procedure as written: immutable once read.
type Definition struct {
	ID           string
	Name         string
	Description  string
	Language     string // BCP 47, empty when the document does not say
	Metadata     jsontext.Value
	MaxVisits    int
	Steps        []Step
	Translations map[string]Texts

	// Conditional is set where anything depends on a condition, or a step leads elsewhere than to the next.
	Conditional bool

	matcher   language.Matcher
	languages []string
}

// Step is one ordered part of a definition, its slots and items in effective order.
type Step struct {
	Key          string
	Title        string
	Prompt       string
	Metadata     jsontext.Value
	Slots        []slot.Slot
	Items        []checklist.Item
	Translations map[string]Texts
	When         *condition.Condition // whether the step applies; nil: always
	Transitions  []Transition         // where it leads, in the order in which they are asked; none: to the next step
	Skippable    bool

	// Conditional is set where a slot or an item has a condition.
	Conditional bool

	sensitive bool
	slotIndex map[string]int
}

// End is the target of a transition that ends the run.
const End = "end"

// Transition is one way on from a step.
type Transition struct {
	When    *condition.Condition // nil: the default, which stands last
	To      string               // key of a step, or End
	Target  int                  // its index; the number of steps for End
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

// HasSensitive reports whether any slot of the step is sensitive.
func (s *Step) HasSensitive() bool { return s.sensitive }

// SlotIndex returns the index of the slot with a name, and whether there is one.
func (s *Step) SlotIndex(name string) (int, bool) {
	i, ok := s.slotIndex[name]
	return i, ok
}

// ItemIndex returns the index of the checklist item with a key, and whether there is one.
func (s *Step) ItemIndex(key string) (int, bool) {
	i := slices.IndexFunc(s.Items, func(it checklist.Item) bool { return it.Key == key })
	return i, i >= 0
}

// index prepares what reading a step again and again would search for.
func (s *Step) index() {
	s.slotIndex = make(map[string]int, len(s.Slots))
	for i := range s.Slots {
		s.slotIndex[s.Slots[i].Name] = i
		s.sensitive = s.sensitive || s.Slots[i].Sensitive
		s.Conditional = s.Conditional || s.Slots[i].When != nil || s.Slots[i].RequiredWhen != nil
	}
	for i := range s.Items {
		s.Conditional = s.Conditional || s.Items[i].When != nil
	}
}

// Version is one numbered, immutable state of a procedure's definition.
type Version struct {
	*Definition
	Number    int
	Digest    string // "sha256:" and the hex SHA-256 of the canonical form
	CreatedAt time.Time
	CreatedBy string
}

// StepIndex gives the place of a step by key.
func (d *Definition) StepIndex(key string) (int, bool) {
	for i := range d.Steps {
		if d.Steps[i].Key == key {
			return i, true
		}
	}
	return 0, false
}

// Status says whether new runs may start.
type Status string

// The statuses.
const (
	Active   Status = "active"
	Archived Status = "archived"
)
