package procedure

import (
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/budget"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/slot"
)

// scopeOf describes the steps and slots of a definition for the compiler of conditions. If effort is not nil, the
// compiler may also search for the texts that a slot can hold; the steps of these searches are subtracted from it.
// Literals are checked within the budget.
func scopeOf(d *Definition, m condition.Meaning, effort *int, b *budget.Budget) []condition.Step {
	meet := searcher(effort)
	steps := make([]condition.Step, len(d.Steps))
	for i := range d.Steps {
		s := &d.Steps[i]
		steps[i] = condition.Step{Key: s.Key, Slots: make([]condition.Slot, len(s.Slots))}
		for j := range s.Slots {
			steps[i].Slots[j] = scopeSlot(&s.Slots[j], m, meet, b)
		}
	}
	return steps
}

func scopeSlot(
	sl *slot.Slot, m condition.Meaning, meet func([]string) bool, b *budget.Budget,
) condition.Slot {
	s := condition.Slot{Name: sl.Name, Kind: kindOf(sl.Type, m), Sensitive: sl.Sensitive}
	if sl.MaxLength != nil {
		s.MaxLength = *sl.MaxLength
	}
	if sl.Type == slot.Enum {
		s.Options = sl.Options
	}
	if m != condition.Exact || sl.Sensitive || !sl.Type.Known() { // an unknown type is a finding of its own
		return s
	}
	s.Examples = examples(sl)
	if meet != nil {
		s.Patterns, s.Meet = sl.Patterns(), meet
	}
	s.MaxChoices = len(sl.Options)
	if sl.MaxLength != nil {
		s.MaxChoices = min(s.MaxChoices, *sl.MaxLength)
	}
	switch sl.Type {
	case slot.Bool:
	case slot.MultiEnum:
		s.Equal = keptBy(func() *slot.Slot { return &slot.Slot{Type: slot.Enum, Options: sl.Options} }, b)
	case slot.TimeOfDay, slot.DateOnly:
		s.Order = keptBy(func() *slot.Slot { return &slot.Slot{Type: sl.Type} }, b)
		fallthrough
	default:
		s.Equal = func(literal string) (string, bool) { return kept(sl, literal, b) }
	}
	return s
}

// searcher returns a function that searches for a text that matches patterns, and remembers its results. It returns nil
// if effort is nil.
func searcher(effort *int) func(patterns []string) bool {
	if effort == nil {
		return nil
	}
	known := map[string]bool{}
	return func(patterns []string) bool {
		key := strings.Join(patterns, "\x00")
		result, ok := known[key]
		if !ok {
			result = slot.Meet(patterns, effort)
			known[key] = result
		}
		return result
	}
}

// examples returns the options of a slot, or a number that it can hold; see condition.Slot.
func examples(sl *slot.Slot) []string {
	switch sl.Type {
	case slot.Enum, slot.MultiEnum:
		return sl.Options
	case slot.Integer, slot.Decimal:
		if n, ok := sl.NearestToZero(); ok {
			return []string{string(n.Canonical())}
		}
	}
	return nil
}

// keptBy returns the function kept for one fixed slot. The slot is created at the first call, because most of these
// slots are never needed.
func keptBy(newSlot func() *slot.Slot, b *budget.Budget) func(string) (string, bool) {
	compiled := sync.OnceValue(func() *slot.Slot {
		s := newSlot()
		s.Compile("", slot.NewPatterns())
		return s
	})
	return func(literal string) (string, bool) { return kept(compiled(), literal, b) }
}

// kept returns the form in which a slot would store a literal of an expression. It returns false if the slot can never
// hold the literal. If the budget does not suffice for the check, it returns the literal.
func kept(s *slot.Slot, literal string, b *budget.Budget) (string, bool) {
	raw := []byte(literal)
	if s.Type != slot.Integer && s.Type != slot.Decimal {
		raw, _ = jsontext.AppendQuote(nil, literal)
	}
	if !s.CanCheck(len(literal), b) {
		return literal, true
	}
	value, issue := s.CheckWithin(raw, b)
	if issue != nil || value.IsAbsent() {
		return "", false
	}
	if s.Type == slot.TimeOfDay {
		return slot.NormalTime(value.Text()), true
	}
	return value.Text(), true
}

// kindOf returns the type of a slot's value in expressions.
func kindOf(t slot.Type, m condition.Meaning) condition.Kind {
	switch {
	case m == condition.Exact && (t == slot.Integer || t == slot.Decimal):
		return condition.Number
	case t == slot.Integer:
		return condition.Integer
	case t == slot.Decimal:
		return condition.Double
	case t == slot.Bool:
		return condition.Boolean
	case t == slot.DateTime:
		return condition.Timestamp
	case t == slot.MultiEnum:
		return condition.List
	}
	return condition.Text
}
