package app

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/procedo/procedo/core/audit"
)

// sweep is one way through a range: first what rows and checkpoints tell of every entity, then all events.
type rangeCheck struct {
	service      *Service
	verification Verification
	scope        Range
	entities     map[string]*entity // what is not finished yet
	current      *entity
	findings     []audit.Finding
	checker      audit.Checker
	counts       Verified
}

// entity is what is known of one entity while its events go by.
type entity struct {
	sweep    *rangeCheck
	id       string
	chain    audit.Chain
	leaves   []StoredLeaf // in the order of their checkpoints; those whose events have not gone by
	verifier verifier
}

// teller makes sense of an entity's events and holds what they make against what is stored.
type verifier interface {
	next(e *audit.Event, find func(seq int64, problem string))
	end(ctx context.Context, head audit.Head, find func(seq int64, problem string)) error
}

func (e *entity) find(seq int64, problem string) {
	e.sweep.findings = append(e.sweep.findings, audit.Finding{Entity: audit.Entity{Type: e.sweep.scope.Type, ID: e.id}, Seq: seq, Problem: problem})
}

// of is the entity with an id, new where nothing was told of it.
func (s *rangeCheck) of(id string) *entity {
	e, known := s.entities[id]
	if !known {
		e = &entity{sweep: s, id: id, chain: audit.Chain{Entity: audit.Entity{Type: s.scope.Type, ID: id}}, verifier: rowMissing{}}
		s.entities[id] = e
	}
	return e
}

// rowless is the teller of an entity that has no row.
type rowMissing struct{}

func (rowMissing) next(*audit.Event, func(int64, string)) {}

func (rowMissing) end(_ context.Context, head audit.Head, find func(int64, string)) error {
	if head.Seq > 0 {
		find(0, "it has a trail but no row")
	}
	return nil
}

func (s *rangeCheck) leaves(ctx context.Context) error {
	return s.service.Scan.LeavesIn(ctx, s.scope, func(l StoredLeaf) error {
		e := s.of(l.Entity.ID)
		e.leaves = append(e.leaves, l)
		return nil
	})
}

func (s *rangeCheck) events(ctx context.Context) error {
	return s.service.Scan.EventsIn(ctx, s.scope, func(e *audit.Event) error {
		if s.current == nil || s.current.id != e.Entity.ID {
			if err := s.close(ctx); err != nil {
				return err
			}
			s.current = s.of(e.Entity.ID)
		}
		s.current.next(e)
		s.counts.Events++
		return nil
	})
}

func (e *entity) next(event *audit.Event) {
	e.sweep.findings = append(e.sweep.findings, e.chain.Link(event, e.sweep.checker.Flaws(event))...)
	for len(e.leaves) > 0 && e.leaves[0].Seq <= event.Seq {
		if l := e.leaves[0]; l.Head != event.Head() {
			e.find(l.Seq, fmt.Sprintf("it is not the event that checkpoint %d covers", l.Number))
		}
		e.leaves = e.leaves[1:]
	}
	e.verifier.next(event, e.find)
}

// close ends the entity whose events have gone by.
func (s *rangeCheck) close(ctx context.Context) error {
	e := s.current
	if e == nil {
		return nil
	}
	s.current = nil
	delete(s.entities, e.id)
	for _, l := range e.leaves {
		e.find(l.Seq, fmt.Sprintf("it is not there, and checkpoint %d covers it", l.Number))
	}
	if s.scope.Type == audit.RunEntity {
		s.counts.Runs++
	} else {
		s.counts.Procedures++
	}
	return e.verifier.end(ctx, e.chain.Head(), e.find)
}

// finish ends the last one, and those that have no events.
func (s *rangeCheck) finish(ctx context.Context) error {
	if err := s.close(ctx); err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(s.entities)) {
		s.current = s.entities[id]
		if err := s.close(ctx); err != nil {
			return err
		}
	}
	return nil
}
