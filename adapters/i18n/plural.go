package i18n

import (
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"github.com/procedo/procedo/core/decimal"
)

// pluralForm returns the plural form for a number (CLDR, cardinal numbers). It returns false if the text is not a
// number.
func pluralForm(tag language.Tag, number string) (plural.Form, bool) {
	d, err := decimal.ParseGiven(number)
	if err != nil {
		return plural.Other, false
	}
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(string(d), "-"), ".")
	digits := []byte(whole + fraction)
	for i := range digits {
		digits[i] -= '0'
	}
	return plural.Cardinal.MatchDigits(tag, digits, len(whole), len(fraction)), true
}
