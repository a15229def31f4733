package procedure

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

const maxName = 128

// isKey reports whether a text is an id or key: [A-Za-z0-9][A-Za-z0-9_.-]{0,127}.
func isKey(s string) bool {
	if s == "" || len(s) > maxName || !isAlphanumeric(s[0]) {
		return false
	}
	for i := 1; i < len(s); i++ {
		if !isAlphanumeric(s[i]) && strings.IndexByte("_.-", s[i]) < 0 {
			return false
		}
	}
	return true
}

// isSlotName reports whether a text is a slot name: [A-Za-z_][A-Za-z0-9_]{0,127}.
func isSlotName(s string) bool {
	if s == "" || len(s) > maxName || s[0] >= '0' && s[0] <= '9' {
		return false
	}
	for i := range len(s) {
		if !isAlphanumeric(s[i]) && s[i] != '_' {
			return false
		}
	}
	return true
}

func isAlphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// Reserved words: in the paths of the API, as the target of transitions, and in CEL (language definition, section
// "Syntax": literals, operators and reserved words).
var (
	reservedIDs      = []string{"lint", "simulate"}
	reservedStepKeys = []string{"end"}
	celWords         = []string{
		"true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if",
		"import", "let", "loop", "package", "namespace", "return", "var", "void", "while",
	}
)

// isReserved returns a function that reports whether a text is one of the words.
func isReserved(words []string) func(string) bool {
	return func(s string) bool { return slices.Contains(words, s) }
}

// isLanguage reports whether a text is a well-formed BCP 47 tag. Its subtags need not be registered.
func isLanguage(tag string) bool {
	_, err := language.Parse(tag)
	_, unregistered := err.(language.ValueError) //nolint:errorlint // Parse does not wrap it
	return err == nil || unregistered
}

// MakeID returns an id for a document that has none. It consists of the name, in lower case and without accents, with
// a hyphen for each sequence of characters that are not ASCII letters or digits, and of a random suffix.
func MakeID(name, suffix string) string {
	const most = 64
	var b strings.Builder
	for _, r := range norm.NFD.String(name) {
		switch {
		case r < utf8.RuneSelf && isAlphanumeric(byte(r)): //nolint:gosec // below 128
			b.WriteRune(unicode.ToLower(r))
		case !unicode.Is(unicode.Mn, r) && b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() == most {
			break
		}
	}
	if stem := strings.Trim(b.String(), "-"); stem != "" {
		return stem + "-" + suffix
	}
	return "procedure-" + suffix
}
