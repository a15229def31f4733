package run_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/run"
)

func TestEveryActionButARefusalNeedsAPermission(t *testing.T) {
	refusals := []run.Action{run.ActionRefused, run.ActionDraftRefused, run.ActionCommitRefused}
	for _, a := range run.Actions {
		_, err := access.ParsePermission(a.Permission().String())
		require.Equal(t, err == nil, !slices.Contains(refusals, a), "%s", a)
	}
}

func TestEachCommandNeedsThePermissionOfItsEvents(t *testing.T) {
	for want, commands := range map[access.Permission][]run.Command{
		access.Work:   {run.Draft{}, run.Commit{}, run.Amend{}, run.Skip{}},
		access.Fail:   {run.Fail{}},
		access.Reveal: {run.Reveal{}},
		access.Erase:  {run.Erase{}},
	} {
		for _, c := range commands {
			require.Equal(t, want, c.Action().Permission(), "%T", c)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		execute(t, func(x executed, _ *history) {
			recorded := len(x.decision.Events) == 0
			for _, e := range x.decision.Events {
				require.Equal(t, x.command.Action().Permission(), e.Fact.Action().Permission(), "%s", e.Fact.Action())
				recorded = recorded || e.Fact.Action() == x.command.Action()
			}
			require.True(t, recorded, "an event has the action of the command %T", x.command)
		})
	})
}
