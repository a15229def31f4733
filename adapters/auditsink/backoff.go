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

// Backoff returns the time to wait after the given number of consecutive failures, which is at least 1. The time
// doubles with each failure, up to an hour. A random amount of up to half of it is subtracted, so that several sinks
// are not tried again at the same time. If err is a RefusedError with a longer wait, Backoff returns that wait.
func Backoff(failures int, err error) time.Duration {
	wait := longestWait
	if failures < 13 { // the 13th wait would be 2^12 s, more than an hour
		wait = min(wait, firstWait<<(failures-1))
	}
	wait = wait/2 + rand.N(wait/2+1) //nolint:gosec // a delay, not a secret
	var refused *RefusedError
	if errors.As(err, &refused) {
		wait = max(wait, refused.RetryAfter)
	}
	return wait
}
