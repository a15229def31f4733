package app

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/procedo/procedo/core/audit"
)

// Sink takes the trail somewhere else.
type Sink interface {
	// Name is what its deliveries are kept under: its URL without secrets.
	Name() string
	// Deliver takes records, those of one entity in their order, and returns how many of them, from the first, it has for certain.
	// The error says why that is not all of them; it is nil where it is. Records may come again.
	Deliver(ctx context.Context, records []audit.FeedRecord) (n int, err error)
}

// Deliveries keep how far each sink has come, and let one replica at a time take it further.
type Deliveries interface {
	// Delivery returns how far the sink has come: the zero Delivery where it never began.
	Delivery(ctx context.Context, sink string) (Delivery, error)
	// Hold gives the holder alone the right to deliver for a while; false where another has it, or where it is too soon after a failure.
	Hold(ctx context.Context, sink, holder string, lease time.Duration) (d Delivery, held bool, err error)
	// Release writes how far it came and gives the right back; ErrMoved where the holder had lost it.
	Release(ctx context.Context, d Delivery, holder string) error
}

// Delivery is how far a sink has come.
type Delivery struct {
	Sink string
	audit.Cursor
	Failures     int           // in a row
	FailingSince time.Time     // zero where it does not fail
	LastError    string        // at most MaxDeliveryError bytes
	RetryIn      time.Duration // how long to leave it alone from now on
}

// MaxDeliveryError is how much is kept of what a sink says, in bytes.
const MaxDeliveryError = 500

// Bounds of a delivery. Whoever holds a sink stops well before another may take over.
const (
	deliveryBatch = 500
	deliveryLease = time.Minute
	deliveryTime  = 40 * time.Second
)

// Delivered is what came of an attempt.
type Delivered struct {
	Records int
	// Lag is how long the oldest record that the sink has not got has been waiting.
	Lag time.Duration
	// More says that there is more to deliver now.
	More bool
	// Refused is why the sink did not take everything; nil where it did.
	Refused error
}

// Deliver gives a sink what it has not got yet, a part of it, where it is this replica's turn. After a failure it is left alone for as
// long as backoff says, for ever if need be: nothing is left out. Where there is nothing to deliver, nothing is written.
func (s *Service) Deliver(ctx context.Context, sink Sink, holder string, backoff func(failures int, err error) time.Duration) (Delivered, error) {
	before, err := s.ports.Deliveries.Delivery(ctx, sink.Name())
	if err != nil {
		return Delivered{}, err
	}
	waiting, err := s.ports.Feed.Records(ctx, before.Cursor, 1)
	if err != nil || len(waiting) == 0 {
		return Delivered{}, err
	}
	out := Delivered{Lag: s.waitingTime(waiting[0])}
	d, held, err := s.ports.Deliveries.Hold(ctx, sink.Name(), holder, deliveryLease)
	if err != nil || !held {
		return out, ignoreMoved(err)
	}
	records, err := s.ports.Feed.Records(ctx, d.Cursor, deliveryBatch)
	if err == nil && len(records) > 0 {
		out = s.deliverBatch(ctx, sink, records, &d, backoff)
	}
	// What was delivered is kept even where the program is ending.
	keep, cancel := context.WithTimeout(context.WithoutCancel(ctx), deliveryLease-deliveryTime)
	defer cancel()
	return out, errors.Join(err, ignoreMoved(s.ports.Deliveries.Release(keep, d, holder)))
}

// hand gives records to the sink and moves the delivery on.
func (s *Service) deliverBatch(ctx context.Context, sink Sink, records []audit.FeedRecord, d *Delivery, backoff func(int, error) time.Duration) (out Delivered) {
	there := make([]audit.FeedRecord, 0, len(records))
	for _, r := range records {
		if r.Event != nil || r.Note != "" { // else the feed names what the trail lacks: verification tells of it
			there = append(there, r)
		}
	}
	bounded, cancel := context.WithTimeout(ctx, deliveryTime)
	defer cancel()
	n, err := sink.Deliver(bounded, there)
	out.Records = n
	if n == len(there) {
		d.Cursor = records[len(records)-1].Cursor
		d.Failures, d.FailingSince, d.LastError, d.RetryIn = 0, time.Time{}, "", 0
		out.More = len(records) == deliveryBatch
		return out
	}
	if err == nil {
		err = errors.New("the sink did not take everything")
	}
	if n > 0 {
		d.Cursor = there[n-1].Cursor
	}
	out.Lag, out.Refused = s.waitingTime(there[n]), err
	if ctx.Err() != nil { // the program is ending: that is not the sink's failure
		return out
	}
	if d.Failures++; d.FailingSince.IsZero() {
		d.FailingSince = s.ports.Clock.Now()
	}
	text := strings.ReplaceAll(err.Error(), "\x00", "")
	d.LastError, d.RetryIn = strings.ToValidUTF8(text[:min(len(text), MaxDeliveryError)], ""), backoff(d.Failures, err)
	return out
}

// waiting is how long a record has been there; of a checkpoint it is not told.
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
