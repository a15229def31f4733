package terminal

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/procedo/procedo/adapters/i18n"
)

var (
	// clockForm matches 9:30, 9h30, 9.30, 9:30:15.5 and 9h, with or without am or pm.
	clockForm = regexp.MustCompile(`^(\d{1,2})(?: ?[h:.] ?(\d{2})?(?: ?(?:[:.]|mn?|min) ?(\d{2})(?:[.,](\d+))? ?s?)?)?` +
		` ?(a\.?m\.?|p\.?m\.?)?$`)
	compactClock = regexp.MustCompile(`^(\d{2})(\d{2})()()()$`)
	// offsetForm matches a text that ends with a UTC offset, such as Z, UTC, +01:00 or (GMT-3).
	offsetForm = regexp.MustCompile(`^(.*?\S) ?\(?(z|(?:utc|gmt)? ?([+-])(\d{1,2})(?::?(\d{2}))?|utc|gmt)\)?$`)
	// splitForm matches the separators between a date and a time.
	splitForm = regexp.MustCompile(` ?(?:, ?| à | at | |t) ?`)
)

// clockReading returns the time of day that a text stands for, in the form that is stored, or "".
func clockReading(text string) string {
	text = strings.ToLower(legible(text))
	m := clockForm.FindStringSubmatch(text)
	if m == nil {
		m = compactClock.FindStringSubmatch(text)
	}
	if m == nil || m[2] == "" && m[5] == "" && !strings.HasSuffix(text, "h") || m[2] == "" && m[3] != "" {
		return ""
	}
	hour, _ := strconv.Atoi(m[1])
	if m[5] != "" {
		if hour < 1 || hour > 12 {
			return ""
		}
		hour %= 12
		if m[5][0] == 'p' {
			hour += 12
		}
	}
	clock := fmt.Sprintf("%02d:%02s:%02s", hour, m[2], m[3])
	if m[4] != "" {
		clock += "." + m[4]
	}
	if _, err := time.Parse(time.TimeOnly, clock); err != nil {
		return ""
	}
	return clock
}

// dateTimeReadings returns the instants that a text can stand for, in the form that is stored. A text without a UTC
// offset is a local time in the zone. A local time that occurs twice, because clocks are put back, has two readings. A
// local time that does not occur, because clocks are put forward, has none; then skipped is true.
func dateTimeReadings(text string, order i18n.DateOrder, zone *time.Location) (all []string, skipped bool) {
	text = strings.ToLower(legible(text))
	if m := offsetForm.FindStringSubmatch(text); m != nil {
		if offset := offsetText(m[3], m[4], m[5]); offset != "" {
			for _, local := range localTimes(m[1], order) {
				all = append(all, local+offset)
			}
			if len(all) > 0 {
				return all, false
			}
		}
	}
	for _, local := range localTimes(text, order) {
		in := inZone(local, zone)
		all, skipped = append(all, in...), skipped || len(in) == 0
	}
	return all, skipped && len(all) == 0
}

// localTimes returns the dates with times, without UTC offsets, that a text can stand for. In the text, the date can be
// before or after the time.
func localTimes(text string, order i18n.DateOrder) (all []string) {
	for _, at := range splitForm.FindAllStringIndex(text, -1) {
		before, after := text[:at[0]], text[at[1]:]
		for _, part := range [][2]string{{before, after}, {after, before}} {
			clock := clockReading(part[1])
			if clock == "" {
				continue
			}
			for _, date := range dateReadings(part[0], order) {
				all = append(all, date+"T"+clock)
			}
		}
	}
	return distinct(all)
}

// offsetText returns a UTC offset in the form of RFC 3339, or "" if the offset is out of range. If sign is empty, the
// offset is zero.
func offsetText(sign, hours, minutes string) string {
	if sign == "" {
		return "Z"
	}
	h, _ := strconv.Atoi(hours)
	m, _ := strconv.Atoi(minutes)
	if h > 23 || m > 59 {
		return ""
	}
	return fmt.Sprintf("%s%02d:%02d", sign, h, m)
}

// inZone returns the instants at which clocks in a zone show a local time: none, one or two.
func inZone(local string, zone *time.Location) (all []string) {
	shown, err := time.Parse("2006-01-02T15:04:05", local)
	if err != nil {
		return nil
	}
	for _, near := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		_, offset := shown.Add(near).In(zone).Zone()
		at := shown.Add(-time.Duration(offset) * time.Second).In(zone)
		if _, same := at.Zone(); same == offset {
			all = append(all, local+at.Format("Z07:00"))
		}
	}
	return distinct(all)
}
