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

// Backoff returns how long to wait before the next attempt after a number of consecutive failures (at least 1). The
// wait doubles with each failure, up to an hour. The actual wait is random, between half of that and all of it, so that
// sinks are not tried again at the same time. If the receiver asked for a longer wait, Backoff returns that one.
func Backoff(failures int, err error) time.Duration {
	wait := longestWait
	if failures < 13 { // 2^12 s is more than an hour
		wait = min(wait, firstWait<<(failures-1))
	}
	wait = wait/2 + rand.N(wait/2+1) //nolint:gosec // this need not be unpredictable
	var refused *RefusedError
	if errors.As(err, &refused) {
		wait = max(wait, refused.RetryAfter)
	}
	return wait
}
