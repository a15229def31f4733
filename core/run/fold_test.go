package run_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
)

// TestFoldIsEvolveForEachEventAndLeavesTheRunAlone folds all events of random commands, and also the events of each
// command.
func TestFoldIsEvolveForEachEventAndLeavesTheRunAlone(t *testing.T) {
	var versions []*procedure.Version
	for seed := range 20 {
		versions = append(versions, runtest.Version(cel.Language{}).Example(seed))
	}
	rapid.Check(t, func(t *rapid.T) {
		r, all := runtest.Begin(t, rapid.SampledFrom(versions).Draw(t, "version"))
		all = slices.Clone(all)
		var secrets runtest.Secrets
		for range rapid.IntRange(1, 20).Draw(t, "commands") {
			d, err := run.Decide(t.Context(), r, secrets.Add(r, runtest.Command(t, r)), run.Stamp{By: access.Unproven("ann"), At: runtest.Epoch})
			if err != nil {
				continue
			}
			before, rows := r, projection.RowsOf(r)
			folded, err := run.Fold(r, d.Events)
			require.NoError(t, err)
			for _, e := range d.Events {
				former, formerRows := r, projection.RowsOf(r)
				r, err = run.Evolve(r, e)
				require.NoError(t, err)
				require.Equal(t, formerRows, projection.RowsOf(former))
			}
			require.Equal(t, r, folded)
			secrets.Keep(d)
			all = append(all, d.Events...)

			impossible := append(slices.Clone(d.Events), run.Event{Fact: run.Opened{Step: 0, Visit: 1}})
			unchanged, err := run.Fold(folded, impossible)
			require.ErrorIs(t, err, run.ErrInapplicable)
			require.Equal(t, folded, unchanged)
			require.Equal(t, rows, projection.RowsOf(before))
		}
		folded, err := run.Fold(run.Run{}, all)
		require.NoError(t, err)
		require.Equal(t, r, folded)
	})
}
