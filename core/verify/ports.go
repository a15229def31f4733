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
	Language    condition.Language // compiles the conditions of stored definitions
}

// Trails reads the trails of many entities with few SQL statements.
type Trails interface {
	// Bound returns the n-th id above after among the rows of the entity type. The id is empty if there are fewer.
	Bound(ctx context.Context, entityType, after string, n int) (id string, err error)
	// EventsIn calls each with the events of a range, sorted by entity and seq. The event is valid only until each
	// returns.
	EventsIn(ctx context.Context, r audit.Range, each func(*audit.Event) error) error
	// LeavesIn calls each with the checkpoint leaves of a range, sorted by entity and checkpoint.
	LeavesIn(ctx context.Context, r audit.Range, each func(audit.StoredLeaf) error) error
}

// Rows reads the rows that are derived from the events.
type Rows interface {
	// ProceduresIn calls each with the procedures of a range, sorted by id.
	ProceduresIn(ctx context.Context, r audit.Range, each func(procedure.Record) error) error
	// RunsIn calls each with the runs of a range, sorted by id. All rows of a run are read at one point in time.
	RunsIn(ctx context.Context, r audit.Range, each func(StoredRun) error) error
	// FeedAndRows calls entry with every entry of the feed, in order. It then calls row for every procedure, run and
	// checkpoint, with the number of the last event according to its row. All data is read at one point in time.
	FeedAndRows(ctx context.Context, entry func(audit.FeedEntry) error, row func(e audit.Entity, seq int64) error) error
	// Orphans calls each with every owner that does not exist although a table has rows of it.
	Orphans(ctx context.Context, each func(owner audit.Entity, table string)) error
	// DefinitionRows reads the stored rows of one version from the given tables. It returns copies of the tables with
	// these rows, in any order.
	DefinitionRows(ctx context.Context, id string, version int, tables []projection.Table) ([]projection.Table, error)
}

// Procedures reads versions.
type Procedures interface {
	// Document returns one version and the canonical bytes of its definition.
	Document(ctx context.Context, id string, version int) (procedure.VersionRecord, []byte, error)
	// Versions returns at most limit versions below a number, newest first. For 0, it begins with the newest version.
	Versions(ctx context.Context, id string, below, limit int) ([]procedure.VersionRecord, error)
}

// Checkpoints reads signed checkpoints and their leaves.
type Checkpoints interface {
	// CheckpointsAfter returns at most limit checkpoints above a number, oldest first.
	CheckpointsAfter(ctx context.Context, number int64, limit int) ([]audit.StoredNote, error)
	// Leaves returns the leaves of a checkpoint, sorted by index.
	Leaves(ctx context.Context, number int64) ([]audit.StoredLeaf, error)
}

// StoredRun holds all rows of a run and its definition. If they cannot be read, Err is set.
type StoredRun struct {
	Own     projection.RunRow
	Version *procedure.Version
	Rows    projection.Rows
	Err     error
}
