package slot_test

import (
	"testing"

	"github.com/procedo/procedo/core/slot"
)

// submission returns a value as JSON that a client could submit. It differs from the canonical bytes only for a number,
// which is a string there.
func submission(v slot.Value) []byte {
	if v.Shape() == slot.NumberShape {
		return []byte(v.Text())
	}
	return v.AppendCanonical(nil)
}

// fuzz checks that Check never panics and never returns both a value and an issue. It also checks that an accepted
// value is unchanged after it is submitted again.
func fuzz(f *testing.F, s *slot.Slot, seeds ...string) {
	f.Helper()
	for _, seed := range append(seeds, `null`, `""`, `"\ud800"`, `"a\u0000"`, "\"\xff\"", `[]`, `{`, `1e999`) {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		v, issue := s.Check(raw)
		if issue != nil {
			if !v.IsAbsent() {
				t.Fatalf("%q has a value and %v", raw, issue)
			}
			return
		}
		again, issue := s.Check(submission(v))
		if issue != nil || !again.Equal(v) {
			t.Fatalf("%q became %s, which is %v", raw, submission(v), issue)
		}
	})
}

func FuzzString(f *testing.F) {
	fuzz(f, unconstrained(f, slot.String), `"a"`, `" é😀 "`, `"a\nb"`, `"\u0041"`)
}
func FuzzText(f *testing.F) {
	s := compile(f, slot.Slot{Type: slot.LongText, Validate: `\Qa.b\E|(?s)[a-z\s]*`})
	fuzz(f, s, `"a.b"`, `"a\r\nb"`, `"a\u2028"`)
}
func FuzzMask(f *testing.F) {
	fuzz(f, compile(f, slot.Slot{Type: slot.String, Mask: `\XX-é`}), `"X1-é"`, `"XX-é"`)
}
func FuzzInteger(f *testing.F) {
	fuzz(f, unconstrained(f, slot.Integer), `3.0`, `1e3`, `-0`, `3.9`, `12345678901234567890`, `10e-1`)
}
func FuzzNumber(f *testing.F) {
	fuzz(f, unconstrained(f, slot.Decimal), `0.10`, `1e-100`, `-1.5E+1`, `0e999`, `1e101`)
}
func FuzzBoolean(f *testing.F) {
	fuzz(f, unconstrained(f, slot.Bool), `true`, `false`, ` true `, `"true"`)
}
func FuzzDate(f *testing.F) {
	fuzz(f, unconstrained(f, slot.DateOnly), `"2024-02-29"`, `"2023-02-29"`, `"0001-01-01"`)
}
func FuzzDateTime(f *testing.F) {
	fuzz(f, unconstrained(f, slot.DateTime),
		`"2026-11-23T09:30:00.5+01:00"`, `"9999-12-31t23:59:59z"`, `"0001-01-01T00:00:00+23:59"`)
}
func FuzzTime(f *testing.F) {
	fuzz(f, unconstrained(f, slot.TimeOfDay), `"09:30:00"`, `"23:59:59.999"`)
}
func FuzzEnum(f *testing.F) { fuzz(f, unconstrained(f, slot.Enum), `"a"`, `"A"`, `"\u0061"`) }
func FuzzMultiEnum(f *testing.F) {
	fuzz(f, unconstrained(f, slot.MultiEnum), `["a","b"]`, `["a","a"]`, `["a",1]`)
}
func FuzzEmail(f *testing.F) {
	fuzz(f, unconstrained(f, slot.Email), `"a@b.c"`, `"\"a b\"@b.c"`, `"A <a@b.c>"`)
}
func FuzzPhone(f *testing.F) {
	fuzz(f, compile(f, slot.Slot{Type: slot.Phone, Region: "FR"}), `"+33123456789"`, `"01 23 45 67 89"`)
}
func FuzzURL(f *testing.F) {
	fuzz(f, unconstrained(f, slot.URL), `"https://a.b/c?d#e"`, `"http://[::1]:80"`, `"javascript:x"`)
}
