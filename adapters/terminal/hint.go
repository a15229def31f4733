package terminal

import (
	"strconv"
	"strings"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/slot"
)

// hints say, before anything is typed, what the slot accepts.
func (w *Walker) hints(s *slot.Slot) []string {
	var all []string
	say := func(id string, params fault.Params) { all = append(all, w.say("hint."+id, params)) }
	switch s.Type {
	case slot.Enum, slot.MultiEnum:
		for i, o := range s.Options {
			line := "-  "
			if w.numbered(s) {
				line = strconv.Itoa(i+1) + "  "
			}
			line += w.texts.Option(s, o)
			if wording := w.texts.Option(s, o); wording != o {
				line += " (" + o + ")"
			}
			all = append(all, line)
		}
		if w.numbered(s) {
			say(string(s.Type), nil)
		} else {
			say(string(s.Type)+"_named", nil)
		}
	case slot.String:
	default:
		say(string(s.Type), fault.Params{"region": s.Region})
	}
	if s.Mask != "" {
		say("mask", fault.Params{"mask": s.Mask})
	}
	if s.Validate != "" {
		say("pattern", fault.Params{"pattern": s.Validate})
	}
	if lengths := bounds(length(s.MinLength), length(s.MaxLength)); lengths != nil {
		unit := "characters"
		if s.Type == slot.MultiEnum {
			unit = "choices"
		}
		say(unit+"."+lengths.kind(), lengths.params())
	}
	if values := bounds(w.number(s, s.Min), w.number(s, s.Max)); values != nil {
		say("value."+values.kind(), values.params())
	}
	if s.Sensitive {
		say("sensitive", nil)
	}
	return all
}

// shown is a slot's value as a person writes it; of a raw JSON value.
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
		worded := make([]string, len(v.List()))
		for i, o := range v.List() {
			worded[i] = w.texts.Option(s, o)
		}
		return strings.Join(worded, ", ")
	}
	if s.Type == slot.Enum {
		return w.texts.Option(s, v.Text())
	}
	return w.number(s, v)
}

// number is a value's text; of a number, as the language writes it.
func (w *Walker) number(s *slot.Slot, v slot.Value) string {
	if s.Type.Numeric() && w.Locale.Language() == "fr" {
		return strings.Replace(v.Text(), ".", ",", 1)
	}
	return v.Text()
}

// worded is an issue as the terminal says it.
func (w *Walker) worded(s *slot.Slot, is fault.Issue) string {
	if s.Type == slot.Bool {
		return w.say("answer_yes_or_no", nil)
	}
	return w.Locale.Issue(is)
}

// between is a lower and an upper bound, each empty where open.
type between struct{ min, max string }

func bounds(least, most string) *between {
	if least == "" && most == "" {
		return nil
	}
	return &between{least, most}
}

func (b *between) kind() string {
	switch {
	case b.max == "":
		return "min"
	case b.min == "":
		return "max"
	}
	return "between"
}

func (b *between) params() fault.Params { return fault.Params{"min": b.min, "max": b.max} }

func length(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}
