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

// typed turns what a person typed into the JSON value that the slot's type is carried by. It judges nothing: what
// has no such form stays a string, for the slot's own check to refuse.
func (w *Walker) typed(s *slot.Slot, text string) []byte {
	if strings.TrimSpace(text) == "" {
		return []byte("null")
	}
	if s.Type != slot.String && s.Type != slot.LongText { // texts are stored as they are given
		text = strings.TrimSpace(text)
	}
	french := w.Locale.Language() == "fr"
	switch s.Type {
	case slot.Integer, slot.Decimal:
		if french && frenchDecimal.MatchString(text) {
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
		if m := frenchDate.FindStringSubmatch(text); french && m != nil {
			text = m[3] + "-" + m[2] + "-" + m[1]
		}
	}
	return quote(text)
}

func quote(text string) []byte {
	b, _ := jsontext.AppendQuote(nil, strings.ToValidUTF8(text, "\ufffd"))
	return b
}

// choice is the option meant: by its own name, by its wording, or by its number in the list shown.
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

// numbered reports whether the options can be told by their numbers: none of them is a number itself.
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

// choices reads several, between commas, or between spaces where each word is a choice by itself.
func (w *Walker) choices(s *slot.Slot, text string) []byte {
	parts := strings.Split(text, ",")
	if words := strings.Fields(text); len(parts) == 1 && !slices.ContainsFunc(words, func(word string) bool { return !w.isChoice(s, word) }) {
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

// answer is a yes, a no, or neither.
type answer int

const (
	neither answer = iota
	yes
	no
)

// yesOrNo takes the words of both languages.
func (w *Walker) yesOrNo(text string) answer {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "y", "yes", "true", "o", "oui", "vrai":
		return yes
	case "n", "no", "false", "non", "faux":
		return no
	}
	return neither
}

// now is the present moment as a value of the slot's type, where it is one of time.
func now(s *slot.Slot, at time.Time) (string, bool) {
	switch s.Type {
	case slot.DateOnly:
		return at.Format(time.DateOnly), true
	case slot.DateTime:
		return at.Format(time.RFC3339), true
	case slot.TimeOfDay:
		return at.Format(time.TimeOnly), true
	}
	return "", false
}
