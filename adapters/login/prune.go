package login

import (
	"context"
	"time"

	"github.com/procedo/procedo/core/session"
)

const (
	prunePortion = 1000
	maxPortions  = 1000 // in one call
)

// Prune removes sessions that have ended long enough ago, in portions.
func Prune(ctx context.Context, store session.Store, now time.Time) error {
	for range maxPortions {
		n, err := store.Prune(ctx, now.Add(-session.Idle), now.Add(session.Idle), prunePortion)
		if err != nil || n < prunePortion {
			return err
		}
	}
	return nil
}
