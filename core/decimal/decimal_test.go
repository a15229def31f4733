package decimal_test

import (
	"math/big"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/core/decimal"
)

func TestParseReturnsTheCanonicalForm(t *testing.T) {
	zeros, nines := strings.Repeat("0", 100), strings.Repeat("9", 60)
	for literal, want := range map[string]string{
		"0":                       "0",
		"-0":                      "0",
		"0.000":                   "0",
		"0e999999999999999999999": "0",
		"3.0":                     "3",
		"3.10":                    "3.1",
		"1e3":                     "1000",
		"1E+3":                    "1000",
		"12e-1":                   "1.2",
		"-0.5":                    "-0.5",
		"100":                     "100",
		"1.23e2":                  "123",
		"12345678901234567890":    "12345678901234567890",
		"0.1e101":                 "1" + zeros,
		"1e-100":                  "0." + zeros[1:] + "1",
		nines:                     nines,
		"1" + zeros:               "1" + zeros,
	} {
		t.Run(literal, func(t *testing.T) {
			got, ok := decimal.Parse(literal)
			require.True(t, ok)
			require.EqualValues(t, want, got)
		})
	}
}

func TestParseRefusesInvalidTextAndNumbersOutOfBounds(t *testing.T) {
	for _, literal := range []string{
		strings.Repeat("9", 61), "0." + strings.Repeat("1", 61), "1e101", "10e100", "1e-101", "0.1e-100",
		"1e99999999999999999999", "-1e-99999999999999999999",
		"", "-", "+1", "01", "1.", ".5", "1e", "1e+", "1e+-5", "1e5.0", "0x10", "NaN", "Infinity", "1_000",
		" 1", "1 ", "--1", "1e5e5", "1.2.3",
	} {
		_, ok := decimal.Parse(literal)
		require.False(t, ok, literal)
	}
}

func TestParseGivenKeepsTheDigits(t *testing.T) {
	zeros := strings.Repeat("0", 60)
	for literal, want := range map[string]string{
		"99.50":             "99.50",
		"-0.00":             "0.00",
		"0":                 "0",
		"-0":                "0",
		"0e5":               "0",
		"0.0e-1":            "0.00",
		"3.0":               "3.0",
		"1.50e1":            "15.0",
		"1.500e-1":          "0.1500",
		"150e-2":            "1.50",
		"100e-2":            "1.00",
		"1e3":               "1000",
		"1." + zeros[:59]:   "1." + zeros[:59],
		"1" + zeros + "00":  "1" + zeros + "00",
		"0." + zeros + "10": "0." + zeros + "10",
		"0e999":             "0",
	} {
		t.Run(literal, func(t *testing.T) {
			got, err := decimal.ParseGiven(literal)
			require.NoError(t, err)
			require.EqualValues(t, want, got)
		})
	}
}

func TestParseGivenDistinguishesInvalidTextFromNumbersOutOfBounds(t *testing.T) {
	for _, literal := range []string{
		strings.Repeat("9", 61), "1e101", "1e-101", "1." + strings.Repeat("0", 60), "0e-161", "1e99999999999999999999",
	} {
		_, err := decimal.ParseGiven(literal)
		require.ErrorIs(t, err, decimal.ErrPrecision, literal)
	}
	for _, literal := range []string{"", "-", "+1", "01", "1.", ".5", "1e", "NaN", " 1", "1.2.3"} {
		_, err := decimal.ParseGiven(literal)
		require.ErrorIs(t, err, decimal.ErrSyntax, literal)
	}
}

func TestParseGivenReturnsTheSameValueAsParseAndIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := literals().Draw(t, "a"), literals().Draw(t, "b")
		x, err := decimal.ParseGiven(a)
		if err != nil {
			t.Skip("out of bounds")
		}
		canonical, ok := decimal.Parse(a)
		require.True(t, ok)
		require.Equal(t, canonical, x.Canonical())
		again, err := decimal.ParseGiven(string(x))
		require.NoError(t, err)
		require.Equal(t, x, again)
		if y, err := decimal.ParseGiven(b); err == nil {
			order := rat(t, a).Cmp(rat(t, b))
			require.Equal(t, order, x.Compare(y))
			require.Equal(t, order == 0, x.Equal(y))
		}
	})
}

// literals draws JSON numbers in various notations.
func literals() *rapid.Generator[string] {
	return rapid.StringMatching(`-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?`)
}

func rat(t require.TestingT, s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	require.True(t, ok, s)
	return r
}

func TestParseAndCompareAgreeWithRationalArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := literals().Draw(t, "a"), literals().Draw(t, "b")
		x, okX := decimal.Parse(a)
		y, okY := decimal.Parse(b)
		if !okX || !okY {
			return
		}
		require.Zero(t, rat(t, string(x)).Cmp(rat(t, a)), "the same number")
		require.Equal(t, rat(t, a).Cmp(rat(t, b)), x.Compare(y))
		require.Equal(t, rat(t, a).IsInt(), x.IsInteger())
		again, ok := decimal.Parse(string(x))
		require.True(t, ok)
		require.Equal(t, x, again, "the canonical form is parsed as itself")
	})
}

func TestSurvivesAsDouble(t *testing.T) {
	for literal, want := range map[string]bool{
		"0.1":                   true,
		"1e300":                 true,
		"-0":                    true,
		"0.10":                  true,
		"9007199254740993":      false,
		"12345678901234567890":  false,
		"12345678901234567000":  true,
		"1e400":                 false,
		"1e-400":                false,
		"0.1234567890123456789": false,
		"x":                     false,
	} {
		t.Run(literal, func(t *testing.T) { require.Equal(t, want, decimal.SurvivesAsDouble(literal)) })
	}
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float64().Draw(t, "f")
		require.True(t, decimal.SurvivesAsDouble(strconv.FormatFloat(f, 'e', -1, 64)))
	})
}

func BenchmarkParse(b *testing.B) {
	for name, literal := range map[string]string{"integer": "12345", "fraction": "1234.50"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				decimal.Parse(literal)
			}
		})
	}
}
