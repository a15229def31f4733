package terminal

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/slot"
)

var (
	frenchDecimal = regexp.MustCompile(`^[+-]?[0-9]+,[0-9]+$`)
	frenchDate    = regexp.MustCompile(`^([0-9]{2})/([0-9]{2})/([0-9]{4})$`)
)

// frenchDateLayout is the layout, for package time, of the dates that frenchDate matches.
const frenchDateLayout = "02/01/2006"

// french reports whether numbers and dates are typed in the French form.
func (w *Walker) french() bool { return w.Locale.Language() == "fr" }

// parse converts typed text into the JSON value for the slot's type. Text that cannot be converted becomes a JSON
// string, which the slot's own check refuses.
func (w *Walker) parse(s *slot.Slot, text string) []byte {
	if strings.TrimSpace(text) == "" {
		return []byte("null")
	}
	if s.Type != slot.String && s.Type != slot.LongText { // these two are stored as typed
		text = strings.TrimSpace(text)
	}
	switch s.Type {
	case slot.Integer, slot.Decimal:
		if w.french() && frenchDecimal.MatchString(text) {
			text = strings.Replace(text, ",", ".", 1)
		}
		if v := jsontext.Value(text); v.Kind() == '0' && v.IsValid() {
			return []byte(text)
		}
	case slot.Bool:
		switch w.yesOrNo(text) {
		case yes:
			return []byte("true")
		case no:
			return []byte("false")
		}
	case slot.Enum:
		return quote(w.choice(s, text))
	case slot.MultiEnum:
		return w.choices(s, text)
	case slot.DateOnly:
		if m := frenchDate.FindStringSubmatch(text); w.french() && m != nil {
			text = m[3] + "-" + m[2] + "-" + m[1]
		}
	}
	return quote(text)
}

func quote(text string) []byte {
	b, _ := jsontext.AppendQuote(nil, strings.ToValidUTF8(text, "\ufffd"))
	return b
}

// choice returns the option that a text selects. The text can be the option itself, its wording, or its number in the
// list. Other texts are returned unchanged.
func (w *Walker) choice(s *slot.Slot, text string) string {
	for _, o := range s.Options {
		if o == text {
			return o
		}
	}
	for _, o := range s.Options {
		if strings.EqualFold(w.texts.Option(s, o), text) {
			return o
		}
	}
	if n, err := strconv.Atoi(text); err == nil && w.numbered(s) && n >= 1 && n <= len(s.Options) {
		return s.Options[n-1]
	}
	return text
}

// numbered reports whether options can be chosen by number. They cannot if an option or its wording is a number itself.
func (w *Walker) numbered(s *slot.Slot) bool {
	return !slices.ContainsFunc(s.Options, func(o string) bool {
		_, own := strconv.Atoi(o)
		_, worded := strconv.Atoi(w.texts.Option(s, o))
		return own == nil || worded == nil
	})
}

func (w *Walker) isChoice(s *slot.Slot, text string) bool {
	return slices.Contains(s.Options, w.choice(s, text))
}

// choices parses several options. They are separated by commas or, if every word is an option, by spaces.
func (w *Walker) choices(s *slot.Slot, text string) []byte {
	parts := strings.Split(text, ",")
	isOther := func(word string) bool { return !w.isChoice(s, word) }
	if words := strings.Fields(text); len(parts) == 1 && !slices.ContainsFunc(words, isOther) {
		parts = words
	}
	raw := []byte{'['}
	for _, p := range parts {
		if p = strings.TrimSpace(p); p == "" {
			continue
		}
		if len(raw) > 1 {
			raw = append(raw, ',')
		}
		raw = append(raw, quote(w.choice(s, p))...)
	}
	return append(raw, ']')
}

// answer is the answer to a yes-or-no question.
type answer int

const (
	neither answer = iota
	yes
	no
)

// yesOrNo parses yes or no in either language.
func (w *Walker) yesOrNo(text string) answer {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "y", "yes", "true", "o", "oui", "vrai":
		return yes
	case "n", "no", "false", "non", "faux":
		return no
	}
	return neither
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
