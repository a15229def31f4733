package verify

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/audit"
)

// leavesOf returns the leaves of runs with these ids, at their first event.
func leavesOf(ids ...string) (leaves []audit.Leaf) {
	for _, id := range ids {
		leaves = append(leaves, audit.Leaf{
			Entity: audit.Run(id), Head: audit.Head{Seq: 1, Hash: strings.Repeat("a", 64)},
		})
	}
	return leaves
}

// TestACheckpointOfTheEarlierFormIsComparedWithItsLeaves: such a checkpoint signs a tree of its own leaves, and is not
// part of the log.
func TestACheckpointOfTheEarlierFormIsComparedWithItsLeaves(t *testing.T) {
	signed := leavesOf("a", "b")
	for name, c := range map[string]struct {
		leaves  []audit.Leaf
		differs bool
	}{
		"the leaves that were signed": {signed, false},
		"leaves that are not known":   {nil, false},
		"none":                        {[]audit.Leaf{}, true},
		"one less":                    {signed[:1], true},
		"one more":                    {leavesOf("a", "b", "c"), true},
		"another":                     {leavesOf("a", "x"), true},
		"another order":               {leavesOf("b", "a"), true},
	} {
		t.Run(name, func(t *testing.T) {
			chain := newCheckpointChain(Trust{}, func(f audit.Finding) { t.Errorf("%v", f) })
			opened := audit.Checkpoint{
				Number: 1, Leaves: 2, Previous: audit.Genesis, Root: audit.NewTree(signed).Root(),
			}
			require.Equal(t, c.differs, chain.add(audit.StoredNote{Number: 1}, opened, c.leaves).differs)
			require.Equal(t, 1, chain.count)
			require.Equal(t, c.differs, chain.invalid == 1)
		})
	}
}

func TestABundleHasOnlyTheHeadsOfItsEvents(t *testing.T) {
	b := Bundle{Events: []audit.Event{{Hash: "first"}, {Hash: "second"}}}
	require.True(t, b.hasEvent(audit.Head{Seq: 1, Hash: "first"}))
	require.True(t, b.hasEvent(audit.Head{Seq: 2, Hash: "second"}))
	for _, h := range []audit.Head{
		{}, {Seq: -1, Hash: "first"}, {Seq: 0, Hash: "first"}, {Seq: 1, Hash: "second"}, {Seq: 3, Hash: "second"}, {Seq: 1},
	} {
		require.False(t, b.hasEvent(h), h)
	}
}

func TestKeptCheckpointsOfBothForms(t *testing.T) {
	earlier := audit.Checkpoint{Number: 1, Previous: audit.Genesis, Root: strings.Repeat("a", 64)}
	inLog := audit.Checkpoint{Number: 9, Log: audit.LogHead{Origin: "o", Size: 7}}
	k := Kept{
		heads:   map[int64]audit.LogHead{7: inLog.Log},
		earlier: map[int64]audit.Checkpoint{1: earlier},
	}
	otherRoot, otherOrigin := earlier, inLog
	otherRoot.Root, otherOrigin.Log.Origin = strings.Repeat("b", 64), "x"
	for _, c := range []audit.Checkpoint{earlier, inLog} {
		require.True(t, k.holds(c))
		require.False(t, k.differs(c))
	}
	for _, c := range []audit.Checkpoint{otherRoot, otherOrigin} {
		require.False(t, k.holds(c))
		require.True(t, k.differs(c))
	}
	for _, c := range []audit.Checkpoint{{Number: 2}, {Number: 9, Log: audit.LogHead{Origin: "o", Size: 8}}} {
		require.False(t, k.holds(c))
		require.False(t, k.differs(c))
	}
	require.False(t, k.Empty())
	k.found(earlier)
	require.False(t, k.Empty())
	k.found(inLog)
	require.True(t, k.Empty())
}

func TestANoteThatCannotBeKeptIsNamedByItsPlace(t *testing.T) {
	note := "procedo/x\n5\nt/4Lw77F8KBO1emv++VjqBVIoGzaBlQS9lpbKKHKE7M=\n\n— alice /77Q2sl4\n"
	_, err := KeptCheckpoints([]string{note, "x"})
	require.Equal(t, "2", fmt.Sprint(audit.ProblemOf(err, "cause").Params["number"]))
}
