package procedure_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/procedure"
)

func TestGraphHasEveryWayOutOfAStep(t *testing.T) {
	doc := `{"name":"P","language":"en","steps":[
		{"key":"a","title":"A","skippable":true,"translations":{"fr":{"title":"Un"}},
		 "slots":[{"name":"x","type":"integer","required":false}],
		 "transitions":[{"when":"has(x) && x > 1","to":"c"},{"when":"has(x) && x < 0","to":"a"}]},
		{"key":"b","title":"B","when":"has(a.x)","on_return":"keep","transitions":[{"to":"end"}]},
		{"key":"c","title":"C","when":"has(a.x)"}]}`
	read, issues := procedure.Read(context.Background(), parse(t, doc), cel.Language{})
	require.Empty(t, issues)
	g := read.In([]language.Tag{language.French}).Graph()
	require.Equal(t, []procedure.GraphEdge{
		{From: 0, To: 2, When: "has(x) && x > 1"},
		{From: 0, To: 0, When: "has(x) && x < 0", Back: true},
		{From: 0, To: 1, Default: true},
		{From: 1, To: 3, Default: true},
		{From: 1, To: 2, Unless: "has(a.x)"},
		{From: 2, To: 3, Default: true},
		{From: 2, To: 3, Unless: "has(a.x)"},
	}, g.Edges)
	require.Len(t, g.Nodes, 4)
	require.Equal(t, "Un", g.Nodes[0].Title)
	require.Equal(t, procedure.GraphNode{Key: procedure.End}, g.Nodes[3])
}
