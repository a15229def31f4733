package slot_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/slot"
)

// compile returns the slot, named x and ready for Check. The slot must have no findings.
func compile(t testing.TB, s slot.Slot) *slot.Slot {
	t.Helper()
	s.Name = "x"
	require.Empty(t, s.Compile("/s", slot.NewPatterns()))
	return &s
}

// unconstrained returns a slot of the type without constraints. A type that requires options gets the options
// "a", "b" and "A".
func unconstrained(t testing.TB, typ slot.Type) *slot.Slot {
	t.Helper()
	s := slot.Slot{Type: typ}
	if typ == slot.Enum || typ == slot.MultiEnum {
		s.Options = []string{"a", "b", "A"}
	}
	return compile(t, s)
}

// outcome returns the outcome of Check: the value's canonical bytes, "absent", or the code of the issue.
func outcome(s *slot.Slot, raw string) string {
	v, issue := s.Check([]byte(raw))
	switch {
	case issue != nil:
		return strings.TrimPrefix(issue.Code, "validation.")
	case v.IsAbsent():
		return "absent"
	}
	return string(v.AppendCanonical(nil))
}

// testOutcomes checks the outcome of each raw JSON value. The keys of cases are the values.
func testOutcomes(t *testing.T, s *slot.Slot, cases map[string]string) {
	t.Helper()
	for raw, want := range cases {
		t.Run(raw, func(t *testing.T) { require.Equal(t, want, outcome(s, raw)) })
	}
}

