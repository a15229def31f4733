package app

import (
	"context"

	"github.com/procedo/procedo/core/audit"
)

// Feed reads the events of all entities and the checkpoints, in the order in which their transactions were committed.
type Feed interface {
	// Records returns a page of the records after the cursor. It holds back a record while an earlier transaction is
	// still open, so that a reader who continues after the last record misses nothing.
	Records(ctx context.Context, after audit.Cursor, size PageSize) (Page[audit.FeedRecord], error)
	// NextLeaves reads at most limit entries of the feed after the cursor.
	NextLeaves(ctx context.Context, after audit.Cursor, limit int) (LeafPage, error)
}

// LeafPage is what some entries of the feed have in common.
type LeafPage struct {
	Leaves []audit.Leaf // for each entity in the entries, one with its last event among them
	Until  audit.Cursor // of the last entry; the given cursor if there are no entries
	More   bool         // there were as many entries as could be read at once, so that others may follow
}

// Checkpoints stores signed checkpoints, their leaves and the log that they form. The note of a checkpoint comes with
// the cosignatures that are stored with it.
type Checkpoints interface {
	// Checkpoint returns a checkpoint; number 0 means the latest. The result is zero if the checkpoint does not exist.
	Checkpoint(ctx context.Context, number int64) (audit.StoredNote, error)
	// CheckpointsAfter returns at most limit checkpoints with a higher number, oldest first.
	CheckpointsAfter(ctx context.Context, number int64, limit int) ([]audit.StoredNote, error)
	// AppendCheckpoint writes a checkpoint, all its leaves, and the nodes that they add to the log, or nothing. It
	// returns ErrMoved if the number is taken.
	AppendCheckpoint(ctx context.Context, n NewCheckpoint) error
	// Leaves returns the leaves of a checkpoint, sorted by index.
	Leaves(ctx context.Context, number int64) ([]audit.StoredLeaf, error)
	// LeavesOf returns the leaves of an entity, oldest checkpoint first.
	LeavesOf(ctx context.Context, e audit.Entity) ([]audit.StoredLeaf, error)
	// Nodes returns the hashes of the log's nodes at the given positions, in the same order. A missing one is an internal
	// error.
	Nodes(ctx context.Context, positions []int64) ([]audit.Hash, error)
	// Cosign stores the lines that a witness has signed a checkpoint with. If there already are lines of this witness,
	// they remain.
	Cosign(ctx context.Context, number int64, witness, lines string) error
	// LatestCosigned returns the number of the latest checkpoint with which lines of a witness are stored; 0 if there is
	// none.
	LatestCosigned(ctx context.Context) (int64, error)
	// Cosigners returns the witnesses whose lines are stored with a checkpoint.
	Cosigners(ctx context.Context, number int64) ([]string, error)
}

// NewCheckpoint is a checkpoint to be stored.
type NewCheckpoint struct {
	audit.StoredNote
	Leaves   []audit.Leaf // in the order of the log
	Nodes    []audit.Hash // the nodes that the checkpoint adds to the log
	Position int64        // of the first of the nodes
}
