package app

import (
	"context"

	"github.com/procedo/procedo/core/audit"
)

// Feed reads everything that was committed, in the order of the commits: the trails of all entities and the
// checkpoints.
type Feed interface {
	// Records returns at most limit records after the cursor. A record is returned only once every earlier commit has
	// ended, so that no record appears later at a place that was read already.
	Records(ctx context.Context, after audit.Cursor, limit int) ([]audit.FeedRecord, error)
	// NextLeaves reads at most limit entries of the feed after the cursor. It returns one leaf for each entity among
	// them, with the entity's last head, and the cursor of the last entry. Without entries, it returns the given cursor.
	NextLeaves(ctx context.Context, after audit.Cursor, limit int) ([]audit.Leaf, audit.Cursor, error)
}

// Checkpoints stores signed checkpoints and their leaves.
type Checkpoints interface {
	// Checkpoint returns one signed note, or the latest where the number is 0; empty where there is none.
	Checkpoint(ctx context.Context, number int64) (note string, err error)
	// CheckpointsAfter returns at most limit signed notes above a number, oldest first.
	CheckpointsAfter(ctx context.Context, number int64, limit int) ([]audit.StoredNote, error)
	// AppendCheckpoint writes a checkpoint and all its leaves, or nothing; ErrMoved where its number is taken.
	AppendCheckpoint(ctx context.Context, n audit.StoredNote, leaves []audit.Leaf) error
	// Leaves returns the leaves of a checkpoint in their order.
	Leaves(ctx context.Context, number int64) ([]audit.StoredLeaf, error)
	// LeavesOf returns the leaves of an entity, oldest checkpoint first.
	LeavesOf(ctx context.Context, e audit.Entity) ([]audit.StoredLeaf, error)
}
