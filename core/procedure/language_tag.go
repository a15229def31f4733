package procedure

import (
	"regexp"
	"strings"

	"golang.org/x/text/language"
)

// languageForm is the grammar of language tags (RFC 5646, section 2.1), for tags in lower case.
var languageForm = regexp.MustCompile(`^(?:` +
	`(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})` + // language
	`(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?` + // script, region
	`(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*` + // variants
	`(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?` + // extensions, private use
	`|x(?:-[a-z0-9]{1,8})+` +
	`|en-gb-oed|i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu)|sgn-(?:be-fr|be-nl|ch-de)` +
	`)$`)

// isLanguage reports whether a text is a well-formed BCP 47 language tag. Unregistered subtags are accepted. Parse
// alone is not enough, because it also accepts other forms, such as fr_FR.
func isLanguage(tag string) bool {
	_, err := language.Parse(tag)
	_, unregistered := err.(language.ValueError) //nolint:errorlint // Parse does not wrap its errors
	return (err == nil || unregistered) && languageForm.MatchString(foldTag(tag))
}

// foldTag returns a language tag in lower case. Tags that differ only in case are the same (RFC 5646, section 2.1.1).
func foldTag(tag string) string {
	return strings.Map(func(c rune) rune {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		return c
	}, tag)
}

// standardTag returns the well-formed tag of the language that a malformed one means, and an empty tag if it means
// none.
func standardTag(tag string) string {
	if meant := language.Make(tag); meant != language.Und {
		return meant.String()
	}
	return ""
}
