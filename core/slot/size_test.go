package slot_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/core/decimal"
	"github.com/procedo/procedo/core/slot"
)

func TestTheSizeOfAValueIsTheLengthOfItsCanonicalForm(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("\x00\x01\x1f\b\t\n\f\r\"\\/\x7f é\u2028😀"))))
	rapid.Check(t, func(t *rapid.T) {
		s := text.Draw(t, "text")
		for _, v := range []slot.Value{
			slot.TextValue(s), slot.ListValue(rapid.SliceOf(text).Draw(t, "choices")), slot.ListValue(nil),
			slot.NumberValue(decimal.Decimal("-12.50")), slot.BooleanValue(rapid.Bool().Draw(t, "truth")),
			slot.DateValue("2026-11-29"), slot.SealedValue("c0ffee"),
		} {
			require.Len(t, v.AppendCanonical(nil), v.Size())
			require.GreaterOrEqual(t, v.MaxSize(), v.Size())
		}
	})
	require.Zero(t, slot.Value{}.Size())
	require.Zero(t, slot.HiddenValue().Size(), "an erasure never makes a run larger")
}
