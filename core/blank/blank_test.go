package blank_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/blank"
)

// ignorable is the property Default_Ignorable_Code_Point, copied from Unicode's DerivedCoreProperties-15.0.0.txt.
var ignorable = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x00ad, 0x00ad, 1}, {0x034f, 0x034f, 1}, {0x061c, 0x061c, 1}, {0x115f, 0x1160, 1}, {0x17b4, 0x17b5, 1},
		{0x180b, 0x180f, 1}, {0x200b, 0x200f, 1}, {0x202a, 0x202e, 1}, {0x2060, 0x206f, 1}, {0x3164, 0x3164, 1},
		{0xfe00, 0xfe0f, 1}, {0xfeff, 0xfeff, 1}, {0xffa0, 0xffa0, 1}, {0xfff0, 0xfff8, 1},
	},
	R32: []unicode.Range32{{0x1bca0, 0x1bca3, 1}, {0x1d173, 0x1d17a, 1}, {0xe0000, 0xe0fff, 1}},
}

// TestIsAgreesWithTheUnicodeProperties checks every code point.
func TestIsAgreesWithTheUnicodeProperties(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if r >= 0xd800 && r <= 0xdfff {
			continue // surrogates are not characters
		}
		want := unicode.In(r, unicode.White_Space, unicode.Cc, ignorable) || r == '\u2800'
		if blank.Is(string(r)) != want {
			t.Errorf("%U: blank is %v", r, !want)
		}
	}
}

func TestATextIsBlankIfItHasNoVisibleCharacter(t *testing.T) {
	for _, s := range []string{"", " ", "\t\r\n", "\u200b", " \u200b\ufeff\u2060 ", "\u3164", "\u2800\u00a0", "\x00\x7f"} {
		require.True(t, blank.Is(s), "%q", s)
		require.False(t, blank.Is(s+"."+s), "%q", s)
	}
	for _, s := range []string{"\u0600", "\u0301", "\ufffd", "\xff", "\U0001f600", "日"} {
		require.False(t, blank.Is(s), "%q", s)
	}
	require.True(t, blank.Is(strings.Repeat("\u200d", 1000)))
}
