package app

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/procedo/procedo/core/audit"
)

// sweep is one way through a stretch: first what rows and checkpoints tell of every entity, then all events.
type sweep struct {
	service      *Service
	verification Verification
	stretch      Stretch
	told         map[string]*entity // what is not finished yet
	current      *entity
	findings     []audit.Finding
	checker      audit.Checker
	done         Verified
}

// entity is what is known of one entity while its events go by.
type entity struct {
	sweep  *sweep
	id     string
	chain  audit.Chain
	leaves []StoredLeaf // in the order of their checkpoints; those whose events have not gone by
	trail  teller
}

// teller makes sense of an entity's events and holds what they make against what is stored.
type teller interface {
	next(e *audit.Event, find func(seq int64, problem string))
	end(ctx context.Context, head audit.Head, find func(seq int64, problem string)) error
}

func (e *entity) find(seq int64, problem string) {
	e.sweep.findings = append(e.sweep.findings, audit.Finding{EntityType: e.sweep.stretch.Type, EntityID: e.id, Seq: seq, Problem: problem})
}

// of is the entity with an id, new where nothing was told of it.
func (s *sweep) of(id string) *entity {
	e, known := s.told[id]
	if !known {
		e = &entity{sweep: s, id: id, chain: audit.Chain{EntityType: s.stretch.Type, EntityID: id}, trail: rowless{}}
		s.told[id] = e
	}
	return e
}

// rowless is the teller of an entity that has no row.
type rowless struct{}

func (rowless) next(*audit.Event, func(int64, string)) {}

func (rowless) end(_ context.Context, head audit.Head, find func(int64, string)) error {
	if head.Seq > 0 {
		find(0, "it has a trail but no row")
	}
	return nil
}

func (s *sweep) leaves(ctx context.Context) error {
	return s.service.Sweep.LeavesIn(ctx, s.stretch, func(l StoredLeaf) error {
		e := s.of(l.EntityID)
		e.leaves = append(e.leaves, l)
		return nil
	})
}

func (s *sweep) events(ctx context.Context) error {
	return s.service.Sweep.EventsIn(ctx, s.stretch, func(e *audit.Event) error {
		if s.current == nil || s.current.id != e.EntityID {
			if err := s.close(ctx); err != nil {
				return err
			}
			s.current = s.of(e.EntityID)
		}
		s.current.next(e)
		s.done.Events++
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
	e.trail.next(event, e.find)
}

// close ends the entity whose events have gone by.
func (s *sweep) close(ctx context.Context) error {
	e := s.current
	if e == nil {
		return nil
	}
	s.current = nil
	delete(s.told, e.id)
	for _, l := range e.leaves {
		e.find(l.Seq, fmt.Sprintf("it is not there, and checkpoint %d covers it", l.Number))
	}
	if s.stretch.Type == audit.RunEntity {
		s.done.Runs++
	} else {
		s.done.Procedures++
	}
	return e.trail.end(ctx, e.chain.Head(), e.find)
}

// finish ends the last one, and those that have no events.
func (s *sweep) finish(ctx context.Context) error {
	if err := s.close(ctx); err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(s.told)) {
		s.current = s.told[id]
		if err := s.close(ctx); err != nil {
			return err
		}
	}
	return nil
}
