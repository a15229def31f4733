package slot_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/slot"
)

// bounded returns a compiled slot with the bounds; an empty text means no bound.
func bounded(t testing.TB, typ slot.Type, zone, least, most string) *slot.Slot {
	t.Helper()
	s := slot.Slot{Type: typ, Zone: location(t, zone)}
	for text, bound := range map[*string]*slot.Value{&least: &s.Min, &most: &s.Max} {
		if *text != "" {
			v, ok := s.ReadBound([]byte(`"` + *text + `"`))
			require.True(t, ok, *text)
			*bound = v
		}
	}
	return compile(t, s)
}

func location(t testing.TB, zone string) *time.Location {
	t.Helper()
	loaded, err := time.LoadLocation(zone)
	require.NoError(t, err)
	return loaded
}

func instant(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, text)
	require.NoError(t, err)
	return at
}

func TestRelativeBoundsAreComputedFromTheTimeOfSubmission(t *testing.T) {
	for _, c := range []struct {
		bound, zone, at, want string
	}{
		{"today", "", "2026-11-28T23:30:00Z", "2026-11-28"},
		{"today", "Europe/Zurich", "2026-11-28T23:30:00Z", "2026-11-29"},
		{"today", "Pacific/Honolulu", "2026-11-28T09:59:00Z", "2026-11-27"},
		{"today+P30D", "", "2026-11-28T12:00:00Z", "2026-12-28"},
		{"today-P18Y", "", "2026-11-28T12:00:00Z", "2008-11-28"},
		{"today+P2W", "", "2026-11-28T12:00:00Z", "2026-12-12"},
		{"today+P1M", "", "2026-01-31T12:00:00Z", "2026-02-28"},
		{"today-P1M", "", "2024-03-31T12:00:00Z", "2024-02-29"},
		{"today+P1Y", "", "2024-02-29T12:00:00Z", "2025-02-28"},
		{"today-P18Y", "", "2026-02-28T12:00:00Z", "2008-02-28"},
		{"today+P1M1D", "", "2026-01-31T12:00:00Z", "2026-03-01"},
		{"today-P1Y1M1W1D", "", "2026-03-31T12:00:00Z", "2025-02-20"},
		{"today-P14M", "", "2026-01-15T12:00:00Z", "2024-11-15"},
		{"today+P1D", "Atlantic/Azores", "2024-03-30T01:15:00Z", "2024-03-31"}, // that day begins at 01:00
		{"today+P1M", "America/Santiago", "2024-08-08T04:15:00Z", "2024-09-08"},
		{"today-P1D", "America/Havana", "2024-03-11T04:15:00Z", "2024-03-10"},
		{"today+P0D", "", "2026-01-15T12:00:00Z", "2026-01-15"},
		{"today-P1000Y", "", "2026-01-15T12:00:00Z", "1026-01-15"},
		{"today+P1000Y", "", "9990-01-15T12:00:00Z", "9999-12-31"},
		{"now", "", "2026-11-28T12:00:00.123456Z", "2026-11-28T12:00:00.123456Z"},
		{"now+PT4H", "Europe/Zurich", "2026-11-28T12:00:00Z", "2026-11-28T17:00:00+01:00"},
		{"now-PT4H", "America/New_York", "2026-07-01T12:00:00Z", "2026-07-01T04:00:00-04:00"},
		{"now-PT1H30M15S", "", "2026-11-28T12:00:00Z", "2026-11-28T10:29:45Z"},
		{"now+P1M", "", "2026-01-31T12:00:00Z", "2026-02-28T12:00:00Z"},
		{"now+P1D", "Europe/Zurich", "2026-10-24T10:00:00Z", "2026-10-25T12:00:00+01:00"},
		{"now+PT24H", "Europe/Zurich", "2026-10-24T10:00:00Z", "2026-10-25T11:00:00+01:00"},
		{"now+P1DT2H", "", "2026-11-28T12:00:00Z", "2026-11-29T14:00:00Z"},
		{"now-P200Y", "Europe/Zurich", "2026-11-28T12:00:00Z", "1826-11-28T12:25:52Z"},
	} {
		typ := slot.DateOnly
		if c.bound[0] == 'n' {
			typ = slot.DateTime
		}
		s := bounded(t, typ, c.zone, c.bound, c.bound)
		least, most := s.BoundsAt(instant(t, c.at))
		require.Equal(t, c.want, least.Text(), "%s in %s at %s", c.bound, c.zone, c.at)
		require.Equal(t, least, most)
		require.Nil(t, s.CheckAt(least, instant(t, c.at)), "a bound is within the bounds")
	}
}

