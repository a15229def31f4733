package http

import (
	"context"
	"fmt"
	"time"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
)

const auditCursor = "audit"

// ListAuditEvents handles GET /audit-events.
func (s *server) ListAuditEvents(
	ctx context.Context, r api.ListAuditEventsRequestObject,
) (api.ListAuditEventsResponseObject, error) {
	p := r.Params
	after, err := parseEventCursor(p.Cursor)
	if err != nil {
		return nil, err
	}
	events, err := s.as(ctx).AuditEvents(ctx, app.EventFilter{
		Entity: audit.Entity{Type: string(deref(p.EntityType)), ID: deref(p.EntityID)},
		Actor:  deref(p.Actor), Action: deref(p.Action),
		Since: p.Since, Until: p.Until, After: after,
		Size: app.PageSize{Items: limitOf(p.Limit)},
	})
	if err != nil {
		return nil, err
	}
	return pageResponse(ctx, auditCursor, events, eventCursorKey, eventBody)
}

// eventCursorKey returns the text that identifies an event in a cursor. Its parts are separated by spaces, which ids do
// not contain.
func eventCursorKey(e audit.Event) string {
	return fmt.Sprintf("%d %s %s %d", e.OccurredAt.UnixMicro(), e.Entity.Type, e.Entity.ID, e.Seq)
}

// parseEventCursor returns the position in the list after which the cursor's page begins. It refuses any text that
// eventCursorKey could not have returned.
func parseEventCursor(cursor *string) (app.EventPlace, error) {
	key, err := parseCursor(auditCursor, cursor, func(key string) bool { return placeIn(key).Seq > 0 })
	if err != nil || key == "" {
		return app.EventPlace{}, err
	}
	return app.PlaceOf(placeIn(key)), nil
}

// placeIn returns the event that a key in a cursor identifies, or an event without a seq if it is not such a key.
func placeIn(key string) (e audit.Event) {
	var micros int64
	if _, err := fmt.Sscanf(key, "%d %s %s %d", &micros, &e.Entity.Type, &e.Entity.ID, &e.Seq); err != nil {
		return audit.Event{}
	}
	isID := map[string]func(string) bool{audit.RunEntity: isRunID, audit.ProcedureEntity: procedure.IsKey}[e.Entity.Type]
	e.OccurredAt = time.UnixMicro(micros).UTC()
	if isID == nil || !isID(e.Entity.ID) || e.Seq < 1 || eventCursorKey(e) != key || !isRFC3339(e.OccurredAt) {
		return audit.Event{}
	}
	return e
}

// isRFC3339 reports whether RFC 3339 can represent the time.
func isRFC3339(t time.Time) bool { return t.Year() >= 1 && t.Year() <= 9999 }
