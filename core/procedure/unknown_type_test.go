package procedure_test

import (
	"bytes"
	"context"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/procedure"
)

// Conditions refer to the slots of the demo, compare them with literals and order them. Whatever the type of a slot is,
// the definition is read to its end.
func TestASlotOfAnyTypeIsAFindingAndNoFault(t *testing.T) {
	demo, err := os.ReadFile("../../docs/procedures/demo.json")
	require.NoError(t, err)
	types := regexp.MustCompile(`"type": *"[a-z_]+"`).FindAllIndex(demo, -1)
	require.Greater(t, len(types), 10)
	for _, at := range types {
		for _, other := range []string{`"nothing"`, `""`, `null`, `7`, `"boolean"`, `"multi_enum"`, `"number"`, `"date"`} {
			text := bytes.Join([][]byte{demo[:at[0]], []byte(`"type":` + other), demo[at[1]:]}, nil)
			_, issues := procedure.Read(context.Background(), parse(t, string(text)), cel.Language{})
			if other == `"nothing"` {
				require.NotZero(t, issues.Count)
				require.Equal(t, "definition.unknown_type", issues.First[0].Code)
			}
		}
	}
}
