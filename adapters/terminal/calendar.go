package terminal

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/procedo/procedo/adapters/i18n"
)

// monthNames are the names of the months in both languages, in lower case and without accents.
var monthNames = [12][2]string{
	{"january", "janvier"},
	{"february", "fevrier"},
	{"march", "mars"},
	{"april", "avril"},
	{"may", "mai"},
	{"june", "juin"},
	{"july", "juillet"},
	{"august", "aout"},
	{"september", "septembre"},
	{"october", "octobre"},
	{"november", "novembre"},
	{"december", "decembre"}, //nolint:misspell // French
}

// unaccented returns a text in lower case without its accents.
func unaccented(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(strings.ToLower(text)))
}

// dateReadings returns the dates that a text can stand for, as YYYY-MM-DD. In 3.4.2026, the day comes first. In
// 3/4/2026, the order decides. A year of two digits can be in the last century or in this one.
func dateReadings(text string, order i18n.DateOrder) []string {
	text = legible(text)
	if len(text) == 8 && isDigits(text) {
		return compactDates(text, order)
	}
	words, separators := dateWords(text)
	if len(words) != 3 {
		return nil
	}
	if slices.ContainsFunc(words, func(word string) bool { return !isDigits(word) }) {
		return namedDates(words)
	}
	if separators[0] != separators[1] || separators[0] == "" {
		return nil
	}
	a, b, c := words[0], words[1], words[2]
	if len(a) == 4 {
		return dates(a, b, c)
	}
	if separators[0] == "." {
		return dates(c, b, a)
	}
	return ordered(c, a, b, order)
}

// ordered returns the dates with a year, and with a month and a day in an order. Where the month comes first, a text
// that makes no date that way is read with the day first, since it cannot mean anything else.
func ordered(year, first, second string, order i18n.DateOrder) []string {
	dayFirst, monthFirst := dates(year, second, first), dates(year, first, second)
	switch {
	case order == i18n.DayFirst:
		return dayFirst
	case order == i18n.MonthFirst && len(monthFirst) > 0:
		return monthFirst
	}
	return distinct(append(dayFirst, monthFirst...))
}

// compactDates returns the dates that eight digits can stand for, with the year at the beginning or at the end.
func compactDates(digits string, order i18n.DateOrder) []string {
	const firstYear = "1800" // four digits below this are more likely a day and a month than a year
	var all []string
	if digits[:4] >= firstYear {
		all = dates(digits[:4], digits[4:6], digits[6:])
	}
	if digits[4:] >= firstYear {
		all = append(all, ordered(digits[4:], digits[:2], digits[2:4], order)...)
	}
	return distinct(all)
}

// dateWords splits a date into its numbers and words, and the separators between them. It leaves out articles,
// prepositions and the endings of ordinal numbers, as in "the 23rd of November".
func dateWords(text string) (words, separators []string) {
	kind := func(r rune) int {
		switch {
		case r >= '0' && r <= '9':
			return 1
		case unicode.IsLetter(r):
			return 2
		}
		return 0
	}
	runes := []rune(unaccented(text))
	between := ""
	for i := 0; i < len(runes); {
		j := i
		for j < len(runes) && kind(runes[j]) == kind(runes[i]) {
			j++
		}
		word, ordinal := string(runes[i:j]), i > 0 && kind(runes[i-1]) == 1
		switch {
		case kind(runes[i]) == 0:
			between = strings.TrimSpace(word)
			if between == "" {
				between = " "
			}
		case word == "le" || word == "of" || word == "the" || word == "on" || word == "de":
		case ordinal && slices.Contains([]string{"er", "st", "nd", "rd", "th"}, word):
		default:
			if len(words) > 0 {
				separators = append(separators, between)
			}
			words, between = append(words, word), ""
		}
		i = j
	}
	return words, separators
}

// namedDates returns the dates that three words can stand for if one of them is the name of a month or its beginning.
// Of the two numbers, the year is the first if it has four digits, and otherwise the second.
func namedDates(words []string) (all []string) {
	at := slices.IndexFunc(words, func(word string) bool { return !isDigits(word) })
	numbers := slices.Delete(slices.Clone(words), at, at+1)
	if at < 0 || len(words[at]) < 3 || !isDigits(numbers[0]) || !isDigits(numbers[1]) {
		return nil
	}
	day, year := numbers[0], numbers[1]
	if len(day) == 4 {
		day, year = year, day
	}
	for i, names := range monthNames {
		if strings.HasPrefix(names[0], words[at]) || strings.HasPrefix(names[1], words[at]) ||
			words[at] == "sept" && i == 8 {
			all = append(all, dates(year, strconv.Itoa(i+1), day)...)
		}
	}
	return distinct(all)
}

// dates returns the valid dates with this year, month and day. A year of two digits is tried as 19xx and as 20xx.
func dates(year, month, day string) (all []string) {
	years := []string{year}
	switch {
	case len(year) == 2:
		years = []string{"19" + year, "20" + year}
	case len(year) != 4:
		return nil
	}
	if len(month) > 2 || len(day) > 2 {
		return nil
	}
	for _, y := range years {
		text := fmt.Sprintf("%s-%02s-%02s", y, month, day)
		if _, err := time.Parse(time.DateOnly, text); err == nil && y != "0000" {
			all = append(all, text)
		}
	}
	return all
}

func isDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// distinct returns texts without repetitions, in their order.
func distinct(texts []string) (all []string) {
	for _, t := range texts {
		if !slices.Contains(all, t) {
			all = append(all, t)
		}
	}
	return all
}
