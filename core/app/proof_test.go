package app_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
)

// TestABundleProvesItsRunInACheckpoint: in the latest that covers the run, or in a later one if a witness has cosigned
// that.
func TestABundleProvesItsRunInACheckpoint(t *testing.T) {
	fx, w := newFixture(t), newTestWitness()
	id := fx.startRun()
	proved := func() (number int64) {
		t.Helper()
		b, err := fx.Bundle(t.Context(), id)
		require.NoError(t, err)
		if b.Proof == nil {
			return 0
		}
		c, err := b.Proof.Check(audit.Run(id))
		require.NoError(t, err)
		require.Equal(t, b.Events[b.Proof.Seq-1].Head(), b.Proof.Head)
		return c.Number
	}
	require.Zero(t, proved(), "no checkpoint covers the run")
	fx.checkpoint()
	require.Equal(t, int64(1), proved())
	fx.checkpoint()
	require.Equal(t, int64(1), proved(), "the second does not cover the run")
	_, err := fx.Cosign(t.Context(), w)
	require.NoError(t, err)
	require.Equal(t, int64(2), proved(), "it is cosigned")
	_, err = fx.Execute(t.Context(), ann, id, draft(`"x"`))
	require.NoError(t, err)
	fx.checkpoint()
	require.Equal(t, int64(3), proved(), "it covers more of the run than the one that is cosigned")
}

// failingCheckpoints fails the reading with the number at, counted from 1.
type failingCheckpoints struct {
	app.Checkpoints
	at    *int
	calls *int
	err   error
}

func (f failingCheckpoints) fails() bool { *f.calls++; return *f.calls == *f.at }

func (f failingCheckpoints) LeavesOf(ctx context.Context, e audit.Entity) ([]audit.StoredLeaf, error) {
	if f.fails() {
		return nil, f.err
	}
	return f.Checkpoints.LeavesOf(ctx, e)
}

func (f failingCheckpoints) Checkpoint(ctx context.Context, number int64) (audit.StoredNote, error) {
	if f.fails() {
		return audit.StoredNote{}, f.err
	}
	return f.Checkpoints.Checkpoint(ctx, number)
}

func (f failingCheckpoints) LatestCosigned(ctx context.Context) (int64, error) {
	if f.fails() {
		return 0, f.err
	}
	return f.Checkpoints.LatestCosigned(ctx)
}

func (f failingCheckpoints) Nodes(ctx context.Context, positions []int64) ([]audit.Hash, error) {
	if f.fails() {
		return nil, f.err
	}
	return f.Checkpoints.Nodes(ctx, positions)
}

// TestABundleIsNotWrittenIfItsProofCannotBeRead: without its proof, it would look like that of a run which no
// checkpoint covers. Only if the stored nodes are damaged, the proof comes without paths, and its check finds that.
func TestABundleIsNotWrittenIfItsProofCannotBeRead(t *testing.T) {
	fx, w := newFixture(t), newTestWitness()
	id := fx.startRun()
	fx.checkpoint()
	fx.checkpoint()
	_, err := fx.Cosign(t.Context(), w)
	require.NoError(t, err)
	stored := fx.ports.Checkpoints
	lost := fault.New(fault.Unavailable, "service.unavailable", nil)
	for at := 1; ; at++ {
		calls := 0
		fx.rewire(func(p *app.Ports) { p.Checkpoints = failingCheckpoints{stored, &at, &calls, lost} })
		_, err := fx.Bundle(t.Context(), id)
		if calls < at {
			require.NoError(t, err)
			require.Greater(t, at, 5)
			break
		}
		require.ErrorIs(t, err, lost, "reading %d", at)
	}
	at, calls := 5, 0 // the first that reads nodes
	fx.rewire(func(p *app.Ports) {
		p.Checkpoints = failingCheckpoints{stored, &at, &calls, fault.New(fault.Internal, "service.corrupt", nil)}
	})
	b, err := fx.Bundle(t.Context(), id)
	require.NoError(t, err)
	_, err = b.Proof.Check(audit.Run(id))
	require.Error(t, err)
}

func TestACheckpointOfTheEarlierFormProvesARunToo(t *testing.T) {
	fx := newFixture(t)
	stored := fx.ports.Checkpoints
	fx.rewire(func(p *app.Ports) {
		p.Checkpoints = apptest.EarlierCheckpoints{Checkpoints: stored, Keys: []audit.Key{auditKey(t, "alice")}}
	})
	fx.startRun()
	id := fx.startRun()
	fx.checkpoint()
	require.Empty(t, fx.stored().Header)
	b, err := fx.Bundle(t.Context(), id)
	require.NoError(t, err)
	require.NotEmpty(t, b.Proof.Path)
	require.Empty(t, b.Proof.HeaderPath)
	_, err = b.Proof.Check(audit.Run(id))
	require.NoError(t, err)
}
