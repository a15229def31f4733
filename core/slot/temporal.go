package slot

import (
	"strings"
	"time"
)

// Dates and times have the formats of RFC 3339, section 5.6. Leap seconds (":60") are refused, because time.Time cannot
// represent them.

// isDate reports whether a text is a full-date.
func isDate(_ *Slot, text string) bool {
	if len(text) != len(time.DateOnly) || text[4] != '-' || text[7] != '-' {
		return false
	}
	year, ok1 := parseDigits(text[:4])
	month, ok2 := parseDigits(text[5:7])
	day, ok3 := parseDigits(text[8:])
	if !ok1 || !ok2 || !ok3 || year < 1 || month < 1 || month > 12 || day < 1 {
		return false
	}
	return day <= 28 || day <= daysIn(year, month) // every month has 28 days
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// isTime reports whether a text is a partial-time.
func isTime(_ *Slot, text string) bool {
	_, _, ok := parseTime(text)
	return ok
}

// parseTime parses a partial-time. It returns the seconds since midnight, and the digits of the fraction of a second
// without trailing zeros.
func parseTime(text string) (seconds int, fraction string, ok bool) {
	if len(text) < 8 || text[2] != ':' || text[5] != ':' {
		return 0, "", false
	}
	hour, ok1 := parseDigits(text[:2])
	minute, ok2 := parseDigits(text[3:5])
	second, ok3 := parseDigits(text[6:8])
	if !ok1 || !ok2 || !ok3 || hour > 23 || minute > 59 || second > 59 {
		return 0, "", false
	}
	if rest := text[8:]; rest != "" {
		if rest[0] != '.' || !onlyDigits(rest[1:]) {
			return 0, "", false
		}
		fraction = strings.TrimRight(rest[1:], "0")
	}
	return hour*3600 + minute*60 + second, fraction, true
}

// NormalTime returns a partial-time without zeros at the end of its fraction. Two times of day are equal if and only if
// their normal forms are the same text, and the earlier one has the lesser text.
func NormalTime(text string) string {
	if strings.IndexByte(text, '.') < 0 {
		return text
	}
	return strings.TrimRight(strings.TrimRight(text, "0"), ".")
}

func compareTimes(a, b string) int {
	secondsA, fractionA, _ := parseTime(a)
	secondsB, fractionB, _ := parseTime(b)
	if secondsA != secondsB {
		return secondsA - secondsB
	}
	return strings.Compare(fractionA, fractionB)
}

// isDateTime reports whether a text is a date-time.
func isDateTime(_ *Slot, text string) bool {
	_, _, ok := parseDateTime(text)
	return ok
}

// parseDateTime parses a date-time. It returns the Unix time in seconds, and the digits of the fraction of a second
// without trailing zeros. The year must be within 0001 to 9999, both as written and in UTC.
func parseDateTime(text string) (unix int64, fraction string, ok bool) {
	const date = len(time.DateOnly)
	if len(text) <= date || text[date] != 'T' && text[date] != 't' || !isDate(nil, text[:date]) {
		return 0, "", false
	}
	clock, offset, ok := cutOffset(text[date+1:])
	if !ok {
		return 0, "", false
	}
	seconds, fraction, ok := parseTime(clock)
	if !ok {
		return 0, "", false
	}
	day, err := time.Parse(time.DateOnly, text[:date])
	at := day.Add(time.Duration(seconds-offset) * time.Second)
	return at.Unix(), fraction, err == nil && at.Year() >= 1 && at.Year() <= 9999
}

// cutOffset splits a full-time into its partial-time and its offset, in seconds east of UTC.
func cutOffset(text string) (clock string, offset int, ok bool) {
	if clock, found := strings.CutSuffix(strings.ToUpper(text), "Z"); found {
		return clock, 0, true
	}
	i := len(text) - len("+00:00")
	if i < 0 || text[i] != '+' && text[i] != '-' || text[i+3] != ':' {
		return "", 0, false
	}
	hours, ok1 := parseDigits(text[i+1 : i+3])
	minutes, ok2 := parseDigits(text[i+4:])
	if !ok1 || !ok2 || hours > 23 || minutes > 59 {
		return "", 0, false
	}
	offset = hours*3600 + minutes*60
	if text[i] == '-' {
		offset = -offset
	}
	return text[:i], offset, true
}

func compareDateTimes(a, b string) int {
	unixA, fractionA, _ := parseDateTime(a)
	unixB, fractionB, _ := parseDateTime(b)
	switch {
	case unixA < unixB:
		return -1
	case unixA > unixB:
		return 1
	}
	return strings.Compare(fractionA, fractionB)
}

// Instant returns the time of a value of TimestampShape, in UTC and truncated to microseconds. It reports false for
// other shapes.
func (v Value) Instant() (time.Time, bool) {
	if v.shape != TimestampShape {
		return time.Time{}, false
	}
	unix, fraction, ok := parseDateTime(v.text)
	micro, _ := parseDigits((fraction + "000000")[:6])
	return time.Unix(unix, int64(micro)*int64(time.Microsecond)).UTC(), ok
}

// parseDigits parses a text of ASCII digits. The text must be short enough to fit an int.
func parseDigits(digits string) (int, bool) {
	n := 0
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return 0, false
		}
		n = n*10 + int(digits[i]-'0')
	}
	return n, digits != ""
}

func onlyDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
