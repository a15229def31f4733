package verify

import (
	"context"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/projection"
)

// Ports are the interfaces through which a verifier reads a database.
type Ports struct {
	Trails      Trails
	Rows        Rows
	Procedures  Procedures
	Checkpoints Checkpoints
	Objects     Objects
	Language    condition.Language // compiles the conditions of stored definitions
}

// Trails reads the trails of many entities with few SQL statements.
type Trails interface {
	// Bound returns the n-th smallest of the ids of an entity type that are greater than the given one. The result is
	// empty if there are fewer than n such ids.
	Bound(ctx context.Context, entityType, after string, n int) (id string, err error)
	// EventsIn calls fn for every event of a range, sorted by entity and seq. The event is valid only until fn returns.
	EventsIn(ctx context.Context, r audit.Range, fn func(*audit.Event) error) error
	// LeavesIn calls fn for every checkpoint leaf of a range, sorted by entity and checkpoint.
	LeavesIn(ctx context.Context, r audit.Range, fn func(audit.StoredLeaf) error) error
}

// Rows reads the rows that are derived from the events.
type Rows interface {
	// ProceduresIn calls fn for every procedure of a range, sorted by id.
	ProceduresIn(ctx context.Context, r audit.Range, fn func(procedure.Record) error) error
	// RunsIn calls fn for every run of a range, sorted by id. All rows of a run are read at one point in time.
	RunsIn(ctx context.Context, r audit.Range, fn func(StoredRun) error) error
	// FeedAndRows calls onEntry for every entry of the feed, in order. It then calls onRow for every procedure, run and
	// checkpoint, with the seq of the last event according to its row. All data is read at one point in time.
	FeedAndRows(ctx context.Context, onEntry func(audit.FeedEntry) error, onRow func(audit.Entity, int64) error) error
	// Orphans calls fn for every owner that does not exist although a table has rows that belong to it.
	Orphans(ctx context.Context, fn func(owner audit.Entity, table string)) error
	// DefinitionRows reads the stored rows of one version from the given tables. It returns copies of the tables with
	// these rows, in any order.
	DefinitionRows(ctx context.Context, id string, version int, tables []projection.Table) ([]projection.Table, error)
}

// Procedures reads versions.
type Procedures interface {
	// Document returns one version and the canonical bytes of its definition.
	Document(ctx context.Context, id string, version int) (procedure.VersionRecord, []byte, error)
	// Versions returns at most limit versions, newest first. If beforeVersion is not 0, it returns only versions with
	// lower numbers.
	Versions(ctx context.Context, id string, beforeVersion, limit int) ([]procedure.VersionRecord, error)
}

// Checkpoints reads signed checkpoints and their leaves.
type Checkpoints interface {
	// Checkpoint returns a checkpoint; number 0 means the latest. The result is zero if the checkpoint does not exist.
	Checkpoint(ctx context.Context, number int64) (audit.StoredNote, error)
	// CheckpointsAfter returns at most limit checkpoints with a higher number, oldest first.
	CheckpointsAfter(ctx context.Context, number int64, limit int) ([]audit.StoredNote, error)
	// Leaves returns the leaves of a checkpoint, sorted by index.
	Leaves(ctx context.Context, number int64) ([]audit.StoredLeaf, error)
	// Nodes returns the hashes of the log's nodes at the given positions, in the same order. A missing one is an internal
	// error.
	Nodes(ctx context.Context, positions []int64) ([]audit.Hash, error)
	// NodeCount returns the number of stored nodes.
	NodeCount(ctx context.Context) (int64, error)
}

// StoredRun holds all rows of a run and its definition. Err is set if the rows or the definition cannot be read.
type StoredRun struct {
	Own     projection.RunRow
	Version *procedure.Version
	Rows    projection.Rows
	Err     error
}
