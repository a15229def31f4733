package audit

import "context"

// Range is a part of storage: the entities of one type whose ids lie in an interval, compared as bytes.
type Range struct {
	Type    string
	After   string // exclusive; empty: from the first
	Through string // inclusive; empty: to the last
}

// Contains reports whether an id is in the range.
func (r Range) Contains(id string) bool { return id > r.After && (r.Through == "" || id <= r.Through) }

// RangeSize is the number of entities that EachRange puts into one range.
const RangeSize = 250

// Bound returns the id of the n-th entity of a type that has a row, counted from after; empty where there are fewer.
type Bound func(ctx context.Context, entityType, after string, n int) (id string, err error)

// EachRange divides storage into ranges that together hold every entity, and every row that belongs to none.
func EachRange(ctx context.Context, bound Bound, each func(Range) error) error {
	for _, entityType := range []string{ProcedureEntity, RunEntity} {
		for after := ""; ; {
			through, err := bound(ctx, entityType, after, RangeSize)
			if err != nil {
				return err
			}
			if through <= after { // there are no more, or stored ids are not text
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
