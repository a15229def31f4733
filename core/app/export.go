package app

import (
	"context"
	"maps"
	"slices"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/audit"
)

// ExportSource reads the trails of many entities in few statements.
type ExportSource interface {
	// Bound returns the n-th smallest of the ids of an entity type that are greater than the given one. The result is
	// the upper bound of a range. It is empty if there are fewer than n such ids.
	Bound(ctx context.Context, entityType, after string, n int) (id string, err error)
	// EventsIn calls fn for every event of a range, sorted by entity and seq. The event is valid only until fn returns.
	EventsIn(ctx context.Context, r audit.Range, fn func(*audit.Event) error) error
	// LeavesIn calls fn for every checkpoint leaf of a range, sorted by entity and checkpoint.
	LeavesIn(ctx context.Context, r audit.Range, fn func(audit.StoredLeaf) error) error
}

// Exporter receives the parts of an export.
type Exporter interface {
	// Event receives an event. The events of one entity follow each other, oldest first.
	Event(*audit.Event) error
	// Leaf receives a checkpoint leaf. The leaves of an entity come before its events.
	Leaf(audit.StoredLeaf) error
	// Note receives a signed checkpoint. Checkpoints come after all events and leaves, oldest first.
	Note(audit.StoredNote) error
}

// Export passes all events to an exporter, sorted by entity type and id, and then the checkpoints that existed when the
// export began.
func (s *UseCases) Export(ctx context.Context, to Exporter) (err error) {
	ctx, begun, err := s.admit(ctx, "Export", access.ReadTrail)
	if err != nil {
		return err
	}
	defer begun.end(&err)
	last, err := s.latestCheckpoint(ctx)
	if err != nil {
		return err
	}
	err = audit.EachRange(ctx, s.ports.Export.Bound, func(r audit.Range) error {
		return s.exportRange(ctx, r, last.Number, to)
	})
	if err != nil {
		return err
	}
	return s.eachNote(ctx, func(n audit.StoredNote) error {
		if n.Number > last.Number {
			return nil
		}
		return to.Note(n)
	})
}

func (s *UseCases) exportRange(ctx context.Context, r audit.Range, lastCheckpoint int64, to Exporter) error {
	leaves := map[string][]audit.StoredLeaf{}
	err := s.ports.Export.LeavesIn(ctx, r, func(l audit.StoredLeaf) error {
		if l.Number <= lastCheckpoint {
			leaves[l.Entity.ID] = append(leaves[l.Entity.ID], l)
		}
		return nil
	})
	if err != nil {
		return err
	}
	exportLeaves := func(id string) error {
		for _, l := range leaves[id] {
			if err := to.Leaf(l); err != nil {
				return err
			}
		}
		delete(leaves, id)
		return nil
	}
	current := ""
	err = s.ports.Export.EventsIn(ctx, r, func(e *audit.Event) error {
		if e.Entity.ID != current {
			current = e.Entity.ID
			if err := exportLeaves(current); err != nil {
				return err
			}
		}
		return to.Event(e)
	})
	for _, id := range slices.Sorted(maps.Keys(leaves)) { // leaves of entities without events
		if err != nil {
			return err
		}
		err = exportLeaves(id)
	}
	return err
}

// eachNote calls fn for every checkpoint, oldest first.
func (s *UseCases) eachNote(ctx context.Context, fn func(audit.StoredNote) error) error {
	const page = 100
	for number := int64(0); ; {
		notes, err := s.ports.Checkpoints.CheckpointsAfter(ctx, number, page)
		if err != nil {
			return err
		}
		for _, n := range notes {
			if err := fn(n); err != nil {
				return err
			}
			number = n.Number
		}
		if len(notes) < page {
			return nil
		}
	}
}
