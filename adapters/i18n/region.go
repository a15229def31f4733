package i18n

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/language"
)

// DateOrder says how a date of numbers, such as 3/4/2026, is read.
type DateOrder int

// The orders.
const (
	AnyOrder   DateOrder = iota // the day or the month can come first
	DayFirst                    // as in Europe
	MonthFirst                  // as in the United States
)

// format is how a language or a region writes numbers, dates and times of day.
type format struct {
	decimal, group string
	date           string // layout for time.Time.Format
	twelveHours    bool
	plain          bool // dates are typed in the form that is stored
	order          DateOrder
	// list separates the cells of CSV in the spreadsheets of the region.
	list string
}

// swiss is the format of Switzerland and Liechtenstein in all their languages: numbers as in the federal
// administration's rules of spelling ("Schreibweisungen", number 514), dates as in CLDR.
var swiss = format{decimal: ".", group: "'", date: "02.01.2006", order: DayFirst, list: ";"}

// formats are the formats by language, or by language and region where the region differs from the language. Except for
// swiss, they follow CLDR 46; the months of English dates are words, because their order differs between regions.
var formats = map[string]format{
	"en":    {decimal: ".", group: ",", date: "2 January 2006", list: ",", plain: true},
	"en-GB": {decimal: ".", group: ",", date: "2 January 2006", order: DayFirst, list: ","},
	"en-IE": {decimal: ".", group: ",", date: "2 January 2006", order: DayFirst, list: ","},
	"en-AU": {decimal: ".", group: ",", date: "2 January 2006", order: DayFirst, list: ",", twelveHours: true},
	"en-NZ": {decimal: ".", group: ",", date: "2 January 2006", order: DayFirst, list: ",", twelveHours: true},
	"en-US": {decimal: ".", group: ",", date: "January 2, 2006", order: MonthFirst, list: ",", twelveHours: true},
	"en-CA": {decimal: ".", group: ",", date: "January 2, 2006", list: ",", twelveHours: true},
	"en-AT": {decimal: ",", group: "\u00a0", date: "2 January 2006", order: DayFirst, list: ";"},
	"en-BE": {decimal: ",", group: ".", date: "2 January 2006", order: DayFirst, list: ";"},
	"en-DE": {decimal: ",", group: ".", date: "2 January 2006", order: DayFirst, list: ";"},
	"fr":    {decimal: ",", group: "\u202f", date: "02/01/2006", order: DayFirst, list: ";"},
	"fr-CA": {decimal: ",", group: "\u00a0", date: "2006-01-02", order: DayFirst, list: ";"},
	"fr-LU": {decimal: ",", group: ".", date: "02/01/2006", order: DayFirst, list: ";"},
	"de":    {decimal: ",", group: ".", date: "02.01.2006", order: DayFirst, list: ";"},
	"de-AT": {decimal: ",", group: "\u00a0", date: "02.01.2006", order: DayFirst, list: ";"},
	"it":    {decimal: ",", group: ".", date: "02/01/2006", order: DayFirst, list: ";"},
}

// formatOf returns the format for the language of the messages and the languages that the caller asked for. The region
// of the preferred language determines it. A language that has neither messages nor a region does not.
func formatOf(messages language.Tag, wanted []language.Tag) format {
	if len(wanted) == 0 {
		return formats[messages.String()]
	}
	base, _ := wanted[0].Base()
	region, confidence := wanted[0].Region()
	switch {
	case confidence != language.Exact: // the region is only likely
	case region.String() == "CH" || region.String() == "LI":
		return swiss
	default:
		for _, name := range []string{base.String() + "-" + region.String(), base.String()} {
			if f, ok := formats[name]; ok {
				return f
			}
		}
	}
	return formats[messages.String()]
}

// Region returns the region that the caller asked for, such as "CH", or "".
func (l Locale) Region() string {
	if len(l.wanted) > 0 {
		if region, confidence := l.wanted[0].Region(); confidence == language.Exact {
			return region.String()
		}
	}
	return ""
}

// Header returns the languages that the caller asked for, with their regions, as the value of an Accept-Language
// header.
func (l Locale) Header() string {
	if len(l.wanted) == 0 {
		return l.Language()
	}
	all := make([]string, len(l.wanted))
	for i, tag := range l.wanted {
		all[i] = tag.String()
	}
	return strings.Join(all, ", ")
}

// DecimalSign returns the character before the decimals of a number.
func (l Locale) DecimalSign() byte { return l.format.decimal[0] }

// Typed formats a number, a date, a date and time or a time of day as a person of the region would type it: a number
// without groups, and a date of a reader without a region as it is stored. It returns any other text unchanged.
func (l Locale) Typed(text string) string {
	l.format.group = ""
	if l.format.plain && !timeForm.MatchString(text) {
		return text
	}
	return l.Value(text)
}

// DateOrder returns how a date of numbers is read.
func (l Locale) DateOrder() DateOrder { return l.format.order }

// ListSeparator returns the character between the cells of CSV that spreadsheets of the region expect.
func (l Locale) ListSeparator() rune { return rune(l.format.list[0]) }

// Phone returns an example of a phone number, in international form, for the region of a slot or, without one, for the
// region of the reader.
func (l Locale) Phone(region string) string {
	for _, name := range []string{region, l.Region(), "FR"} {
		if n := phonenumbers.GetExampleNumber(strings.ToUpper(name)); n != nil {
			return phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
		}
	}
	return ""
}
