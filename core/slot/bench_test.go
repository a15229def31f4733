package slot_test

import (
	"testing"

	"github.com/procedo/procedo/core/slot"
)

func BenchmarkCheck(b *testing.B) {
	most := 64
	for _, c := range []struct {
		s   slot.Slot
		raw string
	}{
		{slot.Slot{Type: slot.String, Validate: `INC-\d{6}`, MaxLength: &most}, `"INC-123456"`},
		{slot.Slot{Type: slot.LongText}, `"first line\nsecond line"`},
		{slot.Slot{Type: slot.Integer}, `12345`},
		{slot.Slot{Type: slot.Decimal}, `1234.50`},
		{slot.Slot{Type: slot.Bool}, `true`},
		{slot.Slot{Type: slot.DateOnly}, `"2026-11-23"`},
		{slot.Slot{Type: slot.DateTime}, `"2026-11-23T09:30:00+01:00"`},
		{slot.Slot{Type: slot.TimeOfDay}, `"09:30:00"`},
		{slot.Slot{Type: slot.Enum, Options: []string{"low", "high"}}, `"high"`},
		{slot.Slot{Type: slot.MultiEnum, Options: []string{"low", "high"}}, `["low","high"]`},
		{slot.Slot{Type: slot.Email}, `"someone@example.org"`},
		{slot.Slot{Type: slot.Phone}, `"+33123456789"`},
		{slot.Slot{Type: slot.URL}, `"https://example.org/path?query"`},
	} {
		b.Run(string(c.s.Type), func(b *testing.B) {
			s, raw := compile(b, c.s), []byte(c.raw)
			if _, issue := s.Check(raw); issue != nil {
				b.Fatal(issue)
			}
			b.ReportAllocs()
			for b.Loop() {
				s.Check(raw)
			}
		})
	}
}
