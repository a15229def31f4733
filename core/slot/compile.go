package slot

import (
	"errors"

	"golang.org/x/text/unicode/norm"

	"github.com/procedo/procedo/core/fault"
)

// Compile checks the constraints against the type and against each other, and prepares the slot for Check. The fields
// of the findings are JSON pointers that begin with base. Before the call, the caller sets Zone and reads Min and Max
// with ReadBound. After the call, it checks Default. The slots of one definition share patterns.
func (s *Slot) Compile(base string, patterns *Patterns) []fault.Issue {
	s.traits, s.field = traitsOf[s.Type], FieldOf(s.Name)
	if s.traits == nil {
		return nil // the caller reports unknown types
	}
	c := compilation{slot: s, base: base, patterns: patterns}
	c.checkApplicable()
	c.compileOptions()
	c.compilePatterns()
	s.relativeMin, _ = parseRelative(s.Type, s.Min.Text())
	s.relativeMax, _ = parseRelative(s.Type, s.Max.Text())
	c.checkRanges()
	return c.findings
}

// compilation collects the findings of one slot.
type compilation struct {
	slot     *Slot
	base     string
	patterns *Patterns
	findings []fault.Issue
}

func (c *compilation) find(member, code string, params fault.Params) {
	issue := fault.Issue{Field: c.base + "/" + member, Code: "definition." + code, Params: params}
	c.findings = append(c.findings, issue)
}

// checkApplicable reports the constraints that cannot be used with the type.
func (c *compilation) checkApplicable() {
	s, t := c.slot, c.slot.traits
	for _, constraint := range []struct {
		member          string
		set, applicable bool
	}{
		{"options", len(s.Options) > 0, t.options},
		{"validate", s.Validate != "", t.pattern},
		{"mask", s.Mask != "", t.pattern},
		{"min", !s.Min.IsAbsent(), t.bounds},
		{"max", !s.Max.IsAbsent(), t.bounds},
		{"min_length", s.MinLength != nil, t.length},
		{"max_length", s.MaxLength != nil, t.length},
		{"decimals", s.Decimals != nil, s.Type == Decimal},
		{"unit", s.Unit != "", s.Type.Numeric()},
	} {
		if constraint.set && !constraint.applicable {
			c.find(constraint.member, "constraint_not_applicable", fault.Params{"type": string(s.Type)})
		}
	}
}

func (c *compilation) compileOptions() {
	s := c.slot
	if !s.traits.options {
		return
	}
	if len(s.Options) == 0 {
		c.find("options", "options_required", fault.Params{"type": string(s.Type)})
	}
	s.allowed = make(map[string]string, len(s.Options))
	for _, o := range s.Options {
		s.allowed[norm.NFC.String(o)] = o
	}
	// Older definitions may have two options with the same normal form. An exact match must return the option itself.
	for _, o := range s.Options {
		s.allowed[o] = o
	}
}

func (c *compilation) compilePatterns() {
	s := c.slot
	if !s.traits.pattern {
		return
	}
	if s.Validate != "" {
		compiled, err := c.patterns.compile(s.Validate)
		switch {
		case errors.As(err, &patternTotalError{}):
			c.find("validate", "pattern_limit", fault.Params{"max": MaxPatterns})
		case err != nil:
			c.find("validate", "pattern", patternParams(err))
		}
		s.pattern = compiled
	}
	if s.Mask != "" {
		mask, placeholders := parseMask(s.Mask)
		if placeholders == 0 {
			c.find("mask", "mask", nil)
		}
		s.mask = mask
	}
}

func (c *compilation) checkRanges() {
	s := c.slot
	fixed := s.traits.bounds && !s.Min.IsAbsent() && !s.Max.IsAbsent() && !s.IsRelative()
	if fixed && s.compare(s.Min, s.Max) > 0 {
		c.find("min", "range", fault.Params{"min": s.Min.Text(), "max": s.Max.Text()})
	}
	if s.MinLength != nil && s.MaxLength != nil && *s.MinLength > *s.MaxLength {
		c.find("min_length", "range", fault.Params{"min": *s.MinLength, "max": *s.MaxLength})
	}
}

// ReadBound reads a min or max, and reports whether it is a valid value of the slot's type or a relative bound. If the
// type has no bounds, ReadBound accepts any JSON, so that Compile can report the constraint.
func (s *Slot) ReadBound(raw []byte) (Value, bool) {
	unbounded := Slot{Name: s.Name, Type: s.Type, traits: traitsOf[s.Type]}
	if unbounded.traits == nil || !unbounded.traits.bounds {
		return TextValue(string(raw)), true
	}
	if s.Type == Integer {
		unbounded.Type = Decimal // the bound of an integer may have a fraction
	}
	if text, ok := unquote(raw); ok {
		if _, ok = parseRelative(s.Type, text); ok {
			return TextValue(text), true
		}
	}
	v, issue := unbounded.Check(raw)
	return v.Canonical(), issue == nil && !v.IsAbsent()
}
