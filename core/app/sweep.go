package app

import (
	"context"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
)

// Sweep reads everything of many entities at once, in few statements: for whoever must see it all.
type Sweep interface {
	// Bound returns the id of the n-th entity of the type that has a row, counted from after; empty where there are fewer.
	Bound(ctx context.Context, entityType, after string, n int) (id string, err error)
	// EventsIn hands on the events of a stretch by entity and seq. The event is the caller's only until each returns.
	EventsIn(ctx context.Context, s Stretch, each func(*audit.Event) error) error
	// RunsIn hands on whatever stands in the rows of runs, by id, as of one moment.
	RunsIn(ctx context.Context, s Stretch, each func(StoredRun) error) error
	// LeavesIn hands on the leaves of a stretch by entity and checkpoint.
	LeavesIn(ctx context.Context, s Stretch, each func(StoredLeaf) error) error
	// FeedGap returns how many entries of the feed do not follow the one before them, and how many entities and checkpoints it does
	// not name as their rows have them, as of one moment.
	FeedGap(ctx context.Context) (int64, error)
	// HeadsBetween returns the head of each entity that the feed's entries after one place and up to another name.
	HeadsBetween(ctx context.Context, after, upto audit.Cursor) ([]audit.Leaf, error)
	// Projected says in what the rows that SQL can ask about differ from a published version.
	Projected(ctx context.Context, v *procedure.Version) (differences []string, err error)
}

// Stretch is a part of storage: the entities of one type with ids in a range, as bytes.
type Stretch struct {
	Type  string
	After string // exclusive; empty: from the first
	Upto  string // inclusive; empty: to the last
}

// Has reports whether an id is in the stretch.
func (s Stretch) Has(id string) bool { return id > s.After && (s.Upto == "" || id <= s.Upto) }

// StoredRun is a run as its rows tell it, and the plain values of its sensitive slots; or why they tell none.
type StoredRun struct {
	ID string
	RunRecord
	Plain []PlainValue
	Err   error
}

// stretchSize is how many entities are looked at together.
const stretchSize = 250

// EachStretch cuts storage into parts that together have every entity that there is, and what belongs to none.
func (s *Service) EachStretch(ctx context.Context, each func(Stretch) error) error {
	for _, entityType := range []string{audit.ProcedureEntity, audit.RunEntity} {
		for after := ""; ; {
			upto, err := s.Sweep.Bound(ctx, entityType, after, stretchSize)
			if err != nil {
				return err
			}
			if err := each(Stretch{Type: entityType, After: after, Upto: upto}); err != nil {
				return err
			}
			if after = upto; upto == "" {
				break
			}
		}
	}
	return nil
}
