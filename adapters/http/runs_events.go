package http

import (
	"context"
	"net/http"
	"strconv"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/audit"
)

const eventCursor = "events"

// eventList is what EventList declares.
type eventList struct {
	Items      []audit.Event `json:"items"`
	NextCursor string        `json:"next_cursor,omitempty"`
}

// ListRunEvents answers GET /runs/{run_id}/events.
func (s *server) ListRunEvents(ctx context.Context, r api.ListRunEventsRequestObject) (api.ListRunEventsResponseObject, error) {
	after, err := readNumberCursor(eventCursor, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	if c := callOf(ctx); c.method == http.MethodGet && named(c.accept, streamType) {
		return s.stream(ctx, r, after)
	}
	limit := limitOf(r.Params.Limit)
	events, err := s.service.RunEvents(ctx, r.RunID, after, limit+1)
	if err != nil {
		return nil, err
	}
	events, next := page(eventCursor, events, limit, func(e audit.Event) string { return strconv.FormatInt(e.Seq, 10) })
	a, err := jsonAnswer(http.StatusOK, eventList{Items: append([]audit.Event{}, events...), NextCursor: next}, nil)
	return s.paged(ctx, a, next), err
}