func TestCheckOfEachType(t *testing.T) {
	for typ, cases := range map[slot.Type]map[string]string{
		slot.String: {
			`"a"`:            `"a"`,
			`" a "`:          `" a "`,
			`"é\u0041"`:      `"éA"`,
			`"\ud83d\ude00"`: `"😀"`,
			`"a\tb"`:         `"a\tb"`,
			`""`:             "absent",
			`" \t "`:         "absent",
			`null`:           "absent",
			`"\u00a0"`:       "absent",
			`"a\nb"`:         "pattern",
			`"a\rb"`:         "pattern",
			`"a\u2028b"`:     "pattern",
			`"a\u0085b"`:     "pattern",
			`1`:              "type",
			`true`:           "type",
			`["a"]`:          "type",
			`{}`:             "type",
			`"\ud800"`:       "type",
			"\"\xff\"":       "type",
			`"a\u0000"`:      "type",
		},
		slot.LongText: {
			`"a\nb"`: `"a\nb"`,
			`"\n"`:   "absent",
			`1`:      "type",
		},
		slot.Integer: {
			`0`:                     `"0"`,
			`-0`:                    `"0"`,
			`3.0`:                   `"3.0"`,
			`3.000e1`:               `"30.00"`,
			`1e3`:                   `"1000"`,
			`-12`:                   `"-12"`,
			`12345678901234567890`:  `"12345678901234567890"`,
			`1e100`:                 `"1` + strings.Repeat("0", 100) + `"`,
			`3.9`:                   "type",
			`1e-1`:                  "type",
			`"3"`:                   "type",
			`true`:                  "type",
			strings.Repeat("9", 61): "precision",
			`1e101`:                 "precision",
			`""`:                    "absent",
			`" \u200b"`:             "absent",
			`[]`:                    "type",
			`null`:                  "absent",
		},
		slot.Decimal: {
			`0.10`:                  `"0.10"`,
			`99.50`:                 `"99.50"`,
			`-0.00`:                 `"0.00"`,
			`-1.50e1`:               `"-15.0"`,
			`1e-100`:                `"0.` + strings.Repeat("0", 99) + `1"`,
			strings.Repeat("9", 60): `"` + strings.Repeat("9", 60) + `"`,
			`1e-101`:                "precision",
			strings.Repeat("9", 61): "precision",
			`1e99999999999`:         "precision",
			`0e-161`:                "precision",
			`1.2.3`:                 "type",
			`"0.1"`:                 "type",
			`"\n"`:                  "absent",
			`0e999`:                 `"0"`,
		},
		slot.Bool: {
			`true`:   `true`,
			`false`:  `false`,
			`"true"`: "type",
			`""`:     "absent",
			`1`:      "type",
			`null`:   "absent",
		},
		slot.DateOnly: {
			`"2024-02-29"`:           `"2024-02-29"`,
			`"0001-01-01"`:           `"0001-01-01"`,
			`"9999-12-31"`:           `"9999-12-31"`,
			`""`:                     "absent",
			`"2023-02-29"`:           "date",
			`"0000-01-01"`:           "date",
			`"2024-13-01"`:           "date",
			`"2024-04-31"`:           "date",
			`"24-01-01"`:             "date",
			`"2024-1-1"`:             "date",
			`"2024-01-01T00:00:00Z"`: "date",
			`"10000-01-01"`:          "date",
			`20240101`:               "type",
			`"٢٠٢٤-٠١-٠١"`:           "date",
		},
		slot.DateTime: {
			`"2026-11-23T09:30:00+01:00"`:      `"2026-11-23T09:30:00+01:00"`,
			`"2026-11-23t09:30:00.123456789z"`: `"2026-11-23t09:30:00.123456789z"`,
			`"2026-11-23T09:30:00-00:00"`:      `"2026-11-23T09:30:00-00:00"`,
			`"9999-12-31T23:59:59Z"`:           `"9999-12-31T23:59:59Z"`,
			`"2026-11-23T09:30:00"`:            "datetime",
			`"2026-11-23 09:30:00Z"`:           "datetime",
			`"2026-11-23T24:00:00Z"`:           "datetime",
			`"2026-11-23T23:59:60Z"`:           "datetime",
			`"9999-12-31T23:59:59-00:01"`:      "datetime",
			`"0001-01-01T00:00:00+00:01"`:      "datetime",
			`"2026-11-23T09:30:00+1:00"`:       "datetime",
			`"2026-11-23T09:30:00+24:00"`:      "datetime",
			`"2026-11-23T09:30:00.Z"`:          "datetime",
			`"2026-02-30T09:30:00Z"`:           "datetime",
			`"2026-11-23"`:                     "datetime",
		},
		slot.TimeOfDay: {
			`"09:30:00"`:     `"09:30:00"`,
			`"23:59:59.999"`: `"23:59:59.999"`,
			`"24:00:00"`:     "time",
			`"9:30:00"`:      "time",
			`"09:30"`:        "time",
			`"09:30:60"`:     "time",
			`"09:30:00Z"`:    "time",
			`"09:30:00."`:    "time",
			`"09-30-00"`:     "time",
		},
		slot.Enum: {
			`"a"`:   `"a"`,
			`"A"`:   `"A"`,
			`" "`:   "absent",
			`"B"`:   "enum",
			`"a "`:  "enum",
			`1`:     "type",
			`["a"]`: "type",
		},
		slot.MultiEnum: {
			`["a"]`:     `["a"]`,
			`["b","a"]`: `["b","a"]`,
			`[]`:        "absent",
			`null`:      "absent",
			`["a","a"]`: "duplicate",
			`["a","c"]`: "enum",
			`["c","c"]`: "enum",
			`["a",1]`:   "type",
			`[null]`:    "type",
			`"a"`:       "type",
			`{"a":1}`:   "type",
			`""`:        "absent",
		},
		slot.Email: {
			`"a@example.org"`:                     `"a@example.org"`,
			`"a+b@example.org"`:                   `"a+b@example.org"`,
			`"\"a b\"@example.org"`:               `"\"a b\"@example.org"`,
			`"a"`:                                 "email",
			`"A <a@example.org>"`:                 "email",
			`"<a@example.org>"`:                   "email",
			`"a@example.org, b@example.org"`:      "email",
			`"a@example.org\nBcc: b@example.org"`: "email",
			`" a@example.org"`:                    "email",
			`"a@example.org (A)"`:                 "email",
			`"@example.org"`:                      "email",
			`"a@"`:                                "email",
			`"a@sub.exämple.org"`:                 `"a@sub.exämple.org"`,
			`"a@ex--ample.org"`:                   `"a@ex--ample.org"`,
			`"a@localhost"`:                       "email",
			`"a@example.123"`:                     "email",
			`"a@-example.org"`:                    "email",
			`"a@example-.org"`:                    "email",
			`"a@exa_mple.org"`:                    "email",
			`"a@[192.0.2.1]"`:                     "email",
			`"a@example..org"`:                    "email",
			`"` + strings.Repeat("a", 65) + `@example.org"`:                 "email",
			`"a@` + strings.Repeat("a", 64) + `.org"`:                       "email",
			`"a@` + strings.Repeat(strings.Repeat("a", 60)+".", 5) + `org"`: "email",
			`1`: "type",
		},
		slot.Phone: {
			`"+33123456789"`:                   `"+33123456789"`,
			`"+33 1 23 45 67 89"`:              `"+33 1 23 45 67 89"`,
			`"0123456789"`:                     "phone",
			`"+1"`:                             "phone",
			`"call +33123456789"`:              "phone",
			`"+999123456789"`:                  "phone",
			`"++33123456789"`:                  "phone",
			`33123456789`:                      "type",
			`"+33 1\u00a023\u202f45 67 89"`:    "\"+33 1\u00a023\u202f45 67 89\"",
			`"+33 1 23 45 67 89 ext. 12"`:      `"+33 1 23 45 67 89 ext. 12"`,
			`"+33 1 23 45 67 89 poste 12"`:     `"+33 1 23 45 67 89 poste 12"`,
			`"+33 1 23 45 67 89 x12"`:          `"+33 1 23 45 67 89 x12"`,
			`"+33123456789;ext=12"`:            `"+33123456789;ext=12"`,
			`"+33 1 23 45 67 89 ext"`:          "phone",
			`"+33 1 23 45 67 89 ext 12345678"`: "phone",
			`"+33 1 23 45 67 89 ext twelve"`:   "phone",
			`" +33123456789"`:                  "phone",
			`"+33123456789\u00a0"`:             "phone",
		},
		slot.URL: {
			`"https://example.org/a?b#c"`: `"https://example.org/a?b#c"`,
			`"HTTP://EXAMPLE.ORG"`:        `"HTTP://EXAMPLE.ORG"`,
			`"http://[::1]:80/"`:          `"http://[::1]:80/"`,
			`"ftp://example.org"`:         "url",
			`"//example.org"`:             "url",
			`"http:example.org"`:          "url",
			`"http://"`:                   "url",
			`"http://:80"`:                "url",
			`"javascript:alert(1)"`:       "url",
			`"http://a b"`:                "url",
			`"http://a\nb"`:               "url",
			`"http://localhost:8080/x"`:   `"http://localhost:8080/x"`,
			`"http://192.0.2.1:65535"`:    `"http://192.0.2.1:65535"`,
			`"https://exämple.org."`:      `"https://exämple.org."`,
			`"http://192.0.2.1:65536"`:    "url",
			`"http://1.2.3.4.5"`:          "url",
			`"http://999.1.1.1"`:          "url",
			`"http://exa_mple.org"`:       "url",
			`"http://-a.org"`:             "url",
			`"http://a..org"`:             "url",
			`"http://[::1"`:               "url",
			`"http://::1"`:                "url",
		},
	} {
		t.Run(string(typ), func(t *testing.T) { testOutcomes(t, unconstrained(t, typ), cases) })
	}
	require.Len(t, slot.Types, 13)
}

