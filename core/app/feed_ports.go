package app

import (
	"context"

	"github.com/procedo/procedo/core/audit"
)

// Feed reads the events of all entities and the checkpoints, in the order in which their transactions were committed.
type Feed interface {
	// Records returns at most limit records after the cursor. It holds back a record while an earlier transaction is
	// still open, so that a reader who continues after the last record misses nothing.
	Records(ctx context.Context, after audit.Cursor, limit int) ([]audit.FeedRecord, error)
	// NextLeaves reads at most limit entries of the feed after the cursor.
	NextLeaves(ctx context.Context, after audit.Cursor, limit int) (LeafPage, error)
}

// LeafPage is what some entries of the feed have in common.
type LeafPage struct {
	Leaves []audit.Leaf // for each entity in the entries, one with its last event among them
	Until  audit.Cursor // of the last entry; the given cursor if there are no entries
	More   bool         // there were as many entries as could be read at once, so that others may follow
}

// Checkpoints stores signed checkpoints and their leaves.
type Checkpoints interface {
	// Checkpoint returns the signed note of a checkpoint; number 0 means the latest checkpoint. The note is empty if the
	// checkpoint does not exist.
	Checkpoint(ctx context.Context, number int64) (note string, err error)
	// CheckpointsAfter returns at most limit checkpoints with a higher number, oldest first.
	CheckpointsAfter(ctx context.Context, number int64, limit int) ([]audit.StoredNote, error)
	// AppendCheckpoint writes a checkpoint and all its leaves, or nothing. It returns ErrMoved if the number is taken.
	AppendCheckpoint(ctx context.Context, n audit.StoredNote, leaves []audit.Leaf) error
	// Leaves returns the leaves of a checkpoint, sorted by index.
	Leaves(ctx context.Context, number int64) ([]audit.StoredLeaf, error)
	// LeavesOf returns the leaves of an entity, oldest checkpoint first.
	LeavesOf(ctx context.Context, e audit.Entity) ([]audit.StoredLeaf, error)
}
