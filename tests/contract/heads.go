package contract

import (
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/run"
)

// headsAreReadTogether checks that a query for many heads returns what a query for each of them returns.
func headsAreReadTogether(fx *fixture) {
	fx.save(definition("p", oneStep))
	fx.save(definition("q", oneStep))
	var ids []string
	wanted := map[string]audit.Head{}
	for i := range 5 {
		id := fx.start("p").ID
		if i%2 == 0 {
			fx.mustExecute(id, run.Draft{Submission: submission("s", "a", `"x"`)})
		}
		head, err := fx.Runs.Head(fx.ctx(), id)
		require.NoError(fx, err)
		require.Equal(fx, fx.load(id).Head, head)
		ids, wanted[id] = append(ids, id), head
	}
	for n := range ids {
		delete(wanted, ids[n])
		got, err := fx.storage.RunHeads.Heads(fx.ctx(), ids[n+1:])
		require.NoError(fx, err)
		require.Equal(fx, wanted, got)
	}
	unknown := "0190a0a0-0000-7000-8000-000000000001"
	got, err := fx.storage.RunHeads.Heads(fx.ctx(), []string{unknown, ids[3], "no id", "", `"'`, "\x00", "\xff", ids[3]})
	require.NoError(fx, err)
	require.Equal(fx, map[string]audit.Head{ids[3]: fx.load(ids[3]).Head}, got, "unknown runs are left out")

	got, err = fx.storage.ProcedureHeads.Heads(fx.ctx(), []string{"p", "none", "q", `"'`, "\x00", "\xff"})
	require.NoError(fx, err)
	wanted = map[string]audit.Head{}
	for _, id := range []string{"p", "q"} {
		wanted[id], err = fx.Procedures.Head(fx.ctx(), id)
		require.NoError(fx, err)
	}
	require.Equal(fx, wanted, got)
}
