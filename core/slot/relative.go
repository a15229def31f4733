package slot

import (
	"strings"
	"sync"
	"time"

	"github.com/procedo/procedo/core/fault"
)

// The words that begin a relative bound. The time zone is that of the procedure.
const (
	today = "today" // for date: the day on which the value is submitted
	now   = "now"   // for datetime: the time at which the value is submitted
)

// The limits of a duration. They prevent overflow when the components of a duration are added.
const (
	maxAmountDigits = 6
	maxMonths       = 1_000 * 12
	maxDays         = 1_000 * 366
)

// offset is the duration of a relative bound, such as +P30D in today+P30D. Its parts have the same sign.
type offset struct {
	months int // added first; 31 January plus one month is the last day of February
	days   int // added second
	clock  time.Duration
}

// components are the components of a duration (ISO 8601-1, section 5.5.2), in the order in which they are written.
var components = []struct {
	unit  byte
	clock bool // whether the component is written after "T", which only bounds of datetime may contain
	add   func(o *offset, n int)
}{
	{'Y', false, func(o *offset, n int) { o.months += 12 * n }},
	{'M', false, func(o *offset, n int) { o.months += n }},
	{'W', false, func(o *offset, n int) { o.days += 7 * n }},
	{'D', false, func(o *offset, n int) { o.days += n }},
	{'H', true, func(o *offset, n int) { o.clock += time.Duration(n) * time.Hour }},
	{'M', true, func(o *offset, n int) { o.clock += time.Duration(n) * time.Minute }},
	{'S', true, func(o *offset, n int) { o.clock += time.Duration(n) * time.Second }},
}

// parseRelative parses a relative bound of the type, such as today-P18Y or now+PT4H.
func parseRelative(t Type, text string) (*offset, bool) {
	word, hasClock := today, false
	switch t {
	case DateOnly:
	case DateTime:
		word, hasClock = now, true
	default:
		return nil, false
	}
	rest, ok := strings.CutPrefix(text, word)
	if !ok {
		return nil, false
	}
	if rest == "" {
		return &offset{}, true
	}
	o, ok := parseDuration(rest[1:], hasClock)
	if !ok || rest[0] != '+' && rest[0] != '-' {
		return nil, false
	}
	if rest[0] == '-' {
		o = offset{-o.months, -o.days, -o.clock}
	}
	return &o, true
}

// parseDuration parses a duration such as P1Y2M. Each component is a whole number with its unit. A component may occur
// only once, and the order is that of the variable components. There must be at least one component and, if there is a
// "T", at least one after it.
func parseDuration(text string, hasClock bool) (o offset, ok bool) {
	text, ok = strings.CutPrefix(text, "P")
	calendar, clock, hasT := strings.Cut(text, "T")
	if !ok || text == "" || hasT && (!hasClock || clock == "") {
		return o, false
	}
	for _, c := range components {
		part := &calendar
		if c.clock {
			part = &clock
		}
		digits := len(*part) - len(strings.TrimLeft(*part, "0123456789"))
		if digits == 0 || digits == len(*part) || (*part)[digits] != c.unit {
			continue
		}
		if digits > maxAmountDigits {
			return o, false
		}
		n, _ := parseDigits((*part)[:digits])
		c.add(&o, n)
		*part = (*part)[digits+1:]
	}
	return o, calendar == "" && clock == "" && o.months <= maxMonths && o.days <= maxDays
}

// addTo adds the months of the offset to t, and then the days. It does not add the clock part.
func (o offset) addTo(t time.Time) time.Time {
	if o.months == 0 && o.days == 0 {
		return t
	}
	month := time.Date(t.Year(), t.Month()+time.Month(o.months), 1, 0, 0, 0, 0, time.UTC)
	day := min(t.Day(), daysIn(month.Year(), int(month.Month())))
	return time.Date(month.Year(), month.Month(), day+o.days,
		t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
}

// IsRelative reports whether a bound of the slot depends on the time at which a value is submitted.
func (s *Slot) IsRelative() bool { return s.relativeMin != nil || s.relativeMax != nil }

// BoundsAt returns the bounds for a value that is submitted at the given time. A bound that is not relative is returned
// unchanged. An absent value is returned in place of a bound that the slot does not have.
func (s *Slot) BoundsAt(at time.Time) (least, most Value) {
	least, most = s.Min, s.Max
	if s.relativeMin != nil {
		least = s.boundAt(*s.relativeMin, at)
	}
	if s.relativeMax != nil {
		most = s.boundAt(*s.relativeMax, at)
	}
	return least, most
}

func (s *Slot) boundAt(o offset, at time.Time) Value {
	if s.Zone != nil {
		at = at.In(s.Zone)
	} else {
		at = at.UTC()
	}
	if s.Type == DateOnly { // counted without times: in some zones, a day can begin at 01:00
		day := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
		return DateValue(clamp(o.addTo(day)).Format(time.DateOnly))
	}
	at = clamp(o.addTo(at).Add(o.clock))
	_, seconds := at.Zone()
	if seconds%60 != 0 || at.Year() < 1 || at.Year() > 9999 { // RFC 3339 cannot represent it in this time zone
		at = at.UTC()
	}
	return TimestampValue(at.Format(time.RFC3339Nano))
}

// The first and the last time that a value can have.
var (
	firstTime = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	lastTime  = time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC)
)

