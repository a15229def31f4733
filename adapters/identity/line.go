package identity

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/procedo/procedo/core/blank"
)

// maxLineBytes is the maximum length of an actor, in bytes.
const maxLineBytes = 255

// isSingleLine reports whether s is valid UTF-8 of at most maxLineBytes bytes, without control characters or line
// separators, and with a visible character.
func isSingleLine(s string) bool {
	return len(s) <= maxLineBytes && utf8.ValidString(s) && !strings.ContainsFunc(s, breaksLine) && !blank.Is(s)
}

// breaksLine reports whether a text with r is not a single line.
func breaksLine(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }

// oneLine returns a text as a single line: other characters are spaces, and a longer text is cut.
func oneLine(s string) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if breaksLine(r) {
			return ' '
		}
		return r
	}, s))
	if len(s) > maxLineBytes {
		end := maxLineBytes
		for !utf8.RuneStart(s[end]) {
			end--
		}
		s = s[:end]
	}
	if blank.Is(s) {
		return ""
	}
	return strings.Clone(s) // so that it does not keep the text of the whole token
}
