package projection_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
)

// write applies changes to rows as a database does: the deletions first. A row must not exist yet; only the row of a
// visit is replaced.
func write(t require.TestingT, rows projection.Rows, c projection.Changes) projection.Rows {
	slots := func(deleted []projection.SlotRow) func(projection.SlotRow) bool {
		return func(r projection.SlotRow) bool { return slices.Contains(deleted, r) }
	}
	rows.Steps = slices.DeleteFunc(rows.Steps, func(r projection.StepRow) bool {
		return slices.Contains(c.DeletedSteps, r.Step) || slices.ContainsFunc(c.Steps, func(n projection.StepRow) bool {
			return n.Step == r.Step && n.Visit == r.Visit
		})
	})
	rows.Values = slices.DeleteFunc(rows.Values, func(r projection.ValueRow) bool { return slots(c.DeletedValues)(r.SlotRow) })
	rows.Inapplicable = slices.DeleteFunc(rows.Inapplicable, slots(c.DeletedInapplicable))
	rows.Items = slices.DeleteFunc(rows.Items, func(r projection.ItemRow) bool {
		return slices.ContainsFunc(c.DeletedItems, func(d projection.ItemRow) bool {
			return d.Step == r.Step && d.Visit == r.Visit && d.Item == r.Item
		})
	})
	for i, r := range c.Steps {
		require.False(t, r.State == run.Open && i < len(c.Steps)-1, "the open step comes last")
	}
	for _, r := range c.Values {
		require.NotContains(t, rows.Values, r)
	}
	rows.Steps, rows.Values = append(rows.Steps, c.Steps...), append(rows.Values, c.Values...)
	rows.Items, rows.Inapplicable = append(rows.Items, c.Items...), append(rows.Inapplicable, c.Inapplicable...)
	rows.Sort()
	return rows
}

// TestTheChangesOfACommandMakeTheRowsOfTheRun applies the changes of random commands, one after the other, to the rows
// of a run.
func TestTheChangesOfACommandMakeTheRowsOfTheRun(t *testing.T) {
	var versions []func(*rapid.T) run.Run
	for seed := range 20 {
		v := runtest.Version(cel.Language{}).Example(seed)
		versions = append(versions, func(t *rapid.T) run.Run {
			r, _ := runtest.Begin(t, v)
			return r
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		r := rapid.SampledFrom(versions).Draw(t, "version")(t)
		rows := write(t, projection.Rows{}, projection.Diff(run.Run{}, r, nil))
		var secrets runtest.Secrets
		for range rapid.IntRange(1, 20).Draw(t, "commands") {
			command := secrets.Add(r, runtest.Command(t, r))
			d, err := run.Decide(t.Context(), r, command, run.Stamp{By: access.Unproven("ann"), At: runtest.Epoch})
			if err != nil {
				continue
			}
			before := projection.RowsOf(r)
			after, err := run.Fold(r, d.Events)
			require.NoError(t, err)
			require.Equal(t, before, projection.RowsOf(r), "the run before the command is unchanged")
			secrets.Keep(d)
			rows = write(t, rows, projection.Diff(r, after, nil))
			want := projection.RowsOf(after)
			want.Sort()
			require.ElementsMatch(t, want.Values, rows.Values)
			require.ElementsMatch(t, want.Steps, rows.Steps)
			require.ElementsMatch(t, want.Items, rows.Items)
			require.ElementsMatch(t, want.Inapplicable, rows.Inapplicable)
			for _, row := range projection.Diff(r, after, secrets.Known).Values {
				sealed := row.Digest != nil && row.ErasedAt == nil
				require.Equal(t, sealed, row.Salt != nil, "a sealed value has its salt until it is erased")
			}
			r = after
		}
	})
}

// TestOnlyAStepThatDoesNotApplyHasARowBeforeItsFirstVisit lets a step that was never visited apply again, as it does
// when a run goes back before the step that decided it.
func TestOnlyAStepThatDoesNotApplyHasARowBeforeItsFirstVisit(t *testing.T) {
	v := everyType(t, false)
	locked := run.Run{Version: v, Steps: []run.Step{{State: run.Locked}}}
	passed := run.Run{Version: v, Steps: []run.Step{{State: run.NotApplicable}}}
	require.Empty(t, projection.RowsOf(locked).Steps)
	require.Len(t, projection.RowsOf(passed).Steps, 1)
	require.Equal(t, []string{v.Steps[0].Key}, projection.Diff(passed, locked, nil).DeletedSteps)
	require.Empty(t, projection.Diff(locked, passed, nil).DeletedSteps)
	require.Empty(t, projection.Diff(run.Run{}, locked, nil).DeletedSteps, "there is no row to delete")
}
