package app

import "context"

// PruneReceipts removes the receipts that are older than ReceiptLife.
func (s *Service) PruneReceipts(ctx context.Context) error {
	return s.ports.Receipts.Prune(ctx, s.ports.Clock.Now().Add(-ReceiptLife))
}
