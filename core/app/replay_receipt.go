package app

import (
	"context"

	"github.com/procedo/procedo/core/fault"
)

// Replay returns the stored answer to a request with this key; ok is false if there is none. The error is Invalid if
// the key was used for a request with another fingerprint.
func (s *Service) Replay(
	ctx context.Context, key ReceiptKey, fingerprint Fingerprint,
) (answer []byte, ok bool, err error) {
	r, ok, err := s.ports.Receipts.Find(ctx, key, s.ports.Clock.Now().Add(-ReceiptLife))
	if err != nil || !ok {
		return nil, false, err
	}
	if !fingerprint.Matches(r.Fingerprint) {
		return nil, false, fault.New(fault.Invalid, "idempotency.mismatch", nil)
	}
	return r.Answer, true, nil
}