// Where summer time begins at midnight, a day has no time between 00:00 and 01:00.
func TestBoundsInDaysDoNotDependOnTheTimeOfDay(t *testing.T) {
	zones := []string{
		"Africa/Cairo", "America/Asuncion", "America/Havana", "America/Santiago", "Atlantic/Azores", "Asia/Beirut",
		"Australia/Lord_Howe", "Europe/Zurich", "Pacific/Apia", "UTC",
	}
	for _, name := range zones {
		zone, bounds := location(t, name), bounded(t, slot.DateOnly, name, "today-P31D", "today+P1D")
		for day := range 30 * 366 {
			at := time.Date(1995, 1, 1+day, 0, 15, 0, 0, zone)
			today := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
			least, most := bounds.BoundsAt(at)
			got := least.Text() + " to " + most.Text()
			want := today.AddDate(0, 0, -31).Format(time.DateOnly) + " to " + today.AddDate(0, 0, 1).Format(time.DateOnly)
			if got != want { // require takes seconds for so many
				t.Fatalf("at %s: %s instead of %s", at, got, want)
			}
		}
	}
}

func TestInvalidRelativeBoundsAreRefused(t *testing.T) {
	for typ, bounds := range map[slot.Type][]string{
		slot.DateOnly: {
			"now", "Today", "TODAY", " today", "today ", "today+", "today+P", "today+30D", "todayP30D", "today+P30",
			"today+PT4H", "today+P1DT4H", "today+P1DT", "today+P-1D", "today--P1D", "today+P1.5D", "today+P1D1M", "today+P1D1D",
			"today+p1d", "today + P1D", "today*P1D", "today+P1000001D", "today+P1001Y", "today+P366001D", "today+P1H",
			"today+P1S", "tomorrow", "today+P1D+P1D", "today+P99999999999999999999D", "today−P1D",
		},
		slot.DateTime: {
			"today", "now+PT", "now+P", "now+P4H", "now+PT4H1D", "now+PT4S1H", "now+PT1D", "now+P1T4H", "now+T4H",
		},
		slot.TimeOfDay: {"now", "now+PT4H", "today"},
		slot.Integer:   {"today", "now"},
		slot.Decimal:   {"today", "now"},
	} {
		for _, text := range bounds {
			s := slot.Slot{Type: typ}
			_, ok := s.ReadBound([]byte(`"` + text + `"`))
			require.False(t, ok, "%s %q", typ, text)
		}
	}
}

func TestIssuesOfRelativeBoundsContainTheComputedBound(t *testing.T) {
	at := instant(t, "2026-11-28T23:30:00Z")
	adult := bounded(t, slot.DateOnly, "Europe/Zurich", "1900-01-01", "today-P18Y")
	due := bounded(t, slot.DateOnly, "Europe/Zurich", "today", "today+P30D")
	recent := bounded(t, slot.DateTime, "Europe/Zurich", "now-PT4H", "now")
	for _, c := range []struct {
		s      *slot.Slot
		raw    string
		code   string
		params fault.Params
	}{
		{adult, `"2008-11-29"`, "", nil},
		{adult, `"2008-11-30"`, "max", fault.Params{"max": "2008-11-29"}},
		{due, `"2026-11-29"`, "", nil},
		{due, `"2026-11-28"`, "min", fault.Params{"min": "2026-11-29"}},
		{due, `"2026-12-29"`, "", nil},
		{due, `"2026-12-30"`, "max", fault.Params{"max": "2026-12-29"}},
		{recent, `"2026-11-28T18:30:00-05:00"`, "", nil},
		{recent, `"2026-11-29T00:30:01+01:00"`, "max", fault.Params{"max": "2026-11-29T00:30:00+01:00"}},
		{recent, `"2026-11-28T19:29:59.9Z"`, "min", fault.Params{"min": "2026-11-28T20:30:00+01:00"}},
		{due, `null`, "", nil},
	} {
		v, issue := c.s.Check([]byte(c.raw))
		require.Nil(t, issue, "Check leaves relative bounds to CheckAt")
		issue = c.s.CheckAt(v, at)
		if c.code == "" {
			require.Nil(t, issue, c.raw)
			continue
		}
		require.Equal(t, &fault.Issue{Field: "slots.x", Code: "validation." + c.code, Params: c.params}, issue, c.raw)
	}
	_, issue := adult.Check([]byte(`"1899-12-31"`))
	require.Equal(t, "validation.min", issue.Code, "Check checks the bounds that are not relative")
	require.Nil(t, due.CheckAt(slot.SealedValue("00"), at), "a sealed value cannot be compared")
}

