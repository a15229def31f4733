package verify_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/verify"
)

// checkpoint makes a checkpoint of all that has changed, in the form of this release or of an earlier one.
func (fx *fixture) checkpoint(key audit.Key, earlier bool) (audit.Checkpoint, string) {
	fx.t.Helper()
	ports := fx.storage.App
	if earlier {
		ports.Checkpoints = apptest.EarlierCheckpoints{Checkpoints: ports.Checkpoints, Keys: []audit.Key{key}}
	}
	made, err := apptest.New(ports).MakeCheckpoints(fx.t.Context(), []audit.Key{key}, "")
	require.NoError(fx.t, err)
	require.Len(fx.t, made, 1)
	stored, err := fx.storage.App.Checkpoints.Checkpoint(fx.t.Context(), made[0].Number)
	require.NoError(fx.t, err)
	c, err := stored.Open()
	require.NoError(fx.t, err)
	return c, stored.Note
}

func TestOnlyNotesOfTheDatabaseBelongToIt(t *testing.T) {
	fx, without := newFixture(t), newFixture(t)
	key := auditKey(t, "alice")
	id := fx.startRun()
	earlier, earlierNote := fx.checkpoint(key, true)
	_, err := fx.Execute(t.Context(), ann, id, draft(`"x"`))
	require.NoError(t, err)
	first, firstNote := fx.checkpoint(key, false)
	_, err = fx.Execute(t.Context(), ann, id, draft(`"y"`))
	require.NoError(t, err)
	last, lastNote := fx.checkpoint(key, false)
	require.Greater(t, last.Log.Size, first.Log.Size)
	sign := func(c audit.Checkpoint, change func(*audit.Checkpoint)) string {
		change(&c)
		note, err := c.Sign([]audit.Key{key})
		require.NoError(t, err)
		return note
	}
	for note, want := range map[string]bool{
		earlierNote: true, firstNote: true, lastNote: true,
		sign(first, func(c *audit.Checkpoint) { c.Log.Root[0]++ }):       false,
		sign(first, func(c *audit.Checkpoint) { c.Log.Size++ }):          false,
		sign(first, func(c *audit.Checkpoint) { c.Log.Origin = "o" }):    false,
		sign(last, func(c *audit.Checkpoint) { c.Log.Size++ }):           false,
		sign(earlier, func(c *audit.Checkpoint) { c.Previous = c.Root }): false,
		sign(earlier, func(c *audit.Checkpoint) { c.Number = 9 }):        false,
	} {
		belongs, err := fx.Belongs(t.Context(), note)
		require.NoError(t, err)
		require.Equal(t, want, belongs, note)
		belongs, err = without.Belongs(t.Context(), note)
		require.NoError(t, err)
		require.False(t, belongs, note)
	}
	_, err = fx.Belongs(t.Context(), "x")
	require.Error(t, err)
}

func TestTheNotesOfAForkAreNamed(t *testing.T) {
	fx := newFixture(t)
	key := auditKey(t, "alice")
	fx.startRun()
	c, note := fx.checkpoint(key, false)
	c.Log.Root[0]++
	other, err := c.Sign([]audit.Key{key})
	require.NoError(t, err)
	c.Log.Size++
	unrelated, err := c.Sign([]audit.Key{key})
	require.NoError(t, err)
	_, err = verify.KeptCheckpoints([]string{unrelated, note, note, other})
	var fork verify.ForkError
	require.ErrorAs(t, err, &fork)
	require.Equal(t, []int{1, 3}, []int{fork.First, fork.Second})
	require.Equal(t, "two_heads", fork.Problem.Code)
	require.EqualValues(t, 4, audit.ProblemOf(fork.Unwrap(), "cause").Params["number"])
}
