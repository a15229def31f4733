package app

import (
	"context"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// Scan reads everything of many entities at once, in few statements: for whoever must see it all.
type Scan interface {
	// Bound returns the id of the n-th entity of the type that has a row, counted from after; empty where there are fewer.
	Bound(ctx context.Context, entityType, after string, n int) (id string, err error)
	// EventsIn hands on the events of a range by entity and seq. The event is the caller's only until each returns.
	EventsIn(ctx context.Context, s Range, each func(*audit.Event) error) error
	// RunsIn hands on whatever stands in the rows of runs, by id, as of one moment; rows of steps in their order.
	RunsIn(ctx context.Context, s Range, each func(StoredRun) error) error
	// LeavesIn hands on the leaves of a range by entity and checkpoint.
	LeavesIn(ctx context.Context, s Range, each func(StoredLeaf) error) error
	// Committed hands on every entry of the feed in its order; then how far the rows say that entities are, and which checkpoints
	// there are: all as of one moment.
	FeedAndRows(ctx context.Context, entry func(FeedEntry) error, row func(e audit.Entity, seq int64) error) error
	// Orphans hands on what rows say that they belong to, and it is not there; and the table in which they stand.
	Orphans(ctx context.Context, each func(of audit.Entity, table string)) error
	// Projected says in what the rows that SQL can ask about differ from a published version.
	DefinitionDifferences(ctx context.Context, v *procedure.Version) (differences []string, err error)
}

// Range is a part of storage: the entities of one type with ids in a range, as bytes.
type Range struct {
	Type    string
	After   string // exclusive; empty: from the first
	Through string // inclusive; empty: to the last
}

// Has reports whether an id is in the range.
func (s Range) Contains(id string) bool { return id > s.After && (s.Through == "" || id <= s.Through) }

// StoredRun is what stands of a run: its own row, those of its steps, and its definition; or why it cannot be read.
type StoredRun struct {
	ID      string
	Own     RunSummary
	Head    audit.Head
	Version *procedure.Version
	Rows    run.Rows
	Err     error
}

// FeedEntry is what the feed names of one commit. Its place is that of its last event.
type FeedEntry struct {
	audit.Cursor
	First     int64 // seq of the first event
	Misplaced bool  // no commit can have been given its position
}

// stretchSize is how many entities are looked at together.
const rangeSize = 250

// EachStretch cuts storage into parts that together have every entity that there is, and what belongs to none.
func (s *Service) EachRange(ctx context.Context, each func(Range) error) error {
	for _, entityType := range []string{audit.ProcedureEntity, audit.RunEntity} {
		for after := ""; ; {
			upto, err := s.Scan.Bound(ctx, entityType, after, rangeSize)
			if err != nil {
				return err
			}
			if upto <= after { // there is no more, or ids are no texts
				upto = ""
			}
			if err := each(Range{Type: entityType, After: after, Through: upto}); err != nil {
				return err
			}
			if after = upto; upto == "" {
				break
			}
		}
	}
	return nil
}
