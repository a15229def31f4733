package decimal_test

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/core/decimal"
)

// size returns the number of significant digits of r and its exponent in scientific notation. It uses rational
// arithmetic only, so that it is independent of the code under test.
func size(r *big.Rat) (digits, exponent int) {
	if r.Sign() == 0 {
		return 0, 0
	}
	ten, shifts := new(big.Rat).SetInt64(10), 0
	whole := new(big.Rat).Abs(r)
	for ; !whole.IsInt(); shifts++ {
		whole.Mul(whole, ten)
	}
	text := whole.Num().String()
	return len(strings.TrimRight(text, "0")), len(text) - 1 - shifts
}

func TestBoundsApplyToTheValueNotToItsNotation(t *testing.T) {
	// The mantissas and exponents are drawn from both sides of each bound.
	nearBounds := rapid.StringMatching(`-?(0|[1-9][0-9]{0,3}|[1-9][0-9]{55,62})` +
		`(\.(0{0,4}[0-9]{1,4}|[0-9]{55,61}))?` +
		`([eE][+-]?(0{0,2}[0-9]|4[0-9]|9[5-9]|10[0-5]))?`)
	rapid.Check(t, func(t *rapid.T) {
		literal := nearBounds.Draw(t, "literal")
		digits, exponent := size(rat(t, literal))
		within := digits <= 60 && exponent >= -100 && exponent <= 100
		d, ok := decimal.Parse(literal)
		require.Equal(t, within, ok, "%s: %d digits, exponent %d", literal, digits, exponent)
		if ok {
			require.Zero(t, rat(t, string(d)).Cmp(rat(t, literal)))
			require.NotContains(t, strings.ToLower(string(d)), "e", "no exponent")
		}
	})
}

func TestCompareOrdersByValueInBothDirections(t *testing.T) {
	ascending := []string{
		"-1e100", "-10", "-9.5", "-9.49", "-1", "-0.1", "-0.01", "0",
		"1e-100", "0.01", "0.099", "0.1", "1", "9.49", "9.5", "10", "1e100",
	}
	for i, a := range ascending {
		for j, b := range ascending {
			x, okX := decimal.Parse(a)
			y, okY := decimal.Parse(b)
			require.True(t, okX && okY)
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			require.Equal(t, want, x.Compare(y), "%s and %s", a, b)
		}
	}
}

func TestSurvivesAsDoubleAgreesWithRationalArithmetic(t *testing.T) {
	numbers := rapid.OneOf(
		literals(),
		// Near the limits of a double's precision and range.
		rapid.StringMatching(`-?[1-9]\.[0-9]{14,17}e-?(30[0-9]|31[0-9]|32[0-4]|[0-9])`),
		rapid.Map(rapid.Int64(), func(i int64) string { return strconv.FormatInt(i, 10) }),
	)
	rapid.Check(t, func(t *rapid.T) {
		literal := numbers.Draw(t, "literal")
		f, err := strconv.ParseFloat(literal, 64)
		want := err == nil && !math.IsInf(f, 0) &&
			rat(t, strconv.FormatFloat(f, 'g', -1, 64)).Cmp(rat(t, literal)) == 0
		require.Equal(t, want, decimal.SurvivesAsDouble(literal), literal)
	})
}
