package procedure_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/procedure"
)

func TestValueNamesAreSplitAtTheLastDot(t *testing.T) {
	long := strings.Repeat("a", 128)
	for text, want := range map[string][2]string{
		"s.a": {"s", "a"}, "a.b.c": {"a.b", "c"}, "s..a": {"s.", "a"}, "s.A_1": {"s", "A_1"}, "s._": {"s", "_"},
		"1.a": {"1", "a"}, "..a": {".", "a"}, "s." + long: {"s", long},
		"": {}, "a": {}, ".": {}, ".a": {}, "s.": {}, "s.a.": {}, "s.1": {}, "s.a-b": {}, "s.é": {}, "s. a": {},
		"s.a\n": {}, "s." + long + "a": {},
	} {
		step, name, ok := procedure.SplitValueName(text)
		require.Equal(t, want, [2]string{step, name}, "%q", text)
		require.Equal(t, want[1] != "", ok, "%q", text)
	}
}
