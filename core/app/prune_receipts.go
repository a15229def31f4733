package app

import (
	"context"
	"time"
)

// PruneReceipts removes the receipts that are older than ReceiptLife. It dates receipts from the future, which were
// written before the clock was set back, to the present: they expire ReceiptLife from now, however far it was set back.
func (s *Service) PruneReceipts(ctx context.Context) (err error) {
	ctx, begun := s.begin(ctx, "PruneReceipts")
	defer begun.end(&err)
	return s.ports.Receipts.Prune(ctx, s.receiptCutoff(), s.ports.Clock.Now())
}

// SteadyClock is a Clock that can leave out by how far the wall clock was set forward recently.
type SteadyClock interface {
	Clock
	// Steady returns the current time, or an earlier one if the wall clock was set forward within the last day.
	Steady() time.Time
}

// receiptCutoff returns the time before which receipts have expired. A clock that is set forward while the service runs
// expires none early.
func (s *Service) receiptCutoff() time.Time {
	now := s.ports.Clock.Now()
	if clock, ok := s.ports.Clock.(SteadyClock); ok {
		if steady := clock.Steady(); steady.Before(now) {
			now = steady
		}
	}
	return now.Add(-ReceiptLife)
}
