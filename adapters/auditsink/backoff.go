package auditsink

import (
	"errors"
	"math/rand/v2"
	"time"
)

const (
	firstWait   = time.Second
	longestWait = time.Hour
)

// Backoff is how long a sink is left alone after so many failures in a row: twice as long each time up to an hour, and of that between
// a half and the whole, so that not all come back at once. A receiver that asks for longer gets it.
func Backoff(failures int, err error) time.Duration {
	wait := longestWait
	if failures < 13 {
		wait = min(wait, firstWait<<(failures-1))
	}
	wait = wait/2 + rand.N(wait/2+1) //nolint:gosec // a spread, no secret
	var refused *RefusedError
	if errors.As(err, &refused) {
		wait = max(wait, refused.After)
	}
	return wait
}
