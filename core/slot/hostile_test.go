package slot_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/slot"
)

func TestCheckOfHostileValuesOfEachType(t *testing.T) {
	for typ, cases := range map[slot.Type]map[string]string{
		slot.String: {
			`"\udc00"`:         "type",
			`"\ud800\u0041"`:   "type",
			`"\u0000"`:         "type",
			"\"\xed\xa0\x80\"": "type",
			`"a\u000bb"`:       "pattern",
			`"a\fb"`:           "pattern",
			`"a\u2029b"`:       "pattern",
			`"a\r\nb"`:         "pattern",
			`"\u2028 \u0085"`:  "absent",
			`"\u200b"`:         "absent",
		},
		slot.Integer: {
			`1E400`:                  "precision",
			`-0.0`:                   `"0.0"`,
			`12 3`:                   "type",
			`0.1e1`:                  `"1"`,
			`1e-1e1`:                 "type",
			`{}`:                     "type",
			`9.99999999999999999999`: "type",
		},
		slot.Decimal: {
			`-0e5`:   `"0"`,
			`NaN`:    "type",
			`+1`:     "type",
			`01`:     "type",
			`1e+100`: `"1` + strings.Repeat("0", 100) + `"`,
			`true`:   "type",
			`[1]`:    "type",
		},
		slot.Bool: {
			`TRUE`:    "type",
			`tru`:     "type",
			`0`:       "type",
			`"false"`: "type",
			`[true]`:  "type",
		},
		slot.DateOnly: {
			`"1900-02-29"`:   "date",
			`"2000-02-29"`:   `"2000-02-29"`,
			`"2024-00-10"`:   "date",
			`"2024-01-00"`:   "date",
			`"-024-01-01"`:   "date",
			`" 2024-01-01"`:  "date",
			`"2024-01-01\n"`: "date",
		},
		slot.DateTime: {
			`"2026-11-23T09:30:00+00:60"`: "datetime",
			`"2026-11-23T09:30:00İZ"`:     "datetime",
			`"2026-11-23T09:30:00ZZ"`:     "datetime",
			`"2026-11-23T09:30:00,5Z"`:    "datetime",
			`"2026-11-23T09:30:00 Z"`:     "datetime",
			`"0001-01-01T00:00:00Z"`:      `"0001-01-01T00:00:00Z"`,
			`"0001-01-01T00:00:00-00:01"`: `"0001-01-01T00:00:00-00:01"`,
			`"0000-12-31T23:59:59-23:59"`: "datetime",
		},
		slot.TimeOfDay: {
			`"09:30:00.٣"`:     "time",
			`"09:60:00"`:       "time",
			`"-9:30:00"`:       "time",
			`"09:30:00+01:00"`: "time",
			`"00:00:00"`:       `"00:00:00"`,
		},
		slot.Enum: {
			`"á"`:       "enum",
			`"a\u0000"`: "type",
			`null`:      "absent",
			`true`:      "type",
			`{"a":1}`:   "type",
		},
		slot.MultiEnum: {
			`["a","a\u0000"]`: "type",
			`["\ud800"]`:      "type",
			`["a"]]`:          "type",
			`[" "]`:           "enum",
			`[["a"]]`:         "type",
			`["a",]`:          "type",
			`[true]`:          "type",
		},
		slot.Email: {
			`"g:a@b.c;"`:     "email",
			`"a@b.c\u2028"`:  "email",
			`"a..b@c.d"`:     "email",
			`".a@c.d"`:       "email",
			`"a(c)@b.c"`:     "email",
			`"\"\" <a@b.c>"`: "email",
			`"a@b.c\r\n"`:    "email",
			`"a@@b.c"`:       "email",
			`"a@b.c "`:       "email",
			`"a@b\u0000"`:    "type",
		},
		slot.Phone: {
			`"+"`:                       "phone",
			`"+0"`:                      "phone",
			`"(+33)123456789"`:          "phone",
			`"+331234567890123456789"`:  "phone",
			`"tel:+33123456789"`:        "phone",
			`"+33 1 23 45 67 89 ext 5"`: `"+33 1 23 45 67 89 ext 5"`,
			`"+٣٣123456789"`:            "phone",
			`"+33123456789\n"`:          "phone",
		},
		slot.URL: {
			`"http://a:b/"`:      "url",
			`"http://a/%zz"`:     "url",
			`"http:///x"`:        "url",
			`"http://@/"`:        "url",
			`"http://?q"`:        "url",
			`"http://[::1"`:      "url",
			`"http://a\tb"`:      "url",
			`"/relative"`:        "url",
			`"data:text/html,x"`: "url",
			`"httpx://a"`:        "url",
			`" http://a"`:        "url",
			`"https://u:p@a:1/"`: `"https://u:p@a:1/"`,
		},
		slot.LongText: {
			`"a\u0000"`:  "type",
			`"\ud800"`:   "type",
			`"a\r\nb"`:   `"a\r\nb"`,
			`"a\u2028b"`: "\"a\u2028b\"",
		},
	} {
		t.Run(string(typ), func(t *testing.T) { testOutcomes(t, unconstrained(t, typ), cases) })
	}
}

