package run_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// Whatever leads a run from a step to another or to its end is an edge of the graph.
func TestGraphHasAnEdgeForEveryMoveOfARun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		execute(t, func(x executed, _ *history) {
			g := x.before.Version.In(nil).Graph()
			from := -1
			var passed []int // by their own conditions
			for _, e := range x.decision.Events {
				switch f := e.Fact.(type) {
				case run.StepCommitted:
					from = f.Step
				case run.StepSkipped:
					from = f.Step
				case run.StepNotApplicable:
					if f.Transition == "" {
						passed = append(passed, f.Step)
					}
				case run.Opened:
					requirePath(t, g, from, passed, f.Step)
				case run.RunCompleted:
					requirePath(t, g, from, passed, len(x.before.Steps))
				case run.Created, run.Started, run.DraftSaved, run.Amended, run.RunFailed, run.ContentErased, run.ValueErased,
					run.SlotRevealed, run.Refused: // these lead nowhere
				}
			}
		})
	})
}

// requirePath checks that edges lead from a closed step to a node, over steps whose own conditions do not hold.
func requirePath(t *rapid.T, g procedure.Graph, from int, passed []int, to int) {
	for _, next := range append(slices.Clone(passed), to) {
		unless := slices.Contains(passed, from)
		require.True(t, slices.ContainsFunc(g.Edges, func(e procedure.GraphEdge) bool {
			return e.From == from && e.To == next && (e.Unless != "") == unless && e.Back == (next <= from)
		}), "no edge from %d to %d in %+v", from, next, g.Edges)
		from = next
	}
}
