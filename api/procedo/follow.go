package procedo

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
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
// returned twice. An error ends the sequence: a *Problem if the service refuses the stream, or that of ctx.
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

// isFinal reports whether the service would refuse a stream again.
func isFinal(err error) bool {
	status := 0
	var p *Problem
	var s *StatusError
	if errors.As(err, &p) {
		status = p.Status
	} else if errors.As(err, &s) {
		status = s.Code
	}
	return status != 0 && status != http.StatusTooManyRequests && status < http.StatusBadGateway
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
			return err
		}
		if !yield(e) {
			return errEnough
		}
	}
}
