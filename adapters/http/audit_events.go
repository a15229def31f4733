package http

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
)

const auditCursor = "audit"

// ListAuditEvents answers GET /audit-events.
func (s *server) ListAuditEvents(ctx context.Context, r api.ListAuditEventsRequestObject) (api.ListAuditEventsResponseObject, error) {
	p := r.Params
	after, err := readPlace(p.Cursor)
	if err != nil {
		return nil, err
	}
	limit := limitOf(p.Limit)
	events, err := s.service.AuditEvents(ctx, app.EventFilter{
		Entity: audit.Entity{Type: string(deref(p.EntityType)), ID: deref(p.EntityID)}, Actor: deref(p.Actor), Action: deref(p.Action),
		Since: deref(p.Since), Until: deref(p.Until), After: after, Limit: limit + 1,
	})
	if err != nil {
		return nil, err
	}
	events, next := page(auditCursor, events, limit, placeKey)
	a, err := jsonAnswer(http.StatusOK, eventList{Items: append([]audit.Event{}, events...), NextCursor: next}, nil)
	return s.paged(ctx, a, next), err
}

// placeKey writes an event's place for a cursor: ids have no spaces.
func placeKey(e audit.Event) string {
	return fmt.Sprintf("%d %s %s %d", e.OccurredAt.UnixMicro(), e.Entity.Type, e.Entity.ID, e.Seq)
}

// readPlace reads it back; what placeKey does not write is no cursor.
func readPlace(cursor *string) (app.EventPlace, error) {
	key, err := readCursor(auditCursor, cursor)
	if err != nil || key == "" {
		return app.EventPlace{}, err
	}
	var micros int64
	var e audit.Event
	if _, err := fmt.Sscanf(key, "%d %s %s %d", &micros, &e.Entity.Type, &e.Entity.ID, &e.Seq); err == nil && e.Seq > 0 {
		if e.OccurredAt = time.UnixMicro(micros).UTC(); placeKey(e) == key && inRange(e.OccurredAt) {
			return app.PlaceOf(e), nil
		}
	}
	return app.EventPlace{}, fault.New(fault.Malformed, "request.cursor", nil)
}

// inRange reports an instant that RFC 3339 can write.
func inRange(t time.Time) bool { return t.Year() >= 1 && t.Year() <= 9999 }
