package app_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

// damagedNodes are checkpoints whose log has a node that somebody has changed.
type damagedNodes struct{ app.Checkpoints }

func (d damagedNodes) Nodes(ctx context.Context, positions []int64) ([]audit.Hash, error) {
	hashes, err := d.Checkpoints.Nodes(ctx, positions)
	if len(hashes) > 0 {
		hashes[0][0] ^= 1
	}
	return hashes, err
}

// A checkpoint over forged nodes would sign another history, which no witness and no kept checkpoint accepts.
func TestNoCheckpointIsMadeOverNodesThatWereChanged(t *testing.T) {
	fx := newFixture(t)
	keys := []audit.Key{auditKey(t, "alice")}
	fx.startRun()
	_, err := fx.MakeCheckpoints(t.Context(), keys, "")
	require.NoError(t, err)
	id := fx.startRun()
	whole := fx.ports.Checkpoints
	fx.rewire(func(p *app.Ports) { p.Checkpoints = damagedNodes{whole} })
	made, err := fx.MakeCheckpoints(t.Context(), keys, "")
	require.Empty(t, made)
	problem, held := audit.HeldProblem(err)
	require.True(t, held, "%v", err)
	require.Equal(t, "log_damaged", problem.Code)

	fx.rewire(func(p *app.Ports) { p.Checkpoints = whole })
	made, err = fx.MakeCheckpoints(t.Context(), keys, "")
	require.NoError(t, err)
	require.Len(t, made, 1, "nothing was written before")
	fx.rewire(func(p *app.Ports) { p.Checkpoints = damagedNodes{whole} })
	var bundle bytes.Buffer
	require.NoError(t, fx.WriteBundle(t.Context(), &bundle, id), "a bundle is written all the same; it does not verify")
}

// TestALogKeepsItsOrigin: it is the name under which witnesses know the log.
func TestALogKeepsItsOrigin(t *testing.T) {
	fx := newFixture(t)
	keys := []audit.Key{auditKey(t, "alice")}
	for _, c := range []struct {
		origin string
		made   bool
	}{{"log.example/a", true}, {"log.example/b", false}, {"log.example/a", true}, {"", true}} {
		fx.startRun()
		made, err := fx.MakeCheckpoints(t.Context(), keys, c.origin)
		require.Equal(t, c.made, err == nil, c.origin)
		if c.made {
			require.Len(t, made, 1)
			opened, err := made[0].Open()
			require.NoError(t, err)
			require.Equal(t, "log.example/a", opened.Log.Origin)
		}
	}
}
