package terminal

import (
	"strconv"
	"strings"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/slot"
)

// hints returns lines that explain which values a slot accepts. If the slot has a description, hints leaves out the
// pattern.
func (w *Walker) hints(s *slot.Slot) []string {
	var all []string
	hint := func(id string, params fault.Params) { all = append(all, w.say("hint."+id, params)) }
	switch s.Type {
	case slot.Enum, slot.MultiEnum:
		all = w.optionLines(s)
		if w.numbered(s) {
			hint(string(s.Type), nil)
		} else {
			hint(string(s.Type)+"_named", nil)
		}
	case slot.String:
	default:
		hint(string(s.Type), w.examples(s))
	}
	if s.Mask != "" {
		hint("mask", fault.Params{"mask": s.Mask})
	}
	if s.Validate != "" && w.texts.Description(s) == "" {
		hint("pattern", fault.Params{"pattern": s.Validate})
	}
	if s.MinLength != nil || s.MaxLength != nil {
		hint(lengthHint(s), lengthParams(s))
	}
	if s.Decimals != nil {
		hint("decimals", fault.Params{"count": *s.Decimals})
	}
	if least, most := s.BoundsAt(w.Now()); !least.IsAbsent() || !most.IsAbsent() {
		suffix := boundsSuffix(!least.IsAbsent(), !most.IsAbsent())
		hint("value."+suffix, fault.Params{"min": least.Text(), "max": most.Text()})
	}
	if s.Sensitive {
		hint("sensitive", nil)
	}
	return all
}

// examples returns the parameters of a message that shows examples of values.
func (w *Walker) examples(s *slot.Slot) fault.Params {
	return fault.Params{
		"region": s.Region, "example": w.Locale.Number("12.5"),
		"date": w.Locale.Typed("2026-11-23"), "time": w.Locale.Typed("14:30:00"),
	}
}

// optionLines returns one line for each option. The lines begin with numbers if options can be chosen by number.
func (w *Walker) optionLines(s *slot.Slot) []string {
	all := make([]string, len(s.Options))
	for i, o := range s.Options {
		line := "-  "
		if w.numbered(s) {
			line = strconv.Itoa(i+1) + "  "
		}
		line += w.texts.Option(s, o)
		if wording := w.texts.Option(s, o); wording != o {
			line += " (" + o + ")"
		}
		all[i] = line
	}
	return all
}

// lengthHint returns the id, without "hint.", of the message that states the minimum and maximum number of characters
// or choices.
func lengthHint(s *slot.Slot) string {
	unit := "characters."
	if s.Type == slot.MultiEnum {
		unit = "choices."
	}
	if s.MinLength != nil && s.MaxLength != nil && *s.MinLength == *s.MaxLength {
		return unit + "exactly"
	}
	return unit + boundsSuffix(s.MinLength != nil, s.MaxLength != nil)
}

// boundsSuffix returns the last part of a message id, depending on which bounds exist: a lower one, an upper one or
// both.
func boundsSuffix(least, most bool) string {
	switch {
	case !most:
		return "min"
	case !least:
		return "max"
	}
	return "between"
}

// lengthParams returns the parameters of the message of lengthHint. The parameter count selects singular or plural.
func lengthParams(s *slot.Slot) fault.Params {
	params := fault.Params{}
	if s.MinLength != nil {
		params["min"], params["count"] = *s.MinLength, *s.MinLength
	}
	if s.MaxLength != nil {
		params["max"], params["count"] = *s.MaxLength, *s.MaxLength
	}
	return params
}

// shown returns a JSON value in the form in which the person would type it.
func (w *Walker) shown(s *slot.Slot, raw []byte) string {
	v, issue := s.Check(raw)
	if issue != nil {
		return string(raw)
	}
	switch v.Shape() {
	case slot.BooleanShape:
		if v.Bool() {
			return w.say("yes", nil)
		}
		return w.say("no", nil)
	case slot.ListShape:
		return strings.Join(w.optionWordings(s, v.List()), ", ")
	}
	switch {
	case s.Type == slot.Enum:
		return w.texts.Option(s, v.Text())
	case s.Type.Numeric(), isTemporal(s):
		return w.Locale.Typed(v.Text())
	}
	return v.Text()
}

// optionWordings returns the wordings of options in the person's language.
func (w *Walker) optionWordings(s *slot.Slot, options []string) []string {
	worded := make([]string, len(options))
	for i, o := range options {
		worded[i] = w.texts.Option(s, o)
	}
	return worded
}

// issueText returns the message of an issue. Unlike the service's message, it shows the wordings of options, and the
// slot's description in place of a pattern.
func (w *Walker) issueText(s *slot.Slot, is fault.Issue) string {
	pattern, isPattern := is.Params["pattern"]
	switch description := w.texts.Description(s); {
	case s.Type == slot.Bool:
		return w.say("answer_yes_or_no", nil)
	case isPattern && description != "":
		return w.say("pattern_described", fault.Params{"description": description})
	case isPattern:
		return w.say("pattern", fault.Params{"pattern": pattern})
	case is.Code == "validation.enum":
		is.Params = fault.Params{"allowed": w.optionWordings(s, s.Options)}
	case is.Code == "validation.type": // Locale.Issue would add "(a JSON number)"
		return w.Locale.Text(is.Code, is.Params)
	case isTemporal(s) && is.Code == "validation."+string(s.Type):
		return w.say(string(s.Type), w.examples(s))
	case s.Type == slot.MultiEnum && (is.Code == "validation.min_length" || is.Code == "validation.max_length"):
		return w.say("hint."+lengthHint(s), lengthParams(s))
	}
	return w.Locale.Issue(is)
}
