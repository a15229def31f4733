package slot_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/slot"
)

// joined returns a JSON string that consists of some texts.
func joined(texts ...string) string { return `"` + strings.Join(texts, "") + `"` }

// TestTheGreatestLengthsBelongToTheirTypes checks each limit of a standard with the last value within it, and the first
// beyond.
func TestTheGreatestLengthsBelongToTheirTypes(t *testing.T) {
	label := strings.Repeat("a", 63)
	domain := strings.Join([]string{label, label, label}, ".") // 191 octets
	for name, c := range map[string]struct {
		typ            slot.Type
		within, beyond string
		code           string
	}{
		"the local part of an address, 64 octets": {
			slot.Email, joined(strings.Repeat("a", 64), "@b.example"), joined(strings.Repeat("a", 65), "@b.example"), "email",
		},
		"an address, 254 octets": {
			slot.Email, joined(strings.Repeat("a", 62), "@", domain), joined(strings.Repeat("a", 63), "@", domain), "email",
		},
		"a label of a host name, 63 octets": {
			slot.URL, joined("https://", label, ".example/"), joined("https://", label, "a.example/"), "url",
		},
		"a host name, 253 octets": {
			slot.URL, joined("https://", domain, ".", label[:61], "/"), joined("https://", domain, ".", label[:62], "/"), "url",
		},
		"the extension of a number, 7 digits": {
			slot.Phone, joined("+33 1 23 45 67 89 x1234567"), joined("+33 1 23 45 67 89 x12345678"), "phone",
		},
		"the hours of an offset, 23": {
			slot.DateTime, joined("2024-01-01T00:00:00+23:59"), joined("2024-01-01T00:00:00+24:00"), "datetime",
		},
		"the minutes of an offset, 59": {
			slot.DateTime, joined("2024-01-01T00:00:00-00:59"), joined("2024-01-01T00:00:00-00:60"), "datetime",
		},
		"the days of February": {slot.DateOnly, joined("2023-02-28"), joined("2023-02-29"), "date"},
		"an offset and nothing before it": {
			slot.DateTime, joined("2024-01-01T00:00:00+01:00"), joined("+01:00"), "datetime",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := unconstrained(t, c.typ)
			require.Equal(t, c.within, outcome(s, c.within))
			require.Equal(t, c.code, outcome(s, c.beyond))
		})
	}
}

func TestAQuotedLocalPartHasSomethingBetweenItsQuotes(t *testing.T) {
	s := unconstrained(t, slot.Email)
	require.Equal(t, `"\"a b\"@b.example"`, outcome(s, `"\"a b\"@b.example"`))
	require.Equal(t, "email", outcome(s, `"\"\"@b.example"`))
}

func TestStringsWithEscapesAreDecodedBeforeTheyAreCompared(t *testing.T) {
	s := compile(t, slot.Slot{Type: slot.Enum, Options: []string{`a"b`, `a\b`, "a b"}})
	testOutcomes(t, s, map[string]string{
		`"a\"b"`: `"a\"b"`, `"a\\b"`: `"a\\b"`, `"a\u0020b"`: `"a b"`, `"a b"`: `"a b"`, `"a\tb"`: "enum",
	})
}

func TestABoundMayEqualTheOther(t *testing.T) {
	s := slot.Slot{Type: slot.Integer, Name: "x"}
	s.Min, _ = s.ReadBound([]byte("2"))
	s.Max, _ = s.ReadBound([]byte("2"))
	require.Empty(t, s.Compile("/s", slot.NewPatterns()))
	testOutcomes(t, &s, map[string]string{"1": "min", "2": `"2"`, "3": "max"})
	s.Max, _ = s.ReadBound([]byte("1"))
	require.NotEmpty(t, s.Compile("/s", slot.NewPatterns()))
}
