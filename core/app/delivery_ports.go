package app

import (
	"context"
	"time"

	"github.com/procedo/procedo/core/audit"
)

// Sink is a destination of the trail, such as a file or a server.
type Sink interface {
	// Name returns the URL of the sink without secrets. Deliveries stores the state of the sink under this name.
	Name() string
	// Deliver sends records in order. It returns n if the sink has certainly received the first n records. If n is less
	// than len(records), the error says why. Records may be sent more than once.
	Deliver(ctx context.Context, records []audit.FeedRecord) (n int, err error)
}

// Deliveries stores how far each sink has received the feed, and lets only one replica at a time deliver to a sink.
type Deliveries interface {
	// Delivery returns the state of a sink. If nothing was ever delivered to the sink, only its name is set.
	Delivery(ctx context.Context, sink string) (Delivery, error)
	// Hold gives the holder the exclusive right to deliver until the lease ends. It returns false while another holder
	// has the right, and after a failure until RetryIn has passed.
	Hold(ctx context.Context, sink, holder string, lease time.Duration) (d Delivery, held bool, err error)
	// Release stores the state of the sink and ends the holder's right to deliver. It returns ErrMoved if the holder no
	// longer had that right.
	Release(ctx context.Context, d Delivery, holder string) error
}

// Delivery is the state of a sink.
type Delivery struct {
	Sink string
	audit.Cursor
	Failures     int           // consecutive failures
	FailingSince time.Time     // time of the first of these failures; zero if there are none
	LastError    string        // at most MaxDeliveryError bytes
	RetryIn      time.Duration // input of Release: the time until Hold may succeed again
}

// MaxDeliveryError is the maximum length of Delivery.LastError, in bytes.
const MaxDeliveryError = 500
