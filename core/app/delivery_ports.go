package app

import (
	"context"
	"time"

	"github.com/procedo/procedo/core/audit"
)

// Sink receives the trail: a file, a server, a stream.
type Sink interface {
	// Name identifies the sink's deliveries: its URL without secrets.
	Name() string
	// Deliver sends records, those of one entity in their order. It returns the number of records, from the first, that
	// the sink has certainly received. If that is not all of them, the error says why. Records may be sent again later.
	Deliver(ctx context.Context, records []audit.FeedRecord) (n int, err error)
}

// Deliveries stores how far each sink has received the feed, and lets one replica at a time deliver to it.
type Deliveries interface {
	// Delivery returns the state of a sink; the zero Delivery where nothing was ever delivered to it.
	Delivery(ctx context.Context, sink string) (Delivery, error)
	// Hold gives the holder the exclusive right to deliver until the lease ends. It returns false where another replica
	// has the right, or while the time to wait after a failure has not passed.
	Hold(ctx context.Context, sink, holder string, lease time.Duration) (d Delivery, held bool, err error)
	// Release stores the state of the sink and gives the right back; ErrMoved where the holder had lost it.
	Release(ctx context.Context, d Delivery, holder string) error
}

// Delivery is the state of a sink.
type Delivery struct {
	Sink string
	audit.Cursor
	Failures     int           // consecutive failures
	FailingSince time.Time     // zero while it does not fail
	LastError    string        // at most MaxDeliveryError bytes
	RetryIn      time.Duration // from now to the next attempt
}

// MaxDeliveryError is the maximum length of a stored error of a sink, in bytes.
const MaxDeliveryError = 500
