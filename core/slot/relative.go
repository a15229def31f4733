package slot

import (
	"strings"
	"time"

	"github.com/procedo/procedo/core/fault"
)

// The words that begin a relative bound.
const (
	today = "today" // for date: the day of the act in the procedure's time zone
	now   = "now"   // for datetime: the time of the act
)

// The limits of a duration. They keep every bound within the years that a date can have.
const (
	maxAmountDigits = 6
	maxMonths       = 1_000 * 12
	maxDays         = 1_000 * 366
)

// offset is the duration of a relative bound, such as +P30D in today+P30D. Its parts have the same sign.
type offset struct {
	months int // added first; the day is then at most the last one of the month
	days   int // added to the result
	clock  time.Duration
}

// components are the components of a duration (ISO 8601-1, section 5.5.2), in the order in which they are written.
// Those after "T" belong to bounds of datetime only.
var components = []struct {
	unit  byte
	clock bool
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

// parseDuration parses a duration of whole components, each given at most once, in their order. It needs at least one
// component, and one after a "T".
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

// addTo returns t moved by the calendar part of the offset: the months first, then the days.
func (o offset) addTo(t time.Time) time.Time {
	if o.months == 0 && o.days == 0 {
		return t
	}
	month := time.Date(t.Year(), t.Month()+time.Month(o.months), 1, 0, 0, 0, 0, time.UTC)
	day := min(t.Day(), daysIn(month.Year(), int(month.Month())))
	return time.Date(month.Year(), month.Month(), day+o.days,
		t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
}

// IsRelative reports whether a bound of the slot depends on the time of the act.
func (s *Slot) IsRelative() bool { return s.relativeMin != nil || s.relativeMax != nil }

// BoundsAt returns the bounds of the slot for an act at the given time. Bounds that are not relative are returned
// unchanged, and a bound that is not set is absent.
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
	at = o.addTo(at).Add(o.clock)
	if s.Type == DateOnly {
		return DateValue(within(at).Format(time.DateOnly))
	}
	at = within(at)
	if _, seconds := at.Zone(); seconds%60 != 0 { // RFC 3339 offsets have no seconds
		at = at.UTC()
	}
	return TimestampValue(at.Format(time.RFC3339Nano))
}

// within returns t, or the nearest time whose year has four digits in every time zone.
func within(t time.Time) time.Time {
	first, last := time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case t.Before(first):
		return first
	case t.After(last):
		return last
	}
	return t
}

// CheckAt checks a value against the relative bounds, for an act at the given time. Check has checked everything else.
// A sealed value cannot be compared and passes.
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

// relativeRangeIsEmpty reports whether both bounds are relative and the minimum is above the maximum on every day. It
// tries the last days of each month of four years, where adding months makes the most difference.
func (s *Slot) relativeRangeIsEmpty() bool {
	if s.relativeMin == nil || s.relativeMax == nil {
		return false
	}
	for month := range 48 {
		for _, day := range []int{1, 28, 29, 30, 31} {
			at := time.Date(2000, time.Month(month+1), day, 12, 0, 0, 0, time.UTC)
			if least, most := s.BoundsAt(at); s.compare(least, most) <= 0 {
				return false
			}
		}
	}
	return true
}
