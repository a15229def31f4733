package verify

import (
	"context"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/projection"
)

// Ports are the data that a verifier reads.
type Ports struct {
	Trails      Trails
	Rows        Rows
	Procedures  Procedures
	Checkpoints Checkpoints
	Language    condition.Language // compiles the conditions of stored definitions
}

// Trails reads the trails of many entities in few statements.
type Trails interface {
	// Bound returns the id of the n-th entity of the type that has a row, counted from after; empty where there are
	// fewer.
	Bound(ctx context.Context, entityType, after string, n int) (id string, err error)
	// EventsIn calls each with the events of a range, by entity and seq. The event is the caller's only until each
	// returns.
	EventsIn(ctx context.Context, r audit.Range, each func(*audit.Event) error) error
	// LeavesIn calls each with the checkpoint leaves of a range, by entity and checkpoint.
	LeavesIn(ctx context.Context, r audit.Range, each func(audit.StoredLeaf) error) error
}

// Rows reads the rows that follow from trails.
type Rows interface {
	// ProceduresIn calls each with the rows of the procedures of a range, by id.
	ProceduresIn(ctx context.Context, r audit.Range, each func(procedure.Record) error) error
	// RunsIn calls each with all rows of the runs of a range, by id, as of one moment. Rows of steps are sorted.
	RunsIn(ctx context.Context, r audit.Range, each func(StoredRun) error) error
	// FeedAndRows calls entry with every entry of the feed, in the order of the feed, and then row for every procedure,
	// run and checkpoint, with the seq that its row names. All of this is as of one moment.
	FeedAndRows(ctx context.Context, entry func(audit.FeedEntry) error, row func(e audit.Entity, seq int64) error) error
	// Orphans calls each with every owner that rows name although it does not exist, and with the table of these rows.
	Orphans(ctx context.Context, each func(owner audit.Entity, table string)) error
	// DefinitionRows reads the stored rows of one version from the given tables. It returns copies of the tables with
	// these rows, in any order.
	DefinitionRows(ctx context.Context, id string, version int, tables []projection.Table) ([]projection.Table, error)
}

// Procedures reads versions.
type Procedures interface {
	// Document returns one version with the canonical bytes that were digested.
	Document(ctx context.Context, id string, version int) (procedure.VersionRecord, []byte, error)
	// Versions returns at most limit versions below the given one (0: from the newest), newest first.
	Versions(ctx context.Context, id string, below, limit int) ([]procedure.VersionRecord, error)
}

// Checkpoints reads signed checkpoints and their leaves.
type Checkpoints interface {
	// CheckpointsAfter returns at most limit signed notes above a number, oldest first.
	CheckpointsAfter(ctx context.Context, number int64, limit int) ([]audit.StoredNote, error)
	// Leaves returns the leaves of a checkpoint in their order.
	Leaves(ctx context.Context, number int64) ([]audit.StoredLeaf, error)
}

// StoredRun holds all rows of a run and its definition, or the reason why they cannot be read.
type StoredRun struct {
	Own     projection.RunRow
	Version *procedure.Version
	Rows    projection.Rows
	Err     error
}
