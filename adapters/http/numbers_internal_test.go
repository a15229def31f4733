package http

import (
	"math"
	"testing"

	v2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/decimal"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/slot"
)

// All Go types of numbers are shown as decimal strings, also within lists and objects, and nothing else changes.
func TestParamsOfEveryTypeAreShownAsStringsWithThePreference(t *testing.T) {
	for want, value := range map[string]any{
		`"7"`:                        7,
		`"-8"`:                       int64(-8),
		`"9"`:                        uint64(9),
		`"18446744073709551615"`:     uint64(math.MaxUint64),
		`"1.5"`:                      1.5,
		`"100000000000000000000000"`: 1e23,
		`"0.0000001"`:                1e-7,
		`"10"`:                       jsontext.Value("1e1"),
		`"12345678901234567890"`:     jsontext.Value("12345678901234567890"),
		`"1e999"`:                    jsontext.Value("1e999"),
		`"12.50"`:                    decimal.Decimal("12.50"),
		`"text"`:                     "text",
		`true`:                       true,
		`null`:                       nil,
		`["a","1"]`:                  []string{"a", "1"},
		`["integer"]`:                []slot.Type{slot.Integer},
		`["1","2",null,["3"]]`:       []any{1, 2.0, nil, []int{3}},
		`{"a":"1","b":{"1":"2"}}`:    map[string]any{"b": map[string]int{"1": 2}, "a": 1},
	} {
		shown, err := v2.Marshal(stringNumbers.params(fault.Params{"p": value}), v2.Deterministic(true))
		require.NoError(t, err)
		require.Equal(t, `{"p":`+want+`}`, string(shown))
		kept := jsonNumbers.params(fault.Params{"p": value})
		require.Equal(t, fault.Params{"p": value}, kept)
	}
	require.Equal(t, fault.Params{}, stringNumbers.params(nil))
	require.Equal(t, fault.Params{}, jsonNumbers.params(nil))
	_, err := v2.Marshal(stringNumbers.params(fault.Params{"p": math.NaN()}))
	require.Error(t, err)
}
