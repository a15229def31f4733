package i18n

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/procedo/procedo/core/decimal"
	"github.com/procedo/procedo/core/fault"
)

var (
	dateForm = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})(?:[Tt](\d{2}:\d{2}:\d{2}(?:\.\d+)?)([Zz]|[+-]\d{2}:\d{2}))?$`)
	timeForm = regexp.MustCompile(`^\d{2}:\d{2}:\d{2}(?:\.\d+)?$`)
)

// Number formats a decimal number for the region, with its decimal sign and its group separator. It works on the
// digits, so that no precision is lost. It returns any other text unchanged, including numbers in other notations, such
// as 1e3.
func (l Locale) Number(text string) string {
	if d, err := decimal.ParseGiven(text); err != nil || string(d) != text {
		return text
	}
	whole, fraction, hasFraction := strings.Cut(text, ".")
	digits, negative := strings.CutPrefix(whole, "-")
	var b strings.Builder
	if negative {
		b.WriteByte('-')
	}
	for i := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(l.format.group)
		}
		b.WriteByte(digits[i])
	}
	if hasFraction {
		b.WriteString(l.format.decimal + fraction)
	}
	return b.String()
}

// isBound reports whether a parameter is a lower or an upper bound. The value of such a parameter is a number, a date,
// a date and time, or a time of day.
func isBound(param string) bool { return param == "min" || param == "max" }

// boundsKind returns "date" if a bound in params is a date, with or without a time of day. It returns "time" if a bound
// is only a time of day, and "" if there is no such bound. Messages with dates or times have ids of their own, because
// they need other prepositions than messages with numbers.
func boundsKind(params fault.Params) string {
	for _, name := range []string{"min", "max"} {
		switch text, _ := params[name].(string); {
		case dateForm.MatchString(text):
			return "date"
		case timeForm.MatchString(text):
			return "time"
		}
	}
	return ""
}

// Value formats a number, a date, a date and time or a time of day for the region. It returns any other text
// unchanged.
func (l Locale) Value(text string) string {
	m := dateForm.FindStringSubmatch(text)
	switch {
	case m == nil && timeForm.MatchString(text):
		return l.clock(text)
	case m == nil:
		return l.Number(text)
	}
	day, err := time.Parse(time.DateOnly, m[1])
	if err != nil {
		return text
	}
	date := day.Format(l.format.date)
	if m[2] == "" {
		return date
	}
	at := l.clock(wholeSeconds(m[2]))
	return l.Text("format.date_time", fault.Params{"date": date, "time": at, "offset": offset(m[3])})
}

// wholeSeconds removes the fraction from a time if the fraction has more than three digits. Such a fraction comes from
// a computer's clock and is of no use to the reader.
func wholeSeconds(text string) string {
	if whole, fraction, _ := strings.Cut(text, "."); len(fraction) > 3 {
		return whole
	}
	return text
}

// clock formats a time of day, which is hh:mm:ss with or without a fraction. It omits the seconds if they are zero and
// have no fraction.
func (l Locale) clock(text string) string {
	whole, fraction, _ := strings.Cut(text, ".")
	if fraction != "" {
		fraction = l.format.decimal + fraction
	} else if minutes, ok := strings.CutSuffix(whole, ":00"); ok && len(minutes) == len("15:04") {
		whole = minutes
	}
	if !l.format.twelveHours {
		return whole + fraction
	}
	hour, err := strconv.Atoi(whole[:2])
	if err != nil || hour > 23 {
		return text
	}
	half := "AM"
	if hour >= 12 {
		half = "PM"
	}
	return strconv.Itoa((hour+11)%12+1) + whole[2:] + fraction + " " + half
}

// offset formats an RFC 3339 offset as UTC or UTC±hh:mm.
func offset(text string) string {
	if text == "Z" || text == "z" || text[1:] == "00:00" {
		return "UTC"
	}
	return "UTC" + text
}
