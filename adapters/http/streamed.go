package http

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"
)

const (
	chunkSize    = 64 << 10         // bytes that are sent at once
	chunkTimeout = 30 * time.Second // limit for sending one chunk; a client that exceeds it is disconnected
)

// streamed is a JSON response without a limit on its length. It is sent in chunks while it is written. Until the first
// chunk is full, an error still becomes a problem document, and a short response gets a Content-Length.
type streamed struct {
	ctx   context.Context // the request's context; the generated Visit method has no parameter for it
	log   *slog.Logger
	write func(to io.Writer) error // writes the body
}

// VisitGetRunBundleResponse sends the response. If it fails after the first chunk, it aborts the connection, so that
// the client cannot take the part that it received for the whole.
func (s streamed) VisitGetRunBundleResponse(w http.ResponseWriter) error {
	out := &chunkWriter{
		w: w, control: http.NewResponseController(w), deadline: callOf(s.ctx).deadline,
		headOnly: callOf(s.ctx).method == http.MethodHead,
	}
	err := s.write(out)
	if err == nil {
		err = out.end()
	}
	switch {
	case err == nil || errors.Is(err, errHeadSent):
		return nil
	case !out.started:
		return err
	}
	s.log.WarnContext(s.ctx, "response aborted", "error", err, "request_id", callOf(s.ctx).requestID)
	panic(http.ErrAbortHandler)
}

// chunkWriter sends a JSON body in chunks of chunkSize, each with a deadline of its own.
type chunkWriter struct {
	w        http.ResponseWriter
	control  *http.ResponseController
	deadline deadline // of the work for the request
	headOnly bool
	started  bool // whether the header has been sent
	buffer   bytes.Buffer
}

// errHeadSent ends a response to a HEAD request when its header is complete.
var errHeadSent = errors.New("the response to a HEAD request has no body")

// Write buffers the data and sends full chunks.
func (c *chunkWriter) Write(data []byte) (written int, err error) {
	for len(data) > 0 {
		n := min(len(data), chunkSize-c.buffer.Len())
		c.buffer.Write(data[:n])
		data, written = data[n:], written+n
		if c.buffer.Len() == chunkSize && len(data) > 0 {
			if err := c.send(); err != nil {
				return written, err
			}
		}
	}
	return written, nil
}

// end sends the last chunk.
func (c *chunkWriter) end() error {
	if !c.started {
		return c.response().write(c.w)
	}
	return c.send()
}

// response returns a response with the buffered chunk as its body.
func (c *chunkWriter) response() response {
	header := map[string]string{"Cache-Control": cacheRevalidate, "Content-Type": "application/json"}
	return response{http.StatusOK, header, c.buffer.Bytes()}
}

// send sends the buffered chunk. The request's own deadlines end with the first chunk: from then on, each chunk has a
// deadline for the work, and one for the client.
func (c *chunkWriter) send() error {
	if !c.started {
		c.started = true
		if err := ignoreUnsupported(c.control.SetReadDeadline(time.Time{})); err != nil {
			return err
		}
		for name, value := range c.response().Header {
			c.w.Header().Set(name, value)
		}
		c.w.WriteHeader(http.StatusOK)
		if c.headOnly {
			return errHeadSent
		}
	}
	c.deadline.extend(2 * chunkTimeout) // the time to send this chunk, and as much to read the next one
	if err := ignoreUnsupported(c.control.SetWriteDeadline(time.Now().Add(chunkTimeout))); err != nil {
		return err
	}
	if _, err := c.w.Write(c.buffer.Bytes()); err != nil {
		return err
	}
	c.buffer.Reset()
	return nil
}

// ignoreUnsupported returns nil if the error means that the connection has no deadlines, as in tests.
func ignoreUnsupported(err error) error {
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}
