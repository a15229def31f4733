package http

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
)

const (
	streamType         = "text/event-stream"
	streamWriteTimeout = 10 * time.Second // limit for one write; a client that exceeds it is disconnected
	reconnectDelay     = 2000             // milliseconds that a client waits before it reconnects
	maxStreams         = 1000             // open streams of one process
)

// EventFeed notifies followers of runs about new events.
type EventFeed interface {
	// Follow watches a run until unfollow is called. The returned channel receives a value whenever the run may have
	// new events. A caller that reads the events after calling Follow, and again after each value, misses no event.
	Follow(runID string) (news <-chan struct{}, unfollow func())
	// Done returns a channel that is closed when the feed stops. Open streams then end.
	Done() <-chan struct{}
}

// DefaultHeartbeat is the heartbeat interval if Config.Heartbeat is zero.
const DefaultHeartbeat = 15 * time.Second

// stream returns the response that sends the events after the given seq, and then new events as they are recorded. The
// Last-Event-ID header overrides the seq.
//
// The format is server-sent events (WHATWG HTML, section 9.2). The id of an event is its seq; the data is its JSON
// form, as on pages of events.
func (s *server) stream(
	ctx context.Context, r api.ListRunEventsRequestObject, after int64,
) (api.ListRunEventsResponseObject, error) {
	if last := r.Params.LastEventID; last != nil {
		n, err := strconv.ParseInt(*last, 10, 64)
		if err != nil || n < 0 {
			return nil, invalidRequest([]fault.Issue{{Field: "header.Last-Event-ID", Code: "request.value"}})
		}
		after = n
	}
	if _, err := s.service.RunEvents(ctx, r.RunID, after, 1); err != nil {
		return nil, err
	}
	if s.openStreams.Add(1) > maxStreams {
		s.openStreams.Add(-1)
		return nil, fault.New(fault.Unavailable, "service.unavailable", nil)
	}
	return &eventStream{ctx: ctx, server: s, runID: r.RunID, last: after}, nil
}

// eventStream sends the events of a run to one client.
type eventStream struct {
	ctx    context.Context // the request's context; the generated Visit method has no parameter for it
	server *server
	runID  string
	last   int64 // seq of the last event that was sent
}

// VisitListRunEventsResponse sends events until the client disconnects or stops reading, or the feed stops.
func (e *eventStream) VisitListRunEventsResponse(w http.ResponseWriter) error {
	defer e.server.openStreams.Add(-1)
	news, unfollow := e.server.feed.Follow(e.runID) // before the first read, so that no event is missed
	defer unfollow()
	h := w.Header()
	h.Set("Content-Type", streamType)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // tells proxies such as nginx not to buffer the stream
	w.WriteHeader(http.StatusOK)
	out := streamWriter{w, http.NewResponseController(w)}
	if out.write(fmt.Sprintf("retry: %d\n\n", reconnectDelay)) == nil {
		e.follow(out, news)
	}
	return nil
}

// follow sends new events. After each heartbeat interval it also sends a comment, which keeps the connection open.
func (e *eventStream) follow(out streamWriter, news <-chan struct{}) {
	heartbeat := time.NewTicker(e.server.heartbeat)
	defer heartbeat.Stop()
	for e.send(out) == nil {
		select {
		case <-news:
		case <-heartbeat.C:
			if out.write(":\n\n") != nil {
				return
			}
		case <-e.ctx.Done():
			return
		case <-e.server.feed.Done():
			return
		}
	}
}

// send sends the events that have not been sent yet. It returns an error if the client is gone. If the events cannot be
// read from the database, it returns nil, so that the next call tries again.
func (e *eventStream) send(out streamWriter) error {
	var writeErr error
	last, err := e.server.service.StreamEvents(e.ctx, e.runID, e.last, func(events []audit.Event) error {
		var text strings.Builder
		for _, event := range events {
			data, err := json.Marshal(event)
			if err != nil {
				return err
			}
			fmt.Fprintf(&text, "id: %d\ndata: %s\n\n", event.Seq, data)
		}
		writeErr = out.write(text.String())
		return writeErr
	})
	if e.last = last; err != nil && writeErr == nil {
		return e.ctx.Err()
	}
	return writeErr
}

// streamWriter writes without buffering, and fails if a write takes longer than streamWriteTimeout.
type streamWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (s streamWriter) write(text string) error {
	if err := s.control.SetWriteDeadline(time.Now().Add(streamWriteTimeout)); err != nil {
		return err
	}
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	return s.control.Flush()
}
