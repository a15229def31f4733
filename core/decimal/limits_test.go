package decimal_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/decimal"
)

// Each limit is itself still accepted, in every notation, and the next number beyond it is not.
func TestTheLimitsThemselvesAreAccepted(t *testing.T) {
	nines := func(n int) string { return strings.Repeat("9", n) }
	zeros := func(n int) string { return strings.Repeat("0", n) }
	for name, c := range map[string]struct{ within, beyond string }{
		"digits":                  {nines(decimal.MaxDigits), nines(decimal.MaxDigits + 1)},
		"digits with an exponent": {nines(decimal.MaxDigits) + "e1", nines(decimal.MaxDigits+1) + "e1"},
		"digits of a fraction":    {"0." + nines(decimal.MaxDigits-1), "0.1" + nines(decimal.MaxDigits)},
		"digits with zeros at the end": {
			"1." + zeros(decimal.MaxDigits-1), "1." + zeros(decimal.MaxDigits),
		},
		"the exponent":          {"1e100", "1e101"},
		"the negative exponent": {"1e-100", "1e-101"},
		"decimals":              {"0." + zeros(99) + "1" + zeros(59), "0." + zeros(99) + "1" + zeros(61)},
		"decimals of zero":      {"0." + zeros(decimal.MaxDecimals), "0." + zeros(decimal.MaxDecimals+1)},
	} {
		for _, sign := range []string{"", "-"} {
			_, err := decimal.ParseGiven(sign + c.within)
			require.NoError(t, err, name)
			_, err = decimal.ParseGiven(sign + c.beyond)
			require.ErrorIs(t, err, decimal.ErrPrecision, name)
		}
	}
}
