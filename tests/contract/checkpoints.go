package contract

import (
	"strings"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/run"
)

// testKeys are two signing keys, each made from one repeated byte.
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

func (w *world) checkpoint(keys ...audit.Key) []audit.StoredNote {
	w.Helper()
	made, err := w.service.MakeCheckpoints(w.ctx(), keys)
	require.NoError(w, err)
	return made
}

func checkpointsCoverChanges(w *world) {
	require.Empty(w, w.checkpoint(testKeys[0]), "nothing has happened")
	note, err := w.Checkpoints.Checkpoint(w.ctx(), 0)
	require.NoError(w, err)
	require.Empty(w, note)

	w.save(plain("p", oneStep))
	first, second := w.start("p").ID, w.start("p").ID
	w.settleRun(second)
	made := w.checkpoint(testKeys[0])
	require.Len(w, made, 1)
	require.Empty(w, w.checkpoint(testKeys[0]), "nothing has changed")
	w.must(first, run.Draft{Submission: say("s", "a", `"x"`)})
	w.settleRun(first)
	made = append(made, w.checkpoint(testKeys...)...) // the key is being replaced
	w.must(first, run.Draft{Submission: say("s", "a", `"y"`)})
	w.settleRun(first)
	made = append(made, w.checkpoint(testKeys[1])...)
	require.Len(w, made, 3)

	var before audit.Checkpoint
	for i, n := range made {
		c, err := audit.OpenCheckpoint(n.Note)
		require.NoError(w, err)
		require.NoError(w, c.Follows(before))
		leaves, err := w.Checkpoints.Leaves(w.ctx(), c.Number)
		require.NoError(w, err)
		require.Equal(w, []int{3, 1, 1}[i], len(leaves))
		tree := audit.NewTree(nil)
		for at, l := range leaves {
			require.Equal(w, [2]int64{c.Number, int64(at)}, [2]int64{l.Number, l.Index})
			tree.Add(l.Leaf)
		}
		require.Equal(w, c.Root, tree.Root())
		one, err := w.Checkpoints.Checkpoint(w.ctx(), c.Number)
		require.NoError(w, err)
		require.Equal(w, n.Note, one)
		before = c
	}
	rest, err := w.Checkpoints.CheckpointsAfter(w.ctx(), 1, 10)
	require.NoError(w, err)
	require.Equal(w, made[1:], rest)
	rest, err = w.Checkpoints.CheckpointsAfter(w.ctx(), 0, 1)
	require.NoError(w, err)
	require.Equal(w, made[:1], rest)

	w.requireProof(first, 3)
	w.requireProof(second, 1)
	for range 20 { // more often than there are connections: each must be released
		w.requireProof(first, 3)
	}
	w.requireLeaves(first, second)
	w.requireTaken(made[2])
}

// requireProof checks that a run's bundle proves its inclusion in a checkpoint.
func (w *world) requireProof(id string, number int64) {
	w.Helper()
	b, err := w.service.Bundle(w.ctx(), id)
	require.NoError(w, err)
	c, err := b.Proof.Check(audit.Run(id))
	require.NoError(w, err)
	require.Equal(w, number, c.Number)
	require.Equal(w, b.Events[b.Proof.Seq-1].Hash, b.Proof.Hash)
}

func (w *world) requireLeaves(first, second string) {
	w.Helper()
	of, err := w.Checkpoints.LeavesOf(w.ctx(), audit.Run(first))
	require.NoError(w, err)
	require.Len(w, of, 3)
	var numbers []int64
	for _, l := range of {
		numbers = append(numbers, l.Number)
		leaves, err := w.Checkpoints.Leaves(w.ctx(), l.Number)
		require.NoError(w, err)
		require.Equal(w, l, leaves[l.Index])
	}
	require.Equal(w, []int64{1, 2, 3}, numbers)
	between := func(first, last string) (all []string) {
		r := audit.Range{Type: audit.RunEntity, After: first, Through: last}
		require.NoError(w, w.Export.LeavesIn(w.ctx(), r, func(l audit.StoredLeaf) error {
			all = append(all, l.Entity.ID[len(l.Entity.ID)-1:]+audit.CheckpointID(l.Number))
			leaves, err := w.Checkpoints.Leaves(w.ctx(), l.Number)
			require.NoError(w, err)
			require.Equal(w, l, leaves[l.Index])
			return nil
		}))
		return all
	}
	require.Equal(w, []string{"11", "12", "13", "21"}, between("", second))
	require.Equal(w, []string{"21"}, between(first, ""))
	require.Empty(w, between(second, ""))
}

func (w *world) requireTaken(last audit.StoredNote) {
	w.Helper()
	before, end := w.follow(audit.Cursor{}, 100) // the last checkpoint, which is not a head, may follow
	leaf := audit.Leaf{Entity: audit.Run("x"), Head: audit.Head{Seq: 1, Hash: audit.Genesis}}
	require.ErrorIs(w, w.Checkpoints.AppendCheckpoint(w.ctx(), last, []audit.Leaf{leaf}), app.ErrMoved)
	after, _ := w.follow(end, 100)
	for _, r := range after {
		require.Equal(w, last.Note, r.Note)
	}
	require.NotEmpty(w, before)
	leaves, place, err := w.Feed.NextLeaves(w.ctx(), end, 10)
	require.NoError(w, err)
	require.Empty(w, leaves)
	require.GreaterOrEqual(w, place.Position, end.Position)
}

func checkpointsAreMadeOnce(w *world) {
	w.save(plain("p", oneStep))
	var makers errgroup.Group
	for range 4 {
		var id string
		for range 5 {
			id = w.start("p").ID
		}
		w.settleRun(id)
		for range 4 {
			makers.Go(func() error {
				_, err := w.service.MakeCheckpoints(w.ctx(), testKeys)
				return err
			})
		}
		require.NoError(w, makers.Wait())
	}
	all, err := w.Checkpoints.CheckpointsAfter(w.ctx(), 0, 100)
	require.NoError(w, err)
	covered := 0
	var before audit.Checkpoint
	for _, n := range all {
		c, err := audit.OpenCheckpoint(n.Note)
		require.NoError(w, err)
		require.NoError(w, c.Follows(before))
		before, covered = c, covered+int(c.Leaves)
	}
	require.Equal(w, 21, covered, "each run once, and the procedure")
}
