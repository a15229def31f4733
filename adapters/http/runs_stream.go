package http

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
)

const (
	streamType         = "text/event-stream"
	streamWriteTimeout = 30 * time.Second // limit for one piece; a client that exceeds it is disconnected
	streamPiece        = 64 << 10         // bytes that are written under one limit
	reconnectDelay     = 2000             // milliseconds that a client waits before it reconnects
)

// MaxStreams is the maximum number of open streams of one process. Further ones are answered 503.
const MaxStreams = 1000

// EventFeed sends the events of runs to clients that follow them.
type EventFeed interface {
	// Follow writes the events of a run with a seq above after, as RenderStreamEvent renders them, and then new events
	// as they are recorded. It calls write without any to keep an idle connection open. The head is the seq of the
	// run's last event. Follow returns an error if ctx is done, write fails, the client is too slow, an event
	// cannot be rendered or the feed stops.
	Follow(ctx context.Context, runID string, after, head int64, write func(frames [][]byte) error) error
}

// RenderStreamEvent returns an event in the format of server-sent events (WHATWG HTML, section 9.2). The id of an event
// is its seq; the data is its JSON form, as on pages of events. It does not depend on the language of the reader.
func RenderStreamEvent(e audit.Event) ([]byte, error) {
	data, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "id: %d\ndata: %s\n\n", e.Seq, data), nil
}

// StreamRunEvents handles GET /runs/{run_id}/events/stream. The Last-Event-ID header overrides the cursor.
func (s *server) StreamRunEvents(
	ctx context.Context, r api.StreamRunEventsRequestObject,
) (api.StreamRunEventsResponseObject, error) {
	after, err := parseNumberCursor(eventCursor, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	if last := r.Params.LastEventID; last != nil {
		n, err := strconv.ParseInt(*last, 10, 64)
		if err != nil || n < 0 {
			return nil, invalidRequest([]fault.Issue{{Field: "header.Last-Event-ID", Code: "request.value"}})
		}
		after = n
	}
	head, err := s.as(ctx).RunSeq(ctx, r.RunID)
	if err != nil {
		return nil, err
	}
	// The client has events that a restored database has lost, and other ones may come under their numbers.
	if after > head {
		return nil, fault.New(fault.NotFound, "run.event_not_found", fault.Params{"seq": head})
	}
	if callOf(ctx).method == http.MethodHead {
		return streamHead{}, nil
	}
	if s.openStreams.Add(1) > s.maxStreams {
		s.openStreams.Add(-1)
		return nil, fault.New(fault.Unavailable, "service.unavailable", nil)
	}
	callOf(ctx).deadline.lift()
	until := callOf(ctx).principal.Expires
	return &eventStream{ctx: ctx, server: s, runID: r.RunID, after: after, head: head, until: until}, nil
}

// eventStream sends the events of a run to one client.
type eventStream struct {
	ctx         context.Context // the request's context; the generated Visit method has no parameter for it
	server      *server
	runID       string
	after, head int64     // seqs of the last event that the client has, and of the run's last event
	until       time.Time // when the client's token expires; zero if it does not
}

// streamHead is the response to a HEAD request for a stream.
type streamHead struct{}

// VisitStreamRunEventsResponse sends the header of a stream.
func (streamHead) VisitStreamRunEventsResponse(w http.ResponseWriter) error {
	setStreamHeader(w)
	return nil
}

// setStreamHeader sends the header of a stream. X-Accel-Buffering tells proxies such as nginx not to buffer it.
func setStreamHeader(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", streamType)
	h.Set("Cache-Control", cacheNever)
	h.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
}

// VisitStreamRunEventsResponse sends events until the client disconnects or stops reading, or the feed stops.
func (e *eventStream) VisitStreamRunEventsResponse(w http.ResponseWriter) error {
	defer e.server.openStreams.Add(-1)
	setStreamHeader(w)
	out := streamWriter{w, http.NewResponseController(w)}
	if out.write([][]byte{fmt.Appendf(nil, "retry: %d\n\n", reconnectDelay)}) == nil {
		ctx := e.ctx
		if !e.until.IsZero() {
			var cancel context.CancelFunc
			ctx, cancel = context.WithDeadline(ctx, e.until)
			defer cancel()
		}
		// An error ends the stream. The client continues with Last-Event-ID.
		_ = e.server.feed.Follow(ctx, e.runID, e.after, e.head, func(frames [][]byte) error {
			if err := e.server.mayStillRead(e.ctx); err != nil {
				return err
			}
			return out.write(frames)
		})
	}
	return nil
}

// heartbeat is a comment, which keeps the connection open.
var heartbeat = []byte(":\n\n")

// streamWriter writes without buffering, and fails if a piece takes longer than streamWriteTimeout.
type streamWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

// write writes the frames, or a heartbeat if there are none.
func (s streamWriter) write(frames [][]byte) error {
	if len(frames) == 0 {
		frames = [][]byte{heartbeat}
	}
	for _, frame := range frames {
		for piece := range slices.Chunk(frame, streamPiece) {
			if err := s.control.SetWriteDeadline(time.Now().Add(streamWriteTimeout)); err != nil {
				return err
			}
			if _, err := s.w.Write(piece); err != nil {
				return err
			}
		}
	}
	return s.control.Flush()
}
