package http

import (
	"net/http"
	"strings"
)

const (
	preferHeader  = "Prefer"
	appliedHeader = "Preference-Applied"
)

// numberForm is the form of exact numbers in the JSON of a request and its answer: the values of integer and number
// slots, their bounds and defaults, and the numeric params of issues and problems.
type numberForm uint8

const (
	jsonNumbers   numberForm = iota
	stringNumbers            // decimal strings in answers; in bodies both strings and JSON numbers
)

// The preference for stringNumbers. Both words are compared without regard to case.
const (
	numbersPreference = "numbers"
	numbersAsStrings  = "string"
)

// numberFormOf returns the form that a request prefers. Almost no request has the header, so that it is looked up
// first.
func numberFormOf(h http.Header) numberForm {
	values := h[preferHeader]
	if len(values) == 0 {
		return jsonNumbers
	}
	if value := preference(values, numbersPreference); isToken(value) && strings.EqualFold(value, numbersAsStrings) {
		return stringNumbers
	}
	return jsonNumbers
}

// showApplied sets the header that tells the client that its preference is honoured.
func (f numberForm) showApplied(w http.ResponseWriter) {
	if f == stringNumbers {
		w.Header().Set(appliedHeader, numbersPreference+"="+numbersAsStrings)
	}
}

// preference returns the value of a preference in the values of the Prefer headers of a request (RFC 7240, section 2).
// Only the first occurrence counts. The value is empty if the preference is absent or has none. Parameters of a
// preference and malformed elements are ignored.
func preference(values []string, name string) string {
	for _, element := range splitElements(strings.Join(values, ",")) {
		if found, value, ok := parsePreference(element); ok && strings.EqualFold(found, name) {
			return value
		}
	}
	return ""
}

// parsePreference parses a preference such as name="value"; parameter. It ignores the parameters.
func parsePreference(element string) (name, value string, ok bool) {
	end := strings.IndexAny(element, "=;")
	if end < 0 {
		end = len(element)
	}
	name, rest := trimSpace(element[:end]), element[end:]
	if !isToken(name) {
		return "", "", false
	}
	if given, hasValue := strings.CutPrefix(rest, "="); hasValue {
		if value, rest, ok = cutWord(trimSpace(given)); !ok {
			return "", "", false
		}
	}
	rest = trimSpace(rest)
	return name, value, rest == "" || rest[0] == ';'
}

// cutWord returns the token or the content of the quoted string (RFC 9110, sections 5.6.2 and 5.6.4) with which a text
// begins, and the text after it. The word may be empty.
func cutWord(s string) (word, rest string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		word, _, _ = strings.Cut(s, ";")
		rest, word = s[len(word):], trimSpace(word)
		return word, rest, word == "" || isToken(word)
	}
	var content []byte
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return string(content), s[i+1:], true
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		content = append(content, s[i])
	}
	return "", "", false
}

// trimSpace removes the white space that HTTP allows around the parts of a header (RFC 9110, section 5.6.3).
func trimSpace(s string) string { return strings.Trim(s, " \t") }

// isToken reports whether a text is a token (RFC 9110, section 5.6.2).
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		isAlphanumeric := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
		return !isAlphanumeric && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
	})
}