func TestRelativeBoundsThatExcludeEachOtherAreFindings(t *testing.T) {
	for _, c := range []struct {
		typ         slot.Type
		least, most string
		want        []string
	}{
		{slot.DateOnly, "today+P1D", "today", []string{"/s/min range"}},
		{slot.DateOnly, "today+P1Y", "today+P364D", []string{"/s/min range"}},
		{slot.DateOnly, "today+P1M", "today+P27D", []string{"/s/min range"}},
		{slot.DateTime, "now+PT4H", "now", []string{"/s/min range"}},
		{slot.DateOnly, "today+P4Y", "today+P1459D", []string{"/s/min range"}},
		{slot.DateOnly, "today+P4Y", "today+P1460D", nil}, // around 2100, four years have 1460 days
		{slot.DateOnly, "today+P400Y", "today+P146096D", []string{"/s/min range"}},
		{slot.DateOnly, "today+P400Y", "today+P146097D", nil},
		{slot.DateOnly, "today-P59D", "today-P2M", nil},
		{slot.DateOnly, "today-P58D", "today-P2M", []string{"/s/min range"}},
		{slot.DateTime, "now+P1M", "now+PT672H", nil},
		{slot.DateTime, "now+P1M", "now+PT671H", []string{"/s/min range"}},
		{slot.DateTime, "now-P1000Y366000DT999999H", "now", nil},
		{slot.DateOnly, "today", "today", nil},
		{slot.DateOnly, "today+P1M", "today+P28D", nil}, // one day is in the range on 31 January
		{slot.DateOnly, "today+P1Y", "today+P365D", nil},
		{slot.DateOnly, "2030-01-01", "today", nil}, // the range is not empty from 2030 on
		{slot.DateTime, "now-PT4H", "now", nil},
	} {
		s := slot.Slot{Type: c.typ}
		s.Min, _ = s.ReadBound([]byte(`"` + c.least + `"`))
		s.Max, _ = s.ReadBound([]byte(`"` + c.most + `"`))
		require.Equal(t, c.want, findings(s), "%s to %s", c.least, c.most)
	}
}

// TestRangesThatExcludeEachOtherAreThoseThatAreEmptyOnEveryDay compares the finding with the bounds of each day of 400
// years.
func TestRangesThatExcludeEachOtherAreThoseThatAreEmptyOnEveryDay(t *testing.T) {
	for _, bounds := range [][2]string{
		{"today+P4Y", "today+P1460D"}, {"today+P8Y", "today+P2920D"}, {"today+P8Y", "today+P2919D"},
		{"today+P1M", "today+P28D"}, {"today+P13M", "today+P1Y27D"}, {"today+P1Y1M", "today+P13M"},
		{"today+P3M", "today+P89D"}, {"today-P27D", "today-P1M"}, {"today-P1Y", "today-P366D"}, {"today+P2M1D", "today+P60D"},
	} {
		s := slot.Slot{Type: slot.DateOnly}
		s.Min, _ = s.ReadBound([]byte(`"` + bounds[0] + `"`))
		s.Max, _ = s.ReadBound([]byte(`"` + bounds[1] + `"`))
		require.Empty(t, s.Compile("/s", slot.NewPatterns()))
		found := len(findings(s)) > 0
		empty := true
		for at := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2401 && empty; at = at.AddDate(0, 0, 1) {
			least, most := s.BoundsAt(at)
			empty = least.Text() > most.Text()
		}
		require.Equal(t, empty, found, bounds)
	}
}