// clamp returns t if it is in the years 1 to 9999 in UTC, and otherwise the nearest time that is.
func clamp(t time.Time) time.Time {
	switch {
	case t.Before(firstTime):
		return firstTime
	case t.After(lastTime):
		return lastTime
	}
	return t
}

// CheckAt checks a value that is submitted at the given time against the relative bounds. Check checks all other
// constraints. A sealed value has no issue, because it cannot be compared.
func (s *Slot) CheckAt(v Value, at time.Time) *fault.Issue {
	if !s.IsRelative() || v.IsAbsent() || v.Shape() == SealedShape {
		return nil
	}
	least, most := s.BoundsAt(at)
	if s.relativeMin != nil && s.compare(v, least) < 0 {
		return s.issue("validation.min", fault.Params{"min": least.Text()})
	}
	if s.relativeMax != nil && s.compare(v, most) > 0 {
		return s.issue("validation.max", fault.Params{"max": most.Text()})
	}
	return nil
}

// maxZoneChange is the greatest difference between two offsets of one time zone.
const maxZoneChange = 26 * time.Hour

// relativeRangeIsEmpty reports whether both bounds are relative and the minimum is above the maximum on every day. It
// returns false if the effort for looking at every month does not suffice.
func (s *Slot) relativeRangeIsEmpty(effort *int) bool {
	if s.relativeMin == nil || s.relativeMax == nil || s.relativeMin.isFar() || s.relativeMax.isFar() {
		return false
	}
	least, most := *s.relativeMin, *s.relativeMax
	allowed := most.clock - least.clock
	if s.Type == DateTime && s.Zone != nil && s.Zone != time.UTC && (least.hasCalendar() || most.hasCalendar()) {
		allowed += maxZoneChange // the days that are added may have 23 or 25 hours
	}
	// A number of months has at most a few days more or less than the same number of average months.
	const tolerance = 8
	average := float64(least.months-most.months)*cycleDays/cycleMonths + float64(least.days-most.days)
	if difference := average - allowed.Hours()/24; difference < -tolerance || difference > tolerance {
		return difference > 0
	}
	if *effort -= cycleMonths / 8; *effort < 0 {
		return false
	}
	for month := range cycleMonths {
		for _, day := range []int{1, 28, 29, 30, 31} { // the first 28 days have the same outcome
			between := least.dayAfter(month, day) - most.dayAfter(month, day)
			if time.Duration(between)*24*time.Hour <= allowed {
				return false
			}
		}
	}
	return true
}

func (o offset) hasCalendar() bool { return o.months != 0 || o.days != 0 }

// isFar reports whether the offset may lead out of the years 1 to 9999, to which bounds are limited.
func (o offset) isFar() bool {
	const years = 1900
	days := o.months*31 + o.days + int(o.clock/(24*time.Hour))
	return max(days, -days) > years*365
}

// The calendar repeats after 400 years.
const (
	cycleMonths = 400 * 12
	cycleDays   = 146_097
)

// dayAfter returns the number of the day to which the months and days of the offset lead from a day of a month of the
// cycle, which begins in January 2000. A day that its month does not have counts as the last one.
func (o offset) dayAfter(month, day int) int {
	starts := monthStarts()
	month += o.months
	cycle := month / cycleMonths
	if month %= cycleMonths; month < 0 {
		month, cycle = month+cycleMonths, cycle-1
	}
	length := starts[month+1] - starts[month]
	return cycle*cycleDays + starts[month] + min(day, length) + o.days
}

// monthStarts returns the number of the first day of each month of the cycle, and of the month after it.
var monthStarts = sync.OnceValue(func() []int {
	starts := make([]int, cycleMonths+1)
	for month := range cycleMonths {
		starts[month+1] = starts[month] + daysIn(2000+month/12, month%12+1)
	}
	return starts
})