func TestAPhoneNumberMayBeLocalToTheRegion(t *testing.T) {
	s := compile(t, slot.Slot{Type: slot.Phone, Region: "FR"})
	require.Equal(t, `"01 23 45 67 89"`, outcome(s, `"01 23 45 67 89"`))
	require.Equal(t, `"+44 20 7946 0958"`, outcome(s, `"+44 20 7946 0958"`))
	_, issue := s.Check([]byte(`"123"`))
	require.Equal(t, "FR", issue.Params["region"])
}

func TestLengthsCountCodePointsAndChoices(t *testing.T) {
	two, three := 2, 3
	text := compile(t, slot.Slot{Type: slot.String, MinLength: &two, MaxLength: &three})
	testOutcomes(t, text, map[string]string{
		`"é"`: "min_length", `"éé"`: `"éé"`, `"😀😀😀"`: `"😀😀😀"`, `"abcd"`: "max_length",
	})
	_, issue := text.Check([]byte(`"abcd"`))
	require.Equal(t, map[string]any{"max": 3, "actual_length": 4}, map[string]any(issue.Params))
	options := []string{"a", "b", "c"}
	list := compile(t, slot.Slot{Type: slot.MultiEnum, Options: options, MinLength: &two, MaxLength: &two})
	testOutcomes(t, list, map[string]string{
		`["a"]`: "min_length", `["a","c"]`: `["a","c"]`, `["a","b","c"]`: "max_length", `[]`: "absent",
	})
}

func TestAPatternMustMatchTheWholeValue(t *testing.T) {
	for pattern, cases := range map[string]map[string]string{
		`a|bc`:        {`"a"`: `"a"`, `"bc"`: `"bc"`, `"abc"`: "pattern", `"ac"`: "pattern"},
		`^INC-\d{3}$`: {`"INC-123"`: `"INC-123"`, `"INC-1234"`: "pattern", `" INC-123"`: "pattern"},
		`\Qa.b`:       {`"a.b"`: `"a.b"`, `"axb"`: "pattern", `"a.b)"`: "pattern"},
		`(?i)x`:       {`"X"`: `"X"`, `"xx"`: "pattern"},
		`a.c`:         {`"abc"`: `"abc"`, `"ab"`: "pattern"},
	} {
		t.Run(pattern, func(t *testing.T) {
			testOutcomes(t, compile(t, slot.Slot{Type: slot.LongText, Validate: pattern}), cases)
		})
	}
	multi := compile(t, slot.Slot{Type: slot.LongText, Validate: `(?m)^a$`})
	require.Equal(t, "pattern", outcome(multi, `"a\nb"`), "the flag m does not apply to the anchors")
}

