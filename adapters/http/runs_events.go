package http

import (
	"context"
	"strconv"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/audit"
)

const eventCursor = "events"

// eventBody returns the body of an event on a page, Event in the contract.
func eventBody(e audit.Event) any { return e }

// ListRunEvents handles GET /runs/{run_id}/events.
func (s *server) ListRunEvents(
	ctx context.Context, r api.ListRunEventsRequestObject,
) (api.ListRunEventsResponseObject, error) {
	after, err := parseNumberCursor(eventCursor, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	events, err := s.as(ctx).RunEvents(ctx, r.RunID, after, limitOf(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	key := func(e audit.Event) string { return strconv.FormatInt(e.Seq, 10) }
	return pageResponse(ctx, eventCursor, events, key, eventBody)
}
