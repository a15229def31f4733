package slot_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/slot"
)

func TestParamsOfIssues(t *testing.T) {
	two, three := 2, 3
	bounded := func(typ slot.Type, least, most string) *slot.Slot {
		s := slot.Slot{Type: typ}
		s.Min, _ = s.ReadBound([]byte(least))
		s.Max, _ = s.ReadBound([]byte(most))
		return compile(t, s)
	}
	options := []string{"a", "b", "c", "d"}
	line := compile(t, slot.Slot{Type: slot.String, MinLength: &two, MaxLength: &three})
	list := compile(t, slot.Slot{Type: slot.MultiEnum, Options: options, MinLength: &two, MaxLength: &three})
	number := bounded(slot.Decimal, `-1.50`, `1e2`)
	date := bounded(slot.DateOnly, `"2024-01-01"`, `"2024-12-31"`)
	for _, c := range []struct {
		s         *slot.Slot
		raw, code string
		params    fault.Params
	}{
		{line, `1`, "type", fault.Params{"expected": "string"}},
		{number, `"1"`, "type", fault.Params{"expected": "number"}},
		{unconstrained(t, slot.Integer), `1.5`, "type", fault.Params{"expected": "integer"}},
		{list, `1`, "type", fault.Params{"expected": "multi_enum"}},
		{list, `["z"]`, "enum", fault.Params{"allowed": options}},
		{compile(t, slot.Slot{Type: slot.Enum, Options: options}), `"z"`, "enum", fault.Params{"allowed": options}},
		{line, `"é"`, "min_length", fault.Params{"min": 2, "actual_length": 1}},
		{line, `"😀😀😀😀"`, "max_length", fault.Params{"max": 3, "actual_length": 4}},
		{list, `["a"]`, "min_length", fault.Params{"min": 2, "actual_length": 1}},
		{list, `["a","b","c","d"]`, "max_length", fault.Params{"max": 3, "actual_length": 4}},
		{compile(t, slot.Slot{Type: slot.String, Mask: "X-X"}), `"1"`, "mask", fault.Params{"mask": "X-X"}},
		{compile(t, slot.Slot{Type: slot.String, Validate: "a+"}), `"b"`, "pattern", fault.Params{"pattern": "a+"}},
		{number, `-2`, "min", fault.Params{"min": "-1.5"}},
		{number, `100.1`, "max", fault.Params{"max": "100"}},
		{date, `"2023-12-31"`, "min", fault.Params{"min": "2024-01-01"}},
		{date, `"2025-01-01"`, "max", fault.Params{"max": "2024-12-31"}},
	} {
		_, issue := c.s.Check([]byte(c.raw))
		want := &fault.Issue{Field: "slots.x", Code: "validation." + c.code, Params: c.params}
		require.Equal(t, want, issue, "%s %s", c.s.Type, c.raw)
	}
}
