package procedo

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"iter"
	"mime"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/procedo/procedo/api/client"
)

const (
	maxSilence     = 45 * time.Second // the service writes at least every 15 seconds
	maxReopenPause = 10 * time.Second
)

// errEnough means that the caller wants no more events.
var errEnough = errors.New("enough")

// Follow returns the events of a run with a seq above after, and then new ones as they are recorded, until ctx is done.
// It opens the stream again when it breaks, after the last event that it returned, so that no event is missed or
// returned twice. An error ends the sequence: that of ctx, a *Problem if the service refuses the stream, or another
// that would occur again, such as an event that is not JSON or a certificate that is not trusted.
func (c *Client) Follow(ctx context.Context, runID string, after int64) iter.Seq2[client.Event, error] {
	return func(yield func(client.Event, error) bool) {
		last := after
		for failures := 0; ; failures++ {
			err := c.followOnce(ctx, runID, last, func(e client.Event) bool {
				failures, last = 0, e.Seq
				return yield(e, nil)
			})
			if errors.Is(err, errEnough) {
				return
			}
			if ctx.Err() != nil {
				err = ctx.Err()
			} else if !isFinal(err) {
				select {
				case <-ctx.Done():
					err = ctx.Err()
				case <-time.After(min(250*time.Millisecond<<min(failures, 16), maxReopenPause)):
					continue
				}
			}
			yield(client.Event{}, err)
			return
		}
	}
}

// finalError is an error that would occur again if the stream was opened again.
type finalError struct{ error }

func (e finalError) Unwrap() error { return e.error }

// isFinal reports whether an error would occur again. Those of a connection do not count, except when the server is
// reached and is not the one that was meant.
func isFinal(err error) bool {
	if problem, ok := errors.AsType[*Problem](err); ok {
		return isFinalStatus(problem.Status)
	}
	if status, ok := errors.AsType[*StatusError](err); ok {
		return isFinalStatus(status.Code)
	}
	_, isMarked := errors.AsType[finalError](err)
	_, isCertificate := errors.AsType[*tls.CertificateVerificationError](err)
	return isMarked || isCertificate || errors.Is(err, http.ErrSchemeMismatch) || isFinalTokenError(err)
}

func isFinalStatus(code int) bool {
	return code != 0 && code != http.StatusTooManyRequests && code < http.StatusBadGateway
}

// isFinalTokenError reports whether an error is one of the function for tokens, but not one of the network that the
// function may use.
func isFinalTokenError(err error) bool {
	token, ok := errors.AsType[tokenError](err)
	if !ok || errors.Is(token, context.Canceled) { // by maxSilence
		return false
	}
	_, isNetwork := errors.AsType[net.Error](token)
	return !isNetwork
}

// followOnce opens the stream once and passes its events to yield. It returns why the stream ended.
func (c *Client) followOnce(ctx context.Context, runID string, after int64, yield func(client.Event) bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	silence := time.AfterFunc(maxSilence, cancel)
	defer silence.Stop()
	last := strconv.FormatInt(after, 10)
	res, err := c.stream.StreamRunEvents(ctx, runID, &client.StreamRunEventsParams{LastEventID: &last})
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		body, err := io.ReadAll(res.Body)
		return errors.Join(problemIn(res, body), err)
	}
	if kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type")); kind != "text/event-stream" {
		return finalError{fmt.Errorf("the server answered %q instead of an event stream", kind)}
	}
	lines := bufio.NewReader(res.Body)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return err
		}
		silence.Reset(maxSilence)
		data, isData := bytes.CutPrefix(line, []byte("data: ")) // an event is one line
		if !isData {
			continue
		}
		var e client.Event
		if err := decode(data, &e); err != nil {
			return finalError{fmt.Errorf("decode an event: %w", err)}
		}
		if !yield(e) {
			return errEnough
		}
	}
}
