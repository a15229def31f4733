package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
)

func TestARunIsLoadedOnlyIfItHasChanged(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	memory := staleRuns{}
	read := func(known audit.Head) (app.RunRecord, bool) {
		t.Helper()
		rec, changed, err := fx.RunIfChanged(t.Context(), id, known)
		require.NoError(t, err)
		return rec, changed
	}
	write := func(value string) {
		t.Helper()
		_, err := fx.Execute(t.Context(), ann, id, draft(value))
		require.NoError(t, err)
		fx.faults.loads = 0
	}
	first, changed := read(audit.Head{})
	require.True(t, changed, "nothing is known")
	require.EqualValues(t, 1, first.Run.Revision)
	fx.faults.loads = 0
	_, changed = read(first.Head)
	require.False(t, changed)
	require.Zero(t, fx.faults.loads)

	write(`"x"`)
	second, changed := read(first.Head)
	require.True(t, changed)
	require.EqualValues(t, 2, second.Run.Revision)
	require.Equal(t, 1, fx.faults.loads)
	_, changed = read(audit.Head{Seq: second.Head.Seq, Hash: first.Head.Hash})
	require.True(t, changed, "the hash is part of the head")

	fx.rewire(func(p *app.Ports) { p.RecentRuns = memory })
	memory[id] = second
	fx.faults.loads = 0
	got, changed := read(first.Head)
	require.True(t, changed)
	require.Equal(t, second, got)
	require.Zero(t, fx.faults.loads, "the remembered run is the current one")
	delete(memory, id)
	write(`"y"`)
	memory[id] = second
	got, changed = read(first.Head)
	require.True(t, changed)
	require.EqualValues(t, 3, got.Run.Revision, "the remembered run is out of date")
	require.Equal(t, 1, fx.faults.loads)

	_, _, err := fx.RunIfChanged(t.Context(), "0190a0a0-0000-7000-8000-000000000001", first.Head)
	require.True(t, fault.Is(err, fault.NotFound))
}

func TestAProcedureIsLoadedOnlyIfItHasChanged(t *testing.T) {
	fx := newFixture(t)
	fx.save(document)
	first, changed, err := fx.ProcedureIfChanged(t.Context(), "p", audit.Head{})
	require.NoError(t, err)
	require.True(t, changed)
	require.Equal(t, "P", first.Definition.Name)
	_, changed, err = fx.ProcedureIfChanged(t.Context(), "p", first.Record.Head)
	require.NoError(t, err)
	require.False(t, changed)
	_, err = fx.ArchiveProcedure(t.Context(), ann, "p")
	require.NoError(t, err)
	second, changed, err := fx.ProcedureIfChanged(t.Context(), "p", first.Record.Head)
	require.NoError(t, err)
	require.True(t, changed)
	require.EqualValues(t, "archived", second.Record.Status)
	_, _, err = fx.ProcedureIfChanged(t.Context(), "none", first.Record.Head)
	require.True(t, fault.Is(err, fault.NotFound))
}