func TestCheckRefusesInvalidJSON(t *testing.T) {
	invalid := []string{`"ab`, `"ab'`, `"`, `""x`, `"a"b"`, "\"a\nb\"", "\"a\x01b\"", `ab"`, `nulL`, `[`, `{"a`}
	for _, typ := range slot.Types {
		s := unconstrained(t, typ)
		for _, raw := range invalid {
			require.Equal(t, "type", outcome(s, raw), "%s %q", typ, raw)
		}
	}
}

func TestAnchorsApplyToTheWholeOfAnyPattern(t *testing.T) {
	for pattern, cases := range map[string]map[string]string{
		`\Qabc`:       {`"abc"`: `"abc"`, `"abcx"`: "pattern", `"abc)\\z"`: "pattern", `"xabc"`: "pattern"},
		`\Qab\`:       {`"ab\\"`: `"ab\\"`, `"ab"`: "pattern", `"ab\\E"`: "pattern"},
		`\Qa\E|\Qb`:   {`"a"`: `"a"`, `"b"`: `"b"`, `"ab"`: "pattern", `"a|b"`: "pattern"},
		`^a|b$`:       {`"a"`: `"a"`, `"b"`: `"b"`, `"ax"`: "pattern", `"xb"`: "pattern"},
		`a\z|b`:       {`"a"`: `"a"`, `"b"`: `"b"`, `"ba"`: "pattern"},
		`a|ab`:        {`"ab"`: `"ab"`, `"a"`: `"a"`, `"abb"`: "pattern"},
		`.`:           {`"é"`: `"é"`, `"ab"`: "pattern", `"a\n"`: "pattern"},
		`(?s).+`:      {`"a\nb"`: `"a\nb"`},
		`(?m)^a$`:     {`"a"`: `"a"`, `"a\na"`: "pattern"},
		`(?i)a|(?:b)`: {`"A"`: `"A"`, `"B"`: `"B"`, `"AB"`: "pattern"},
	} {
		t.Run(pattern, func(t *testing.T) {
			testOutcomes(t, compile(t, slot.Slot{Type: slot.LongText, Validate: pattern}), cases)
		})
	}
}

func TestConstraintsAreCheckedInOrder(t *testing.T) {
	two, nine := 2, 9
	list := compile(t, slot.Slot{
		Type: slot.MultiEnum, Options: []string{"a", "b"}, MinLength: &two, MaxLength: &two,
	})
	line := compile(t, slot.Slot{
		Type: slot.String, MinLength: &two, MaxLength: &nine, Mask: "X-X", Validate: "[0-4]-[0-4]",
	})
	loose := compile(t, slot.Slot{Type: slot.String, Validate: "a+"})
	link := compile(t, slot.Slot{Type: slot.URL, MaxLength: &nine, Validate: "[a-z:/]+"})
	phone := compile(t, slot.Slot{Type: slot.Phone, MinLength: &two, Mask: "+XX X"})
	for _, c := range []struct {
		name, raw, want string
		s               *slot.Slot
	}{
		{"type before enum", `["z",1]`, "type", list},
		{"enum before duplicate", `["z","z","a"]`, "enum", list},
		{"duplicate before length", `["a","a","a"]`, "duplicate", list},
		{"length", `["a"]`, "min_length", list},
		{"length before mask", `"x"`, "min_length", line},
		{"length before a line break", `"x\nxxxxxxxxxx"`, "max_length", line},
		{"mask before a line break", `"x\nx"`, "mask", line},
		{"mask before pattern", `"9+9"`, "mask", line},
		{"pattern after mask", `"9-9"`, "pattern", line},
		{"length before form", `"gopher://x.y"`, "max_length", link},
		{"pattern before form", `"FTP://x"`, "pattern", link},
		{"form last", `"ftp://x"`, "url", link},
		{"mask before form", `"none"`, "mask", phone},
		{"form after mask", `"+00 0"`, "phone", phone},
	} {
		require.Equal(t, c.want, outcome(c.s, c.raw), c.name)
	}
	_, issue := loose.Check([]byte(`"a\nb"`))
	require.Equal(t, true, issue.Params["line_break"], "line breaks are checked just before the pattern")

	dated := slot.Slot{Type: slot.DateOnly}
	dated.Min, _ = dated.ReadBound([]byte(`"2024-01-01"`))
	late := compile(t, dated)
	require.Equal(t, "date", outcome(late, `"1999-02-30"`), "form before min")
	require.Equal(t, "min", outcome(late, `"1999-02-28"`))
}
