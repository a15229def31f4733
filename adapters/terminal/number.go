package terminal

import (
	"slices"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json/jsontext"
)

// legible removes invisible characters and surrounding spaces from typed or pasted text. It replaces Unicode spaces,
// minus signs and apostrophes by the ASCII ones.
func legible(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Cf, r):
			return -1
		case r == '\u2212': // the minus sign
			return '-'
		case r == '\u2019' || r == '\u02bc':
			return '\''
		}
		return r
	}, text))
}

// numberReadings returns the numbers that a text can stand for, as JSON, or none if the text is not a number. The comma
// in "1,234" can be a decimal sign or separate thousands, which makes two readings. If the comma is the decimal sign of
// the language, only 1.234 is returned. Otherwise, if an integer is expected, only 1234 is returned. The same holds for
// the point in "1.234".
func numberReadings(text string, decimalSign byte, integer bool) []string {
	text = legible(text)
	if v := jsontext.Value(text); strings.ContainsAny(text, "eE") && v.Kind() == '0' && v.IsValid() {
		return []string{text}
	}
	sign := ""
	if text != "" && (text[0] == '-' || text[0] == '+') {
		sign, text = strings.TrimPrefix(text[:1], "+"), strings.TrimSpace(text[1:])
	}
	groups, separators, ok := digitGroups(text)
	if !ok {
		return nil
	}
	var all []string
	last := len(separators) - 1
	if last < 0 {
		return []string{sign + plainInteger(groups[0])}
	}
	grouped := isGrouped(groups, separators)
	if sep := separators[last]; strings.IndexByte(".,", sep) >= 0 && isGrouped(groups[:last+1], separators[:last]) &&
		!slices.Contains(separators[:last], sep) && (!integer || !grouped || sep == decimalSign) {
		all = append(all, sign+plainInteger(strings.Join(groups[:last+1], ""))+"."+groups[last+1])
	}
	if grouped && (separators[0] != decimalSign || last > 0) {
		all = append(all, sign+plainInteger(strings.Join(groups, "")))
	}
	return all
}

// withoutUnit returns an amount without its unit, which can be typed before or after it, and without the dash that
// stands for no cents in Switzerland, as in 1'250.–. A unit with digits or signs, such as the UCUM unit 1, is not
// looked for, since it could be part of the number.
func withoutUnit(text, unit string) string {
	if unit == "" {
		return text
	}
	text = legible(text)
	if n := len(text) - len(unit); n > 0 && !strings.ContainsAny(unit, "0123456789.,'+- ") {
		if strings.EqualFold(text[n:], unit) {
			text = strings.TrimSpace(text[:n])
		} else if strings.EqualFold(text[:len(unit)], unit) {
			text = strings.TrimSpace(text[len(unit):])
		}
	}
	for _, dash := range []string{".-", ".\u2013", ".\u2014"} {
		text = strings.TrimSuffix(text, dash)
	}
	return text
}

// digitGroups splits a number into its groups of digits and the separators between them. A comma or point at the
// beginning gets a zero before it. ok is false if the text contains anything else, or a separator without digits on
// both sides.
func digitGroups(text string) (groups []string, separators []byte, ok bool) {
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, ",") {
		text = "0" + text
	}
	start := 0
	for i := range len(text) {
		if text[i] >= '0' && text[i] <= '9' {
			continue
		}
		if i == start || strings.IndexByte(" '.,", text[i]) < 0 {
			return nil, nil, false
		}
		groups, separators, start = append(groups, text[start:i]), append(separators, text[i]), i+1
	}
	return append(groups, text[start:]), separators, start < len(text)
}

// isGrouped reports whether digits are grouped by thousands, with the same separator everywhere. Digits without a
// separator count as grouped.
func isGrouped(groups []string, separators []byte) bool {
	if len(separators) == 0 {
		return true
	}
	for i := range separators {
		if separators[i] != separators[0] || len(groups[i+1]) != 3 {
			return false
		}
	}
	return len(groups[0]) <= 3 && groups[0][0] != '0'
}

// plainInteger returns digits without leading zeros.
func plainInteger(digits string) string {
	if digits = strings.TrimLeft(digits, "0"); digits == "" {
		return "0"
	}
	return digits
}
