package app

import (
	"context"
	"maps"
	"slices"

	"github.com/procedo/procedo/core/audit"
)

// Exporter takes what an export consists of.
type Exporter interface {
	// Event takes an event: entity by entity, each entity's oldest first.
	Event(*audit.Event) error
	// Leaf takes what a checkpoint says of an entity, before the entity's events.
	Leaf(StoredLeaf) error
	// Note takes a checkpoint: after everything else, the oldest first.
	Note(StoredNote) error
}

// Export hands on every event there is, by entity type and id, and the checkpoints that there were when it began.
func (s *Service) Export(ctx context.Context, to Exporter) error {
	last, err := s.latestCheckpoint(ctx)
	if err != nil {
		return err
	}
	err = s.EachRange(ctx, func(st Range) error { return s.exportRange(ctx, st, last.Number, to) })
	if err != nil {
		return err
	}
	return s.eachNote(ctx, func(n StoredNote) error {
		if n.Number > last.Number {
			return nil
		}
		return to.Note(n)
	})
}

func (s *Service) exportRange(ctx context.Context, st Range, lastCheckpoint int64, to Exporter) error {
	leaves := map[string][]StoredLeaf{}
	err := s.Scan.LeavesIn(ctx, st, func(l StoredLeaf) error {
		if l.Number <= lastCheckpoint {
			leaves[l.Entity.ID] = append(leaves[l.Entity.ID], l)
		}
		return nil
	})
	if err != nil {
		return err
	}
	handOn := func(id string) error {
		for _, l := range leaves[id] {
			if err := to.Leaf(l); err != nil {
				return err
			}
		}
		delete(leaves, id)
		return nil
	}
	current := ""
	err = s.Scan.EventsIn(ctx, st, func(e *audit.Event) error {
		if e.Entity.ID != current {
			current = e.Entity.ID
			if err := handOn(current); err != nil {
				return err
			}
		}
		return to.Event(e)
	})
	for _, id := range slices.Sorted(maps.Keys(leaves)) { // whose events are gone
		if err != nil {
			return err
		}
		err = handOn(id)
	}
	return err
}

// eachNote hands on the checkpoints, oldest first.
func (s *Service) eachNote(ctx context.Context, each func(StoredNote) error) error {
	const page = 100
	for number := int64(0); ; {
		notes, err := s.Checkpoints.CheckpointsAfter(ctx, number, page)
		if err != nil {
			return err
		}
		for _, n := range notes {
			if err := each(n); err != nil {
				return err
			}
			number = n.Number
		}
		if len(notes) < page {
			return nil
		}
	}
}
