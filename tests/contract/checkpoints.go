package contract

import (
	"bytes"
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
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
	made, err := fx.service.MakeCheckpoints(fx.ctx(), keys, "example.com/log")
	require.NoError(fx, err)
	return made
}

func checkpointsCoverChanges(fx *fixture) {
	require.Empty(fx, fx.checkpoint(testKeys[0]), "nothing has happened")
	none, err := fx.Checkpoints.Checkpoint(fx.ctx(), 0)
	require.NoError(fx, err)
	require.Zero(fx, none)

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
	log := audit.NewLog(0, nil)
	for i, n := range made {
		c, err := n.Open()
		require.NoError(fx, err)
		require.NoError(fx, c.Follows(before))
		leaves, err := fx.Checkpoints.Leaves(fx.ctx(), c.Number)
		require.NoError(fx, err)
		require.Equal(fx, []int{3, 1, 1}[i], len(leaves))
		heads := make([]audit.Leaf, len(leaves))
		for at, l := range leaves {
			require.Equal(fx, [2]int64{c.Number, int64(at)}, [2]int64{l.Number, l.Index})
			heads[at] = l.Leaf
		}
		fx.requireNodes(log, c.LogLeaves(before, heads))
		require.Equal(fx, c.Log.Root, log.Root())
		one, err := fx.Checkpoints.Checkpoint(fx.ctx(), c.Number)
		require.NoError(fx, err)
		require.Equal(fx, n, one)
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

// requireNodes appends leaves to a log, and checks that the nodes that they add are stored.
func (fx *fixture) requireNodes(log *audit.Log, leaves iter.Seq[string]) {
	fx.Helper()
	for text := range leaves {
		var positions []int64
		first := audit.NodesOf(log.Size())
		nodes := log.Append(text)
		for i := range nodes {
			positions = append(positions, first+int64(i))
		}
		slices.Reverse(positions) // they are returned in the order in which they are asked for
		slices.Reverse(nodes)
		stored, err := fx.Checkpoints.Nodes(fx.ctx(), positions)
		require.NoError(fx, err)
		require.Equal(fx, nodes, stored)
	}
}

// requireNumberTaken checks that a checkpoint with an existing number is refused and not added to the feed.
func (fx *fixture) requireNumberTaken(last audit.StoredNote) {
	fx.Helper()
	before, end := fx.readFeed(audit.Cursor{}, app.PageSize{Items: 100}) // may not contain the last checkpoint yet
	leaf := audit.Leaf{Entity: audit.Run("x"), Head: audit.Head{Seq: 1, Hash: audit.Genesis}}
	again := app.NewCheckpoint{StoredNote: last, Leaves: []audit.Leaf{leaf}, Nodes: []audit.Hash{{}}, Position: 1000}
	require.ErrorIs(fx, fx.Checkpoints.AppendCheckpoint(fx.ctx(), again), app.ErrMoved)
	_, err := fx.Checkpoints.Nodes(fx.ctx(), []int64{0, 1000})
	require.True(fx, fault.Is(err, fault.Internal), "the node was not written: %v", err)
	after, _ := fx.readFeed(end, app.PageSize{Items: 100})
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

func aLogKeepsItsOrigin(fx *fixture) {
	checkpoint := func(origin string) (audit.Checkpoint, error) {
		fx.save(definition("p", oneStep))
		fx.waitForRun(fx.start("p").ID)
		made, err := fx.service.MakeCheckpoints(fx.ctx(), testKeys, origin)
		if err != nil {
			return audit.Checkpoint{}, err
		}
		return made[0].Open()
	}
	first, err := checkpoint("")
	require.NoError(fx, err)
	require.Regexp(fx, "^procedo/[0-9a-f-]{36}$", first.Log.Origin)
	_, err = checkpoint("example.com/other")
	require.ErrorContains(fx, err, "other_origin")
	for _, origin := range []string{first.Log.Origin, ""} {
		c, err := checkpoint(origin)
		require.NoError(fx, err)
		require.Equal(fx, first.Log.Origin, c.Log.Origin)
	}
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
				_, err := fx.service.MakeCheckpoints(fx.ctx(), testKeys, "")
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
		c, err := n.Open()
		require.NoError(fx, err)
		require.NoError(fx, c.Follows(before))
		before, covered = c, covered+int(c.Leaves)
	}
	require.Equal(fx, 21, covered, "each run once, and the procedure")
}

func cosignaturesAreStoredOnce(fx *fixture) {
	fx.save(definition("p", oneStep))
	fx.waitForRun(fx.start("p").ID)
	made := fx.checkpoint(testKeys[0])
	require.Len(fx, made, 1)
	names, err := fx.Checkpoints.Cosigners(fx.ctx(), 1)
	require.NoError(fx, err)
	require.Empty(fx, names)
	none, err := fx.Checkpoints.LatestCosigned(fx.ctx())
	require.NoError(fx, err)
	require.Zero(fx, none)
	lines := func(name string) string { return "— " + name + " AAAAAAA=\n" }
	for _, witness := range []string{"http://b", "http://a", "http://b"} {
		require.NoError(fx, fx.Checkpoints.Cosign(fx.ctx(), 1, witness, lines(witness[len(witness)-1:])))
		require.NoError(fx, fx.Checkpoints.Cosign(fx.ctx(), 1, witness, lines("other")), "what is stored remains")
	}
	names, err = fx.Checkpoints.Cosigners(fx.ctx(), 1)
	require.NoError(fx, err)
	require.Equal(fx, []string{"http://a", "http://b"}, names)
	want := made[0]
	want.Note += lines("a") + lines("b")
	n, err := fx.Checkpoints.Checkpoint(fx.ctx(), 0)
	require.NoError(fx, err)
	require.Equal(fx, want, n)
	_, err = n.Open()
	require.NoError(fx, err)
	records, _ := fx.readFeed(audit.Cursor{}, app.PageSize{Items: 100})
	for _, r := range records {
		if r.Entity.Type == audit.CheckpointEntity {
			require.Equal(fx, &want, r.Line().Note)
		}
	}
	first := fx.start("p").ID
	fx.waitForRun(first)
	fx.checkpoint(testKeys[0])
	fx.waitForRun(fx.start("p").ID)
	fx.checkpoint(testKeys[0])
	latest, err := fx.Checkpoints.LatestCosigned(fx.ctx())
	require.NoError(fx, err)
	require.EqualValues(fx, 1, latest)
	fx.requireProof(first, 2)
	require.NoError(fx, fx.Checkpoints.Cosign(fx.ctx(), 3, "http://a", lines("a")))
	fx.requireProof(first, 3) // a later checkpoint covers it too, and is cosigned
	require.Error(fx, fx.Checkpoints.Cosign(fx.ctx(), 4, "http://a", lines("a")), "there is no such checkpoint")
}
