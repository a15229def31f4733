package procedure_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/procedure"
)

// TestStepsAndItemsAreFoundByKey asks lists of lengths around the one from which they have an index.
func TestStepsAndItemsAreFoundByKey(t *testing.T) {
	for _, n := range []int{1, 15, 16, 17, 500} {
		steps, items := make([]string, n), make([]string, n)
		for i := range n {
			items[i] = fmt.Sprintf(`{"key":"i%d","label":"I"}`, i)
		}
		for i := range n {
			steps[i] = fmt.Sprintf(`{"key":"s%d","title":"S"}`, i)
		}
		steps[0] = `{"key":"s0","title":"S","checklist_items":[` + strings.Join(items, ",") + `]}`
		d, issues := procedure.ReadCanonical([]byte(`{"name":"N","steps":[`+strings.Join(steps, ",")+`]}`), nil)
		require.Empty(t, issues)
		for i := range n {
			found, ok := d.StepIndex(fmt.Sprintf("s%d", i))
			require.True(t, ok && found == i)
			found, ok = d.Steps[0].ItemIndex(fmt.Sprintf("i%d", i))
			require.True(t, ok && found == i)
		}
		for _, unknown := range []string{"", "s", "i", "s-1"} {
			_, step := d.StepIndex(unknown)
			_, item := d.Steps[0].ItemIndex(unknown)
			require.False(t, step || item)
		}
	}
}
