package audit

import "context"

// Range selects the entities of one type whose ids are in an interval. Ids are compared byte by byte.
type Range struct {
	Type    string
	After   string // lower bound, exclusive; empty if there is none
	Through string // upper bound, inclusive; empty if there is none
}

// Contains reports whether an id is in the range.
func (r Range) Contains(id string) bool { return id > r.After && (r.Through == "" || id <= r.Through) }

// RangeSize is the number of stored entities in each range of EachRange. The last range may have fewer.
const RangeSize = 250

// Bound returns the n-th smallest of the ids of an entity type that are greater than the given one. The result is empty
// if there are fewer than n such ids.
type Bound func(ctx context.Context, entityType, after string, n int) (id string, err error)

// EachRange calls fn for consecutive ranges of procedures, and then of runs. The ranges contain every possible id, so a
// check of all ranges also finds rows of entities that do not exist.
func EachRange(ctx context.Context, bound Bound, fn func(Range) error) error {
	for _, entityType := range []string{ProcedureEntity, RunEntity} {
		for after := ""; ; {
			through, err := bound(ctx, entityType, after, RangeSize)
			if err != nil {
				return err
			}
			// There are no more entities, or only ids that SQLite stores as blobs. SQLite sorts those after all text.
			if through <= after {
				through = ""
			}
			if err := fn(Range{Type: entityType, After: after, Through: through}); err != nil {
				return err
			}
			if after = through; through == "" {
				break
			}
		}
	}
	return nil
}
