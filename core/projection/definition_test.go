package projection_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run/runtest"
)

func TestTheTableOfStepsSaysWhatAgentsMayDo(t *testing.T) {
	v := runtest.MustVersion(t, []byte(`{"id":"p","name":"P","steps":[{"key":"a","title":"A"},
		{"key":"b","title":"B","agents":"draft"},{"key":"c","title":"C","agents":"none"}]}`), cel.Language{})
	tables := projection.DefinitionTables(v)
	steps := tables[slices.IndexFunc(tables, func(t projection.Table) bool { return t.Name == "procedure_steps" })]
	var agents []any
	for _, row := range steps.Rows {
		agents = append(agents, row[slices.Index(steps.Columns, "agents")])
	}
	require.Equal(t, []any{"commit", "draft", "none"}, agents)
}
