package http

import (
	"context"
	"net/http"
	"strconv"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/audit"
)

const eventCursor = "events"

// eventList is a page of events, EventList in the contract.
type eventList struct {
	Items      []audit.Event `json:"items"`
	NextCursor string        `json:"next_cursor,omitempty"`
}

// ListRunEvents handles GET /runs/{run_id}/events.
func (s *server) ListRunEvents(
	ctx context.Context, r api.ListRunEventsRequestObject,
) (api.ListRunEventsResponseObject, error) {
	after, err := parseNumberCursor(eventCursor, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	if c := callOf(ctx); c.method == http.MethodGet && c.accept.acceptsByName(streamType) {
		return s.stream(ctx, r, after)
	}
	limit := limitOf(r.Params.Limit)
	events, err := s.service.RunEvents(ctx, r.RunID, after, limit+1)
	if err != nil {
		return nil, err
	}
	events, next := page(eventCursor, events, limit, func(e audit.Event) string { return strconv.FormatInt(e.Seq, 10) })
	res, err := jsonResponse(http.StatusOK, eventList{Items: append([]audit.Event{}, events...), NextCursor: next}, nil)
	return s.paginated(ctx, res, next), err
}
