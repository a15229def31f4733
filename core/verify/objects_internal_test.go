package verify

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/audit"
)

// A database system of an unknown release may word a definition differently, but not what the service says in it.
func TestADefinitionThatMayBeWordedDifferentlyIsAWarningButForItsState(t *testing.T) {
	for kind, one := range map[string]struct {
		made, found string
		code        string
	}{
		"table":      {"kind r", "kind p", "object_differs"},
		"function":   {"sql: SELECT 1", "sql: SELECT 2", "object_differs"},
		"trigger":    {"CREATE TRIGGER x enabled O", "CREATE TRIGGER x enabled D", "object_differs"},
		"constraint": {"CHECK (a)", "CHECK ((a))", "object_not_compared"},
	} {
		expected := []Object{{Kind: kind, Name: "a.b", Definition: one.made}}
		found := []Object{{Kind: kind, Name: "a.b", Definition: one.found}}
		all := compareObjects(expected, found, false)
		require.Len(t, all, 1, kind)
		require.Equal(t, one.code, all[0].Problem.Code, kind)
		require.Equal(t, one.code == "object_not_compared", all[0].Warning, kind)
		require.Equal(t, []audit.Finding{{Entity: all[0].Entity, Problem: audit.Wrong("object_differs")}},
			compareObjects(expected, found, true), kind)
	}
	reworded := compareObjects([]Object{{"trigger", "a.b", "CREATE TRIGGER x enabled O"}},
		[]Object{{"trigger", "a.b", "CREATE TRIGGER (x) enabled O"}}, false)
	require.Equal(t, "object_not_compared", reworded[0].Problem.Code)
}
