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

// isIdentifier reports whether s is a single line of visible characters. Spaces may only be between them. Any other
// invisible character, such as a zero-width space or a control of the writing direction, could make one actor look like
// another.
func isIdentifier(s string) bool {
	isHidden := func(r rune) bool { return r != ' ' && blank.IsInvisible(r) }
	return isSingleLine(s) && strings.Trim(s, " ") == s && !strings.ContainsFunc(s, isHidden)
}

// oneLine returns a text as a single line: white space and control characters are spaces, other invisible characters
// are left out unless a script needs them, and a longer text is cut.
func oneLine(s string) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case breaksLine(r), unicode.IsSpace(r):
			return ' '
		case blank.IsInvisible(r) && !joins(r):
			return -1
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

// joins reports whether an invisible character changes how the letters beside it are written: the joiners of Persian
// and Indic scripts, and the selectors of variants of Chinese characters. Names may contain them.
func joins(r rune) bool {
	return r == '\u200c' || r == '\u200d' || unicode.Is(unicode.Variation_Selector, r)
}
