package app

import (
	"context"
	"time"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/audit"
)

// EventList lists events across entities.
type EventList interface {
	// ListEvents returns a page of events, newest first: by time, entity type, entity id and seq, all descending. If f
	// selects a single entity, they are sorted by seq alone. The size of an event is audit.Event.Size.
	ListEvents(ctx context.Context, f EventFilter) (Page[audit.Event], error)
}

// EventFilter selects the events to list. Zero fields do not filter.
type EventFilter struct {
	Entity        audit.Entity // ListEvents needs the type if there is an id
	Actor, Action string
	Since, Until  *time.Time // Since is inclusive, Until is exclusive
	After         EventPlace
	Size          PageSize
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

// AuditEvents returns a page of events, newest first. An id without a type is looked up among runs, then among
// procedures. A page that holds events of both may have twice the size in bytes.
func (s *UseCases) AuditEvents(ctx context.Context, f EventFilter) (_ Page[audit.Event], err error) {
	ctx, begun, err := s.admit(ctx, "AuditEvents", access.ReadTrail)
	if err != nil {
		return Page[audit.Event]{}, err
	}
	defer begun.end(&err)
	if f.Entity.ID == "" || f.Entity.Type != "" {
		return s.ports.EventList.ListEvents(ctx, f)
	}
	f.Entity.Type = audit.ProcedureEntity
	if f.After.Seq > 0 && f.After.Entity.Type == audit.ProcedureEntity {
		return s.ports.EventList.ListEvents(ctx, f) // the previous page ended with an event of the procedure
	}
	ofRun := f
	ofRun.Entity.Type = audit.RunEntity
	page, err := s.ports.EventList.ListEvents(ctx, ofRun)
	if err != nil || page.More {
		return page, err
	}
	f.After = EventPlace{}
	left := f.Size.Items - len(page.Items)
	f.Size.Items = max(left, 1)
	rest, err := s.ports.EventList.ListEvents(ctx, f)
	if left == 0 {
		page.More = len(rest.Items) > 0
		return page, err
	}
	return Page[audit.Event]{Items: append(page.Items, rest.Items...), More: rest.More}, err
}