func TestMaskMatchesDigitsAndLiterals(t *testing.T) {
	testOutcomes(t, compile(t, slot.Slot{Type: slot.String, Mask: `\XX-(X)\é`}), map[string]string{
		`"X1-(2)\\é"`:  `"X1-(2)\\é"`,
		`"XX-(2)\\é"`:  "mask",
		`"11-(2)\\é"`:  "mask",
		`"X1-(2)\\é "`: "mask",
		`"X1-(2"`:      "mask",
		`"X١-(2)\\é"`:  "mask",
	})
}

func TestBoundsAreInclusiveAndComparedByType(t *testing.T) {
	for _, c := range []struct {
		typ              slot.Type
		min, max         string
		in, below, above string
	}{
		{slot.Decimal, `-0.5`, `1e1`, `10.0`, `-0.50000000000000000001`, `10.00000000000000000001`},
		{slot.Integer, `2`, `12`, `12`, `1`, `13`},
		{slot.DateOnly, `"2024-01-31"`, `"2024-02-29"`, `"2024-02-01"`, `"2024-01-30"`, `"2024-03-01"`},
		{
			slot.DateTime, `"2024-01-01T00:00:00Z"`, `"2024-01-01T01:00:00Z"`,
			`"2024-01-01T01:30:00+01:00"`, `"2024-01-01T00:30:00+01:00"`, `"2024-01-01T01:00:00.0000000001Z"`,
		},
		{slot.TimeOfDay, `"09:00:00"`, `"17:00:00"`, `"17:00:00.000"`, `"08:59:59.999"`, `"17:00:00.001"`},
	} {
		s := slot.Slot{Type: c.typ}
		var ok1, ok2 bool
		s.Min, ok1 = s.ReadBound([]byte(c.min))
		s.Max, ok2 = s.ReadBound([]byte(c.max))
		require.True(t, ok1 && ok2)
		checked := compile(t, s)
		require.NotContains(t, []string{"min", "max"}, outcome(checked, c.in), c.typ)
		require.Equal(t, "min", outcome(checked, c.below), c.typ)
		require.Equal(t, "max", outcome(checked, c.above), c.typ)
	}
}

func TestCheckReturnsTheFirstIssue(t *testing.T) {
	three := 3
	s := compile(t, slot.Slot{Type: slot.String, MaxLength: &three, Mask: "XX", Validate: "[0-4]*"})
	testOutcomes(t, s, map[string]string{
		`1`: "type", `"abcd"`: "max_length", `"ab"`: "mask", `"99"`: "pattern", `"12"`: `"12"`,
	})
	mail := compile(t, slot.Slot{Type: slot.Email, Validate: ".*@example.org"})
	require.Equal(t, "pattern", outcome(mail, `"nonsense"`), "the pattern is checked before the type's own form")
	require.Equal(t, "email", outcome(mail, `"a b@example.org"`))
}

func TestIssuesDoNotContainTheValue(t *testing.T) {
	const value = "sh0uld-n0t-be-sh0wn"
	five := 5
	slots := []*slot.Slot{
		compile(t, slot.Slot{Type: slot.String, Validate: "x"}),
		compile(t, slot.Slot{Type: slot.String, Mask: "X"}),
		compile(t, slot.Slot{Type: slot.String, MaxLength: &five}),
	}
	for _, typ := range []slot.Type{
		slot.Enum, slot.Email, slot.Phone, slot.URL, slot.DateOnly, slot.DateTime, slot.TimeOfDay,
		slot.Integer, slot.Bool,
	} {
		slots = append(slots, unconstrained(t, typ))
	}
	for _, s := range slots {
		_, issue := s.Check([]byte(`"` + value + `"`))
		require.NotNil(t, issue, s.Type)
		shown, err := json.Marshal(issue)
		require.NoError(t, err)
		require.NotContains(t, string(shown), value)
		require.Equal(t, "slots.x", issue.Field)
	}
}

func TestMissingReturnsTheFieldOfTheSlot(t *testing.T) {
	issue := unconstrained(t, slot.String).Missing()
	require.Equal(t, "slots.x validation.required", issue.Field+" "+issue.Code)
}
