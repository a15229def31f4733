package contract

import (
	"bytes"
	"context"
	"strings"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/verify"
)

// testKeys are two signing keys. They are the same in every test run.
var testKeys = func() (keys []audit.Key) {
	for _, b := range []string{"a", "b"} {
		private, _, err := audit.GenerateKey(strings.NewReader(strings.Repeat(b, 32)), "test-"+b)
		if err != nil {
			panic(err)
		}
		parsed, err := audit.ParseKeys(private)
		if err != nil {
			panic(err)
		}
		keys = append(keys, parsed...)
	}
	return keys
}()

// checkpoint makes checkpoints that cover all changes so far.
func (fx *fixture) checkpoint(keys ...audit.Key) []audit.StoredNote {
	fx.Helper()
	made, err := fx.service.MakeCheckpoints(fx.ctx(), keys)
	require.NoError(fx, err)
	return made
}

func checkpointsCoverChanges(fx *fixture) {
	require.Empty(fx, fx.checkpoint(testKeys[0]), "nothing has happened")
	note, err := fx.Checkpoints.Checkpoint(fx.ctx(), 0)
	require.NoError(fx, err)
	require.Empty(fx, note)

	fx.save(definition("p", oneStep))
	first, second := fx.start("p").ID, fx.start("p").ID
	fx.waitForRun(second)
	made := fx.checkpoint(testKeys[0])
	require.Len(fx, made, 1)
	require.Empty(fx, fx.checkpoint(testKeys[0]), "nothing has changed")
	fx.mustExecute(first, run.Draft{Submission: submission("s", "a", `"x"`)})
	fx.waitForRun(first)
	made = append(made, fx.checkpoint(testKeys...)...) // while a key is replaced, both the old and the new key sign
	fx.mustExecute(first, run.Draft{Submission: submission("s", "a", `"y"`)})
	fx.waitForRun(first)
	made = append(made, fx.checkpoint(testKeys[1])...)
	require.Len(fx, made, 3)

	var before audit.Checkpoint
	for i, n := range made {
		c, err := audit.OpenCheckpoint(n.Note)
		require.NoError(fx, err)
		require.NoError(fx, c.Follows(before))
		leaves, err := fx.Checkpoints.Leaves(fx.ctx(), c.Number)
		require.NoError(fx, err)
		require.Equal(fx, []int{3, 1, 1}[i], len(leaves))
		tree := audit.NewTree(nil)
		for at, l := range leaves {
			require.Equal(fx, [2]int64{c.Number, int64(at)}, [2]int64{l.Number, l.Index})
			tree.Add(l.Leaf)
		}
		require.Equal(fx, c.Root, tree.Root())
		one, err := fx.Checkpoints.Checkpoint(fx.ctx(), c.Number)
		require.NoError(fx, err)
		require.Equal(fx, n.Note, one)
		before = c
	}
	rest, err := fx.Checkpoints.CheckpointsAfter(fx.ctx(), 1, 10)
	require.NoError(fx, err)
	require.Equal(fx, made[1:], rest)
	rest, err = fx.Checkpoints.CheckpointsAfter(fx.ctx(), 0, 1)
	require.NoError(fx, err)
	require.Equal(fx, made[:1], rest)

	fx.requireProof(first, 3)
	fx.requireProof(second, 1)
	for range 20 { // more times than there are connections: each call must release its connection
		fx.requireProof(first, 3)
	}
	fx.requireLeaves(first, second)
	fx.requireNumberTaken(made[2])
}

// Bundle returns the bundle of a run, read back from the document that the service writes.
func (fx *fixture) Bundle(ctx context.Context, id string, withhold ...string) (verify.Bundle, error) {
	var out bytes.Buffer
	if err := fx.service.WriteBundle(ctx, &out, id, withhold...); err != nil {
		return verify.Bundle{}, err
	}
	return verify.ReadBundle(out.Bytes(), func(n int, do func(from, to int)) { do(0, n) })
}

