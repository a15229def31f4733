package app

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/procedo/procedo/core/audit"
)

// Limits of one delivery, besides PageBytes. deliveryTime, the time limit of the sink, is shorter than the lease.
// This leaves time to store the result before another replica may deliver.
const (
	deliveryBatch = 500
	deliveryLease = time.Minute
	deliveryTime  = 40 * time.Second
)

// LongestRetry is the maximum time to wait after a failed delivery.
const LongestRetry = time.Hour

// Delivered is the result of one call of Deliver.
type Delivered struct {
	Records int
	// Lag is how long the oldest undelivered record has been waiting.
	Lag time.Duration
	// More is set if more records were waiting than fit into one batch.
	More bool
	// Err is the reason why the sink did not receive every record, or nil if it received all.
	Err error
}

// Deliver sends the next records of the feed to a sink, in order. It sends none while another replica delivers to the
// sink, and none after a failure until the time returned by backoff has passed. If there is nothing to deliver, nothing
// is written to storage.
func (s *Service) Deliver(
	ctx context.Context, sink Sink, holder string, backoff func(failures int, err error) time.Duration,
) (_ Delivered, err error) {
	before, err := s.ports.Deliveries.Delivery(ctx, sink.Name())
	if err != nil {
		return Delivered{}, err
	}
	waiting, err := s.ports.Feed.Records(ctx, before.Cursor, PageSize{Items: 1})
	if err != nil || len(waiting.Items) == 0 {
		return Delivered{}, err
	}
	ctx, begun := s.begin(ctx, "Deliver") // not for each look at an empty feed
	defer begun.end(&err)
	out := Delivered{Lag: s.waitingTime(waiting.Items[0])}
	d, held, err := s.ports.Deliveries.Hold(ctx, sink.Name(), holder, deliveryLease)
	if err != nil || !held {
		return out, ignoreMoved(err)
	}
	batch, err := s.ports.Feed.Records(ctx, d.Cursor, PageSize{Items: deliveryBatch})
	if err == nil && len(batch.Items) > 0 {
		out = s.deliverBatch(ctx, sink, batch, &d, backoff)
	}
	// The state is stored even while the program is stopping.
	storing, cancel := context.WithTimeout(context.WithoutCancel(ctx), deliveryLease-deliveryTime)
	defer cancel()
	return out, errors.Join(err, ignoreMoved(s.ports.Deliveries.Release(storing, d, holder)))
}

// deliverBatch sends records to the sink and updates d, the state of the sink.
func (s *Service) deliverBatch(
	ctx context.Context, sink Sink, batch Page[audit.FeedRecord], d *Delivery, backoff func(int, error) time.Duration,
) (out Delivered) {
	present := make([]audit.FeedRecord, 0, len(batch.Items))
	for _, r := range batch.Items {
		if r.Event != nil || r.Note != "" { // records without content are left out; verification reports them
			present = append(present, r)
		}
	}
	bounded, cancel := context.WithTimeout(ctx, deliveryTime)
	defer cancel()
	n, err := sink.Deliver(bounded, present)
	out.Records = n
	if n == len(present) {
		d.Cursor = batch.Items[len(batch.Items)-1].Cursor
		d.Failures, d.FailingSince, d.LastError, d.RetryIn = 0, time.Time{}, "", 0
		out.More = batch.More
		return out
	}
	if err == nil {
		err = errors.New("the sink did not accept every record")
	}
	if n > 0 {
		d.Cursor = present[n-1].Cursor
	}
	out.Lag, out.Err = s.waitingTime(present[n]), err
	if ctx.Err() != nil { // the program is stopping, which is not a failure of the sink
		return out
	}
	if d.Failures++; d.FailingSince.IsZero() {
		d.FailingSince = s.ports.Clock.Now()
	}
	text := strings.ReplaceAll(err.Error(), "\x00", "")
	d.LastError, d.RetryIn = strings.ToValidUTF8(text[:min(len(text), MaxDeliveryError)], ""),
		min(backoff(d.Failures, err), LongestRetry)
	return out
}

// waitingTime returns how long ago the event of a record occurred; zero for checkpoints.
func (s *Service) waitingTime(r audit.FeedRecord) time.Duration {
	if r.Event == nil {
		return 0
	}
	return max(0, s.ports.Clock.Now().Sub(r.Event.OccurredAt))
}

func ignoreMoved(err error) error {
	if errors.Is(err, ErrMoved) {
		return nil
	}
	return err
}