func TestRelativeBoundsEndWithTheYears1And9999(t *testing.T) {
	for _, zone := range []string{"UTC", "Europe/Zurich", "America/New_York", "Pacific/Auckland"} {
		early := bounded(t, slot.DateTime, zone, "now-P1000Y366000DT999999H", "now")
		late := bounded(t, slot.DateTime, zone, "now", "now+P1000Y366000DT999999H")
		for raw, at := range map[string]string{
			`"0001-01-01T00:00:00Z"`: "2026-11-28T12:00:00Z", `"0001-01-01T00:00:00.000000001Z"`: "2026-11-28T12:00:00Z",
		} {
			v, issue := early.Check([]byte(raw))
			require.Nil(t, issue)
			require.Nil(t, early.CheckAt(v, instant(t, at)), "%s in %s", raw, zone)
		}
		v, issue := late.Check([]byte(`"9999-12-31T23:59:59.999999Z"`))
		require.Nil(t, issue)
		require.Nil(t, late.CheckAt(v, instant(t, "9000-01-01T00:00:00Z")), zone)
	}
	days := bounded(t, slot.DateOnly, "Pacific/Auckland", "today-P1000Y366000D", "today+P1000Y366000D")
	for raw, at := range map[string]string{
		`"0001-01-01"`: "1990-01-01T00:00:00Z", `"9999-12-31"`: "9000-01-01T00:00:00Z",
	} {
		v, issue := days.Check([]byte(raw))
		require.Nil(t, issue)
		require.Nil(t, days.CheckAt(v, instant(t, at)), raw)
	}
}

// The months of a bound are added to the day of the submission. The result is the same day of a later month, or the
// last day of that month if it is too short. The days of the bound are added to this result.
func TestMonthsAreAddedBeforeDays(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		day := time.Date(rapid.IntRange(1900, 2200).Draw(rt, "year"), 1, 1+rapid.IntRange(0, 365).Draw(rt, "day"),
			0, 0, 0, 0, time.UTC)
		months := rapid.IntRange(0, 500).Draw(rt, "months")
		days := rapid.IntRange(0, 500).Draw(rt, "days")
		s := bounded(t, slot.DateOnly, "", duration("today+P", months, 0), duration("today+P", months, days))
		least, most := s.BoundsAt(day)
		monthOnly, err := time.Parse(time.DateOnly, least.Text())
		require.NoError(rt, err)
		last := time.Date(day.Year(), day.Month()+time.Month(months)+1, 0, 0, 0, 0, 0, time.UTC)
		want := time.Date(last.Year(), last.Month(), min(day.Day(), last.Day()), 0, 0, 0, 0, time.UTC)
		require.Equal(rt, want, monthOnly)
		require.Equal(rt, want.AddDate(0, 0, days).Format(time.DateOnly), most.Text())
	})
}

func duration(start string, months, days int) string {
	return start + strconv.Itoa(months) + "M" + strconv.Itoa(days) + "D"
}

func TestDecimalsLimitTheDigitsAfterThePoint(t *testing.T) {
	none, two := 0, 2
	for _, c := range []struct {
		decimals *int
		raw      string
		ok       bool
	}{
		{&two, `99.50`, true},
		{&two, `99.5`, true},
		{&two, `99`, true},
		{&two, `99.500`, false},
		{&two, `0.001`, false},
		{&two, `1e-2`, true},
		{&two, `1e-3`, false},
		{&two, `1.2345e2`, true},
		{&two, `-0.00`, true},
		{&two, `-0.000`, false},
		{&none, `1.0`, false},
		{&none, `1e3`, true},
		{&none, `12`, true},
	} {
		_, issue := compile(t, slot.Slot{Type: slot.Decimal, Decimals: c.decimals}).Check([]byte(c.raw))
		if c.ok {
			require.Nil(t, issue, c.raw)
			continue
		}
		require.Equal(t, &fault.Issue{
			Field: "slots.x", Code: "validation.decimals", Params: fault.Params{"decimals": *c.decimals},
		}, issue, c.raw)
	}
}

func TestDecimalsAndUnitApplyOnlyToNumbers(t *testing.T) {
	two := 2
	for _, typ := range slot.Types {
		s := slot.Slot{Type: typ, Decimals: &two, Unit: "CHF", Options: []string{"a"}}
		if typ != slot.Enum && typ != slot.MultiEnum {
			s.Options = nil
		}
		var want []string
		if typ != slot.Decimal {
			want = append(want, "/s/decimals constraint_not_applicable")
		}
		if !typ.Numeric() {
			want = append(want, "/s/unit constraint_not_applicable")
		}
		require.Equal(t, want, findings(s), typ)
	}
}
