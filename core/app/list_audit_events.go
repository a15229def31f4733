package app

import (
	"context"
	"time"

	"github.com/procedo/procedo/core/audit"
)

// EventList lists events across entities.
type EventList interface {
	// ListEvents returns events newest first: by time, entity type, entity id and seq, all descending. If f selects a
	// single entity, they are sorted by seq alone.
	ListEvents(ctx context.Context, f EventFilter) ([]audit.Event, error)
}

// EventFilter selects the events to list. Zero fields do not filter.
type EventFilter struct {
	Entity        audit.Entity // ListEvents needs the type if there is an id
	Actor, Action string
	Since, Until  time.Time // Since is inclusive, Until is exclusive
	After         EventPlace
	Limit         int
}

// EventPlace is the place of an event in a list. The next page begins after it.
type EventPlace struct {
	At     time.Time
	Entity audit.Entity
	Seq    int64 // 0: the list begins with the newest event
}

// PlaceOf returns an event's place in lists.
func PlaceOf(e audit.Event) EventPlace {
	return EventPlace{At: e.OccurredAt, Entity: e.Entity, Seq: e.Seq}
}

// AuditEvents returns events, newest first. An id without a type is looked up among runs, then among procedures.
func (s *Service) AuditEvents(ctx context.Context, f EventFilter) ([]audit.Event, error) {
	if f.Entity.ID == "" || f.Entity.Type != "" {
		return s.ports.EventList.ListEvents(ctx, f)
	}
	var all []audit.Event
	limit := f.Limit
	for _, f.Entity.Type = range []string{audit.RunEntity, audit.ProcedureEntity} {
		if f.After.Seq > 0 && f.After.Entity.Type == audit.ProcedureEntity && f.Entity.Type == audit.RunEntity {
			continue // the previous page ended with an event of the procedure
		}
		f.Limit = limit - len(all)
		page, err := s.ports.EventList.ListEvents(ctx, f)
		if err != nil {
			return nil, err
		}
		if all = append(all, page...); len(all) == limit {
			break
		}
		f.After = EventPlace{}
	}
	return all, nil
}
