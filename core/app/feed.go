package app

import (
	"context"

	"github.com/procedo/procedo/core/audit"
)

// Feed reads everything that was committed, in the order of the commits: the trails of all entities and the checkpoints.
type Feed interface {
	// Records returns at most limit records after the cursor. What a reader has passed nothing is added to: a record comes
	// only once every commit before it is done.
	Records(ctx context.Context, after audit.Cursor, limit int) ([]FeedRecord, error)
	// ChangedHeads returns the head of each entity that the next limit entries of the feed name, as of the last of them, and the
	// place of the last one: the given cursor where there are none.
	ChangedHeads(ctx context.Context, after audit.Cursor, limit int) ([]audit.Leaf, audit.Cursor, error)
}

// FeedRecord is an event or a checkpoint, and its place. Neither stands where a trail lacks what the feed says was committed.
type FeedRecord struct {
	audit.Cursor
	Event *audit.Event
	Note  string // the signed note of a checkpoint
}

// Checkpoints stores signed checkpoints and their leaves.
type Checkpoints interface {
	// Checkpoint returns one signed note, or the latest where the number is 0; empty where there is none.
	Checkpoint(ctx context.Context, number int64) (note string, err error)
	// CheckpointsAfter returns at most limit signed notes above a number, oldest first.
	CheckpointsAfter(ctx context.Context, number int64, limit int) ([]StoredNote, error)
	// AppendCheckpoint writes a checkpoint and its leaves whole or not at all; ErrMoved where its number is taken.
	AppendCheckpoint(ctx context.Context, n StoredNote, leaves []audit.Leaf) error
	// Leaves returns the leaves of a checkpoint in their order.
	Leaves(ctx context.Context, number int64) ([]StoredLeaf, error)
	// LeavesOf returns the leaves of an entity, oldest checkpoint first.
	LeavesOf(ctx context.Context, e audit.Entity) ([]StoredLeaf, error)
}

// StoredNote is a checkpoint as it is stored.
type StoredNote struct {
	Number int64
	Note   string
}

// StoredLeaf is a leaf, its checkpoint and its place there, from 0.
type StoredLeaf struct {
	audit.Leaf
	Number, Index int64
}

// treeOf is the tree over stored leaves.
func treeOf(leaves []StoredLeaf) *audit.Tree {
	tree := audit.NewTree(nil)
	for _, l := range leaves {
		tree.Add(l.Leaf)
	}
	return tree
}

// Heads gathers the last head of each entity that entries of the feed name. The zero value is ready.
type Heads struct {
	Leaves []audit.Leaf
	places map[audit.Entity]int
}

// Add takes the entry that ends at the cursor and the hash of its last event; those of checkpoints, and events that are not there, are
// no heads.
func (h *Heads) Add(c audit.Cursor, hash string) {
	if c.Entity.Type == audit.CheckpointEntity || hash == "" {
		return
	}
	if h.places == nil {
		h.places = map[audit.Entity]int{}
	}
	leaf := audit.Leaf{Entity: c.Entity, Head: audit.Head{Seq: c.Seq, Hash: hash}}
	if i, known := h.places[c.Entity]; known {
		h.Leaves[i] = leaf
		return
	}
	h.places[c.Entity] = len(h.Leaves)
	h.Leaves = append(h.Leaves, leaf)
}
