package slot_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/slot"
)

// findings returns the findings about a slot, each as "pointer code": those of Compile or, if there are none, that of
// FindUnfillable.
func findings(s slot.Slot) []string {
	found := s.Compile("/s", slot.NewPatterns())
	if len(found) == 0 {
		effort := slot.Effort
		if f := s.FindUnfillable("/s", &effort); f != nil {
			found = append(found, *f)
		}
	}
	var all []string
	for _, f := range found {
		all = append(all, f.Field+" "+strings.TrimPrefix(f.Code, "definition."))
	}
	return all
}

func TestConstraintsThatDoNotApplyToTheTypeAreFindings(t *testing.T) {
	one := 1
	everything := slot.Slot{
		Options: []string{"a"}, Validate: "x", Mask: "X", MinLength: &one, MaxLength: &one,
		Min: slot.TextValue("1"), Max: slot.TextValue("1"),
	}
	const ofText, ofBounded = "validate mask min_length max_length", "min max"
	applicable := map[slot.Type]string{
		slot.String: ofText, slot.LongText: ofText, slot.Email: ofText, slot.Phone: ofText, slot.URL: ofText,
		slot.Integer: ofBounded, slot.Decimal: ofBounded,
		slot.DateOnly: ofBounded, slot.DateTime: ofBounded, slot.TimeOfDay: ofBounded,
		slot.Bool: "", slot.Enum: "options", slot.MultiEnum: "options min_length max_length",
	}
	for _, typ := range slot.Types {
		everything.Type = typ
		got := strings.Join(findings(everything), "\n")
		for _, member := range []string{"options", "validate", "mask", "min", "max", "min_length", "max_length"} {
			want := !strings.Contains(" "+applicable[typ]+" ", " "+member+" ")
			reported := strings.Contains(got+"\n", "/s/"+member+" constraint_not_applicable\n")
			require.Equal(t, want, reported, "%s %s", typ, member)
		}
	}
}

func TestAPatternMustCompileByItself(t *testing.T) {
	for _, pattern := range []string{
		`a)(b`, `(`, `[z-a]`, `\8`, `a{1001}`, `(?=a)`, strings.Repeat("[a-z]{900}", 6),
	} {
		got := findings(slot.Slot{Type: slot.String, Validate: pattern})
		require.Equal(t, []string{"/s/validate pattern"}, got, pattern)
	}
}

func TestConstraintsThatNoValueSatisfiesAreFindings(t *testing.T) {
	one, two := 1, 2
	require.Equal(t, []string{"/s/min range"}, findings(slot.Slot{
		Type: slot.Decimal, Min: slot.NumberValue("10"), Max: slot.NumberValue("9.5"),
	}))
	require.Equal(t, []string{"/s/min_length range"}, findings(slot.Slot{
		Type: slot.String, MinLength: &two, MaxLength: &one,
	}))
	require.Empty(t, findings(slot.Slot{Type: slot.String, MinLength: &two, MaxLength: &two}))
	require.Equal(t, []string{"/s/mask mask"}, findings(slot.Slot{Type: slot.String, Mask: `\X-a`}))
	require.Equal(t, []string{"/s/options options_required"}, findings(slot.Slot{Type: slot.Enum}))
	require.Empty(t, findings(slot.Slot{Type: "unknown"}), "the caller reports unknown types")
}

func TestBoundsAreValuesOfTheSlotsOwnType(t *testing.T) {
	for typ, cases := range map[slot.Type]map[string]bool{
		slot.Integer:   {`3`: true, `2.5`: true, `"3"`: false, `1e101`: false, `null`: false},
		slot.DateOnly:  {`"2024-02-29"`: true, `"2023-02-29"`: false, `1`: false},
		slot.DateTime:  {`"2024-02-29T00:00:00Z"`: true, `"2024-02-29"`: false},
		slot.TimeOfDay: {`"10:00:00"`: true, `"10:00"`: false},
		slot.Bool:      {`"anything"`: true},
	} {
		for raw, want := range cases {
			t.Run(string(typ)+" "+raw, func(t *testing.T) {
				_, ok := (&slot.Slot{Type: typ}).ReadBound([]byte(raw))
				require.Equal(t, want, ok)
			})
		}
	}
	require.Equal(t, slot.AbsentShape, slot.Type("unknown").Shape())
	require.Equal(t, slot.NumberShape, slot.Integer.Shape())
}
