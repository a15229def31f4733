package slot_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/decimal"
	"github.com/procedo/procedo/core/slot"
)

// quoted returns s as a JSON string according to RFC 8785, section 3.2.2.2. It does not use the JSON
// library that slot.Value uses.
func quoted(s string) string {
	short := map[rune]string{'"': `\"`, '\\': `\\`, '\b': `\b`, '\t': `\t`, '\n': `\n`, '\f': `\f`, '\r': `\r`}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case short[r] != "":
			b.WriteString(short[r])
		case r < ' ':
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}

// sample is a value and its expected canonical bytes, which are computed without the code under test.
type sample struct {
	value     slot.Value
	canonical string
}

// samples draws unsealed values of every shape except timestamps.
func samples() *rapid.Generator[sample] {
	text := rapid.StringOf(rapid.Rune().Filter(func(r rune) bool { return r != 0 && utf8.ValidRune(r) }))
	number := rapid.StringMatching(`-?[1-9][0-9]{0,30}(\.[0-9]{0,9}[1-9])?`)
	date := rapid.StringMatching(`20[0-9]{2}-1[0-2]-[0-2][1-8]`)
	return rapid.OneOf(
		rapid.Map(text, func(s string) sample { return sample{slot.TextValue(s), quoted(s)} }),
		rapid.Map(number, func(s string) sample { return sample{slot.NumberValue(decimal.Decimal(s)), quoted(s)} }),
		rapid.Map(rapid.Bool(), func(b bool) sample { return sample{slot.BooleanValue(b), fmt.Sprint(b)} }),
		rapid.Map(rapid.SliceOfN(text, 1, 4), func(l []string) sample {
			all := make([]string, len(l))
			for i, s := range l {
				all[i] = quoted(s)
			}
			return sample{slot.ListValue(l), "[" + strings.Join(all, ",") + "]"}
		}),
		rapid.Map(date, func(s string) sample { return sample{slot.DateValue(s), quoted(s)} }),
	)
}

func TestTheDigestOfASealedValueIsTheSHA256OfSaltAndCanonicalBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := samples().Draw(t, "value")
		var salt commitment.Salt
		copy(salt[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "salt"))
		require.Equal(t, h.canonical, string(h.value.AppendCanonical(nil)))
		sum := sha256.Sum256(append(append([]byte{}, salt[:]...), h.canonical...))

		sealed := h.value.SealedWith(salt)
		require.Equal(t, hex.EncodeToString(sum[:]), sealed.Digest())
		require.Equal(t, `{"sealed":"`+sealed.Digest()+`"}`, string(sealed.AppendCanonical(nil)))
		require.Empty(t, sealed.Text()+strings.Join(sealed.List(), ""))
		require.False(t, sealed.Bool())
	})
}

func TestEqualIsSymmetricForSealedAndUnsealedValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := samples().Draw(t, "a"), samples().Draw(t, "b")
		salt := commitment.Salt{7}
		same := a.canonical == b.canonical && a.value.Shape() == b.value.Shape()
		require.True(t, a.value.Equal(a.value))
		require.Equal(t, same, a.value.Equal(b.value))
		require.Equal(t, same, b.value.Equal(a.value))
		// A sealed value has lost its original shape, so Equal can compare only the canonical bytes.
		bytesSame := a.canonical == b.canonical
		require.False(t, a.value.SealedWith(salt).Equal(b.value) || b.value.Equal(a.value.SealedWith(salt)))
		require.Equal(t, bytesSame, a.value.SealedWith(salt).Equal(b.value.SealedWith(salt)))
		require.False(t, a.value.SealedWith(salt).Equal(slot.Value{}))
	})
}

// constrained draws a slot of a random type with constraints that apply to the type.
func constrained(t *rapid.T) *slot.Slot {
	s := slot.Slot{Name: "x", Type: rapid.SampledFrom(slot.Types).Draw(t, "type")}
	length := rapid.Ptr(rapid.IntRange(1, 9), true)
	bounds := map[slot.Type][2]string{
		slot.Integer:   {`-5`, `5`},
		slot.Decimal:   {`-0.5`, `1e1`},
		slot.DateOnly:  {`"2024-01-01"`, `"2024-12-31"`},
		slot.DateTime:  {`"2024-01-01T00:00:00Z"`, `"2024-12-31T00:00:00Z"`},
		slot.TimeOfDay: {`"08:00:00"`, `"18:00:00"`},
	}
	switch s.Type {
	case slot.Enum, slot.MultiEnum:
		s.Options = []string{"a", "b"}
	case slot.String, slot.LongText, slot.Email, slot.Phone, slot.URL:
		s.Validate = rapid.SampledFrom([]string{"", "[a-z]+", "a|b"}).Draw(t, "validate")
		s.Mask = rapid.SampledFrom([]string{"", "XX-X"}).Draw(t, "mask")
		s.MaxLength = length.Draw(t, "max_length")
	}
	if b, ok := bounds[s.Type]; ok {
		s.Min, _ = s.ReadBound([]byte(b[0]))
		s.Max, _ = s.ReadBound([]byte(b[1]))
	}
	require.Empty(t, s.Compile("/s", slot.NewPatterns()))
	return &s
}

func TestIssuesOfRandomSlotsHaveAKnownCodeAndDoNotContainTheValue(t *testing.T) {
	codes := strings.Fields(
		"type precision enum duplicate min_length max_length mask pattern email phone url date datetime time min max")
	const mark = "987654321" // occurs in every drawn value and in no constraint
	var values []string
	for _, template := range []string{
		`N`, `-N`, `N.5`, `0.N`, `Ne200`, `"N"`, `["a","N"]`, `["N","N"]`, `{"a":N}`, `"N\nN"`,
		`"aN@example.org"`, `"https://N.example.org/"`, `"+33 N"`, `"2024-02-30 N"`, `"2023-06-01T00:00:00.NZ"`,
		`"07:59:59.N"`, `"N\u0000"`, `"N`,
	} {
		values = append(values, strings.ReplaceAll(template, "N", mark))
	}
	submitted := rapid.OneOf(
		rapid.SampledFrom(values),
		rapid.Map(rapid.StringMatching(`[a-z@:/+ -]{0,12}`), func(s string) string { return `"` + s + mark + `"` }),
	)
	rapid.Check(t, func(t *rapid.T) {
		s, raw := constrained(t), submitted.Draw(t, "raw")
		v, issue := s.Check([]byte(raw))
		if issue == nil {
			return
		}
		require.True(t, v.IsAbsent(), "there is no value where there is an issue")
		require.Equal(t, "slots.x", issue.Field)
		require.Contains(t, codes, strings.TrimPrefix(issue.Code, "validation."))
		shown, err := json.Marshal(issue)
		require.NoError(t, err)
		require.NotContains(t, string(shown), mark, "%s %s", s.Type, raw)
	})
}

func TestTypesShapesAndRegions(t *testing.T) {
	yes, _ := unconstrained(t, slot.Bool).Check([]byte(`true`))
	require.True(t, yes.Bool())
	choices, _ := unconstrained(t, slot.MultiEnum).Check([]byte(`["b","a"]`))
	require.Equal(t, []string{"b", "a"}, choices.List(), "in the order given")
	for _, typ := range slot.Types {
		require.True(t, typ.Known(), typ)
		require.NotEqual(t, slot.AbsentShape, typ.Shape(), typ)
	}
	require.False(t, slot.Type("String").Known())
	require.True(t, slot.KnownRegion("FR"))
	for _, region := range []string{"fr", "XX", "", "FRA"} {
		require.False(t, slot.KnownRegion(region), region)
	}
}
