package audit

import "context"

// Range is a part of storage: the entities of a type whose ids are in an interval. Ids are compared as bytes.
type Range struct {
	Type    string
	After   string // lower bound, exclusive; empty for none
	Through string // upper bound, inclusive; empty for none
}

// Contains reports whether an id is in the range.
func (r Range) Contains(id string) bool { return id > r.After && (r.Through == "" || id <= r.Through) }

// RangeSize is the number of entities in each range of EachRange.
const RangeSize = 250

// Bound returns the id of the n-th stored entity of a type among those after an id; empty if there are fewer.
type Bound func(ctx context.Context, entityType, after string, n int) (id string, err error)

// EachRange calls each with ranges that together contain all ids, so that rows without an entity are in one of them,
// too.
func EachRange(ctx context.Context, bound Bound, each func(Range) error) error {
	for _, entityType := range []string{ProcedureEntity, RunEntity} {
		for after := ""; ; {
			through, err := bound(ctx, entityType, after, RangeSize)
			if err != nil {
				return err
			}
			if through <= after { // there are no more entities, or the stored ids are not text
				through = ""
			}
			if err := each(Range{Type: entityType, After: after, Through: through}); err != nil {
				return err
			}
			if after = through; through == "" {
				break
			}
		}
	}
	return nil
}
