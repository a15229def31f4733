package slot_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/decimal"
	"github.com/procedo/procedo/core/slot"
)

func TestASealedValueHasOnlyItsDigest(t *testing.T) {
	salt := commitment.Salt{1, 2, 3}
	for _, c := range []struct {
		value     slot.Value
		canonical string
	}{
		{slot.TextValue("a\"b"), `"a\"b"`},
		{slot.NumberValue("10.5"), `"10.5"`},
		{slot.BooleanValue(true), `true`},
		{slot.ListValue([]string{"a", "b"}), `["a","b"]`},
		{slot.DateValue("2026-11-23"), `"2026-11-23"`},
	} {
		sum := sha256.Sum256(append(salt[:], c.canonical...))
		sealed := c.value.SealedWith(salt)
		require.Equal(t, hex.EncodeToString(sum[:]), sealed.Digest())
		require.Equal(t, slot.SealedShape, sealed.Shape())
		require.Empty(t, sealed.Text())
		require.True(t, sealed.Equal(c.value.SealedWith(salt)))
		require.False(t, sealed.Equal(c.value) || c.value.Equal(sealed), "a sealed value equals only a sealed one")
		require.False(t, sealed.Equal(slot.TextValue("other")))
		require.False(t, sealed.Equal(slot.Value{}))
		require.Equal(t, sealed, sealed.SealedWith(commitment.Salt{9}), "a sealed value is not sealed again")
	}
	x := slot.TextValue("x")
	require.False(t, x.SealedWith(commitment.Salt{1}).Equal(x.SealedWith(commitment.Salt{2})))
	require.True(t, slot.Value{}.SealedWith(salt).IsAbsent())
	require.Empty(t, x.Digest())
	require.False(t, slot.HiddenValue().Equal(slot.HiddenValue()), "a hidden value equals nothing")
}

func TestEqualComparesNumbersByValueAndOtherValuesExactly(t *testing.T) {
	number := func(s string) slot.Value {
		d, ok := decimal.Parse(s)
		require.True(t, ok)
		return slot.NumberValue(d)
	}
	require.True(t, number("3.0").Equal(number("3")))
	require.True(t, number("1e2").Equal(number("100")))
	require.False(t, number("3").Equal(slot.TextValue("3")))
	utc, local := slot.TimestampValue("2026-11-23T09:30:00Z"), slot.TimestampValue("2026-11-23T10:30:00+01:00")
	require.False(t, utc.Equal(local), "the offset is part of the value")
	require.False(t, slot.ListValue([]string{"a", "b"}).Equal(slot.ListValue([]string{"b", "a"})))
	require.True(t, slot.BooleanValue(false).Equal(slot.BooleanValue(false)))
	require.False(t, slot.BooleanValue(false).Equal(slot.Value{}))
}

func TestCanonicalBytesAreRFC8785(t *testing.T) {
	for want, v := range map[string]slot.Value{
		`null`:           {},
		`"\u001f\\\"é/"`: slot.TextValue("\x1f\\\"é/"),
		`[]`:             slot.ListValue(nil),
		`{"sealed":"d"}`: slot.SealedValue("d"),
	} {
		t.Run(want, func(t *testing.T) {
			got, err := v.MarshalJSON()
			require.NoError(t, err)
			require.Equal(t, want, string(got))
		})
	}
}

func TestInstantTruncatesToMicroseconds(t *testing.T) {
	at, ok := slot.TimestampValue("2026-11-23T09:30:00.1234567+01:00").Instant()
	require.True(t, ok)
	require.Equal(t, time.Date(2026, 11, 23, 8, 30, 0, 123456000, time.UTC), at)
	_, ok = slot.TextValue("x").Instant()
	require.False(t, ok)
}

func TestOriginsAreAClosedSet(t *testing.T) {
	for _, o := range []slot.Origin{slot.Manual, slot.Agent, slot.Device, slot.Import} {
		require.True(t, o.Known())
	}
	require.False(t, slot.Origin("").Known())
	require.False(t, slot.Origin("Manual").Known())
}
