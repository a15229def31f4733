package http

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
)

// An event stream (WHATWG HTML, section 9.2, server-sent events): each event of the trail as it stands in pages, under its seq.
const (
	streamType  = "text/event-stream"
	writeTime   = 10 * time.Second // for what a slow reader does not take
	reconnectIn = 2000             // milliseconds, the client's wait before it comes back
	mostStreams = 1000             // at once, of one process
)

// Feed tells of new events of runs.
type EventFeed interface {
	// Follow begins to watch a run, until end is called. There is news when the run may have events that were not there at
	// the last look.
	Follow(runID string) (news <-chan struct{}, end func())
	// Done is closed when the feed has ended; streams end with it.
	Done() <-chan struct{}
}

// DefaultHeartbeat is how often a silent stream shows that it lives.
const DefaultHeartbeat = 15 * time.Second

// named reports whether an Accept header asks for a media type by its name.
func named(accept []string, wanted string) bool {
	for _, part := range strings.Split(strings.Join(accept, ","), ",") {
		if media, params, err := mime.ParseMediaType(part); err == nil && media == wanted && params["q"] != "0" && params["q"] != "0.0" {
			return true
		}
	}
	return false
}

// stream is the answer that does not end: what came after the Last-Event-ID, and whatever comes.
func (s *server) stream(ctx context.Context, r api.ListRunEventsRequestObject, after int64) (api.ListRunEventsResponseObject, error) {
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
	if s.streams.Add(1) > mostStreams {
		s.streams.Add(-1)
		return nil, fault.New(fault.Unavailable, "service.unavailable", nil)
	}
	return &eventStream{ctx: ctx, server: s, runID: r.RunID, last: after}, nil
}

// eventStream is one reader of one run.
type eventStream struct {
	ctx    context.Context // of the request, which the generated interface does not hand on
	server *server
	runID  string
	last   int64 // seq of the last event that was sent
}

// VisitListRunEventsResponse writes until the reader leaves, does not read, or the server ends.
func (e *eventStream) VisitListRunEventsResponse(w http.ResponseWriter) error {
	defer e.server.streams.Add(-1)
	news, end := e.server.feed.Follow(e.runID) // before the first look: what comes after it is told
	defer end()
	h := w.Header()
	h.Set("Content-Type", streamType)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // proxies would wait for the end
	w.WriteHeader(http.StatusOK)
	out := streamWriter{w, http.NewResponseController(w)}
	if out.write(fmt.Sprintf("retry: %d\n\n", reconnectIn)) == nil {
		e.follow(out, news)
	}
	return nil
}

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

// send writes what has come since the last look. A database that does not answer is asked again at the next one.
func (e *eventStream) send(out streamWriter) error {
	var broken error // the reader is gone: nothing more can be written
	last, err := e.server.service.StreamEvents(e.ctx, e.runID, e.last, func(events []audit.Event) error {
		var text strings.Builder
		for _, event := range events {
			data, err := json.Marshal(event)
			if err != nil {
				return err
			}
			fmt.Fprintf(&text, "id: %d\ndata: %s\n\n", event.Seq, data)
		}
		broken = out.write(text.String())
		return broken
	})
	if e.last = last; err != nil && broken == nil {
		return e.ctx.Err()
	}
	return broken
}

// streamWriter sends at once, and not for ever.
type streamWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (s streamWriter) write(text string) error {
	if err := s.control.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return err
	}
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	return s.control.Flush()
}
