package procedure

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const maxName = 128

// IsKey reports whether a text is a well-formed procedure id, step key or item key: [A-Za-z0-9][A-Za-z0-9_.-]{0,127}.
func IsKey(s string) bool {
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

// isSlotName reports whether a text is a well-formed slot name: [A-Za-z_][A-Za-z0-9_]{0,127}.
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

// Words that cannot be names, because they already have a meaning where the name is used.
var (
	reservedIDs = []string{"lint", "simulate"} // API paths: /procedures/lint, /procedures/simulate

	// Literals, operators and reserved words of CEL (language definition, "Syntax").
	reservedSlotNames = []string{
		"true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if",
		"import", "let", "loop", "package", "namespace", "return", "var", "void", "while",
	}
)

// metadataName begins the names under which the trail records what conditions read from a run's metadata. A step whose
// key begins in the same way could have a slot of the same name.
const metadataName = "run.metadata."

func isReservedStepKey(key string) bool {
	return key == End || strings.HasPrefix(key+".", metadataName)
}

// oneOf returns a function that reports whether a text is one of the words.
func oneOf(words []string) func(string) bool {
	return func(s string) bool { return slices.Contains(words, s) }
}

// MakeID returns an id for a document without one: the name, a hyphen and the suffix. The name is put in lower case
// without accents, and each sequence of characters that are not ASCII letters or digits becomes one hyphen.
func MakeID(name, suffix string) string {
	const most = 64
	var b strings.Builder
	for _, r := range norm.NFD.String(name) {
		switch {
		case r < utf8.RuneSelf && isAlphanumeric(byte(r)): //nolint:gosec // r is below 128
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