// requireProof checks that the bundle of a run proves that the checkpoint with the given number covers the run.
func (fx *fixture) requireProof(id string, number int64) {
	fx.Helper()
	b, err := fx.Bundle(fx.ctx(), id)
	require.NoError(fx, err)
	c, err := b.Proof.Check(audit.Run(id))
	require.NoError(fx, err)
	require.Equal(fx, number, c.Number)
	require.Equal(fx, b.Events[b.Proof.Seq-1].Hash, b.Proof.Hash)
}

// requireLeaves reads the leaves of two runs, by entity and by range. The first run has a leaf in each of the three
// checkpoints, the second run only in the first checkpoint.
func (fx *fixture) requireLeaves(first, second string) {
	fx.Helper()
	of, err := fx.Checkpoints.LeavesOf(fx.ctx(), audit.Run(first))
	require.NoError(fx, err)
	require.Len(fx, of, 3)
	var numbers []int64
	for _, l := range of {
		numbers = append(numbers, l.Number)
		leaves, err := fx.Checkpoints.Leaves(fx.ctx(), l.Number)
		require.NoError(fx, err)
		require.Equal(fx, l, leaves[l.Index])
	}
	require.Equal(fx, []int64{1, 2, 3}, numbers)
	between := func(first, last string) (all []string) {
		r := audit.Range{Type: audit.RunEntity, After: first, Through: last}
		require.NoError(fx, fx.Export.LeavesIn(fx.ctx(), r, func(l audit.StoredLeaf) error {
			all = append(all, l.Entity.ID[len(l.Entity.ID)-1:]+audit.CheckpointID(l.Number))
			leaves, err := fx.Checkpoints.Leaves(fx.ctx(), l.Number)
			require.NoError(fx, err)
			require.Equal(fx, l, leaves[l.Index])
			return nil
		}))
		return all
	}
	require.Equal(fx, []string{"11", "12", "13", "21"}, between("", second))
	require.Equal(fx, []string{"21"}, between(first, ""))
	require.Empty(fx, between(second, ""))
}

// requireNumberTaken checks that a checkpoint with an existing number is refused and not added to the feed.
func (fx *fixture) requireNumberTaken(last audit.StoredNote) {
	fx.Helper()
	before, end := fx.readFeed(audit.Cursor{}, 100) // may not contain the last checkpoint yet
	leaf := audit.Leaf{Entity: audit.Run("x"), Head: audit.Head{Seq: 1, Hash: audit.Genesis}}
	require.ErrorIs(fx, fx.Checkpoints.AppendCheckpoint(fx.ctx(), last, []audit.Leaf{leaf}), app.ErrMoved)
	after, _ := fx.readFeed(end, 100)
	for _, r := range after {
		require.Equal(fx, last.Note, r.Note)
	}
	require.NotEmpty(fx, before)
	page, err := fx.Feed.NextLeaves(fx.ctx(), end, 10)
	require.NoError(fx, err)
	require.Empty(fx, page.Leaves)
	require.False(fx, page.More)
	require.GreaterOrEqual(fx, page.Until.Position, end.Position)
	first, err := fx.Feed.NextLeaves(fx.ctx(), audit.Cursor{}, 1)
	require.NoError(fx, err)
	require.True(fx, first.More)
}

func checkpointsAreMadeOnce(fx *fixture) {
	fx.save(definition("p", oneStep))
	var makers errgroup.Group
	for range 4 {
		var id string
		for range 5 {
			id = fx.start("p").ID
		}
		fx.waitForRun(id)
		for range 4 {
			makers.Go(func() error {
				_, err := fx.service.MakeCheckpoints(fx.ctx(), testKeys)
				return err
			})
		}
		require.NoError(fx, makers.Wait())
	}
	all, err := fx.Checkpoints.CheckpointsAfter(fx.ctx(), 0, 100)
	require.NoError(fx, err)
	covered := 0
	var before audit.Checkpoint
	for _, n := range all {
		c, err := audit.OpenCheckpoint(n.Note)
		require.NoError(fx, err)
		require.NoError(fx, c.Follows(before))
		before, covered = c, covered+int(c.Leaves)
	}
	require.Equal(fx, 21, covered, "each run once, and the procedure")
}
