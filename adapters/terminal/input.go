package terminal

import (
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/slot"
)

// readings returns the JSON values that typed text can stand for, in the form that is stored. It returns several values
// if the text is ambiguous, and null for blank text. Text that it does not understand becomes a JSON string, which the
// slot's check then refuses.
func (w *Walker) readings(s *slot.Slot, text string) [][]byte {
	if strings.TrimSpace(legible(text)) == "" {
		return [][]byte{[]byte("null")}
	}
	if s.Type != slot.String && s.Type != slot.LongText { // in these two, surrounding spaces can be part of the value
		text = strings.TrimSpace(text)
	}
	var found [][]byte
	quoted := func(texts ...string) {
		for _, t := range texts {
			found = append(found, quote(t))
		}
	}
	switch s.Type {
	case slot.Integer, slot.Decimal:
		for _, n := range numberReadings(withoutUnit(text, s.Unit), w.Locale.DecimalSign(), s.Type == slot.Integer) {
			found = append(found, []byte(n))
		}
	case slot.Bool:
		found = boolean(yesOrNo(text))
	case slot.Enum:
		quoted(w.indexOptions(s).matches(text)...)
	case slot.MultiEnum:
		options := w.indexOptions(s)
		for _, list := range options.listReadings(text) {
			found = append(found, listText(list))
		}
		if len(found) == 0 {
			found = [][]byte{options.unknownChoices(text)}
		}
	case slot.DateOnly, slot.DateTime, slot.TimeOfDay:
		quoted(w.timeReadings(s, text)...)
	case slot.LongText:
	default:
		quoted(withoutSpaces(s, text))
	}
	if len(found) == 0 {
		quoted(text)
	}
	return found
}

// timeReadings returns the dates, times or instants that a text can stand for.
func (w *Walker) timeReadings(s *slot.Slot, text string) []string {
	order := w.Locale.DateOrder()
	if _, issue := s.Check(quote(text)); issue == nil {
		return []string{text} // the text already has the form that is stored
	}
	switch s.Type {
	case slot.DateOnly:
		return dateReadings(text, order)
	case slot.TimeOfDay:
		if clock := clockReading(text); clock != "" {
			return []string{clock}
		}
		return nil
	}
	all, _ := dateTimeReadings(text, order, w.zone())
	return all
}

// zone returns the person's time zone.
func (w *Walker) zone() *time.Location {
	if w.Now == nil {
		return time.Local
	}
	return w.Now().Location()
}

// withoutSpaces returns the first form of a text that the slot's mask and pattern accept: as typed, cleaned by legible,
// or without any spaces. So an IBAN can be typed in groups of four. Otherwise it returns the text unchanged.
func withoutSpaces(s *slot.Slot, text string) string {
	if s.Mask == "" && s.Validate == "" {
		return text
	}
	for _, candidate := range []string{text, legible(text), strings.ReplaceAll(legible(text), " ", "")} {
		if _, issue := s.Check(quote(candidate)); issue == nil {
			return candidate
		}
	}
	return text
}

func quote(text string) []byte {
	b, _ := jsontext.AppendQuote(nil, strings.ToValidUTF8(text, "\ufffd"))
	return b
}

// answer is the answer to a yes-or-no question.
type answer int

const (
	neither answer = iota
	yes
	no
)

// yesOrNo parses yes or no in either language.
func yesOrNo(text string) answer {
	switch strings.ToLower(legible(text)) {
	case "y", "yes", "true", "o", "oui", "vrai":
		return yes
	case "n", "no", "false", "non", "faux":
		return no
	}
	return neither
}

// boolean returns true or false as JSON, or nil if the answer is neither yes nor no.
func boolean(a answer) [][]byte {
	switch a {
	case yes:
		return [][]byte{[]byte("true")}
	case no:
		return [][]byte{[]byte("false")}
	}
	return nil
}

// now returns t as a value of the slot's type. It returns false if values of this type are not dates or times.
func now(s *slot.Slot, t time.Time) (string, bool) {
	switch s.Type {
	case slot.DateOnly:
		return t.Format(time.DateOnly), true
	case slot.DateTime:
		return t.Format(time.RFC3339), true
	case slot.TimeOfDay:
		return t.Format(time.TimeOnly), true
	}
	return "", false
}

// isTemporal reports whether values of a slot are dates or times.
func isTemporal(s *slot.Slot) bool {
	return slices.Contains([]slot.Type{slot.DateOnly, slot.DateTime, slot.TimeOfDay}, s.Type)
}
