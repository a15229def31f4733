// Package ratelimit limits how often something may happen in a minute, for each actor and for each network address.
package ratelimit

import (
	"hash/maphash"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/procedo/procedo/core/app"
)

// buckets is the number of allowances for actors, and the number of those for addresses.
const buckets = 1 << 16

// Limiter implements app.RateLimit with token buckets: an actor or address may use its allowance of a minute at once,
// and gets it back evenly. It is safe for concurrent use.
//
// A secret hash assigns each name to one of a fixed number of buckets. No bucket is ever evicted, so that a client can
// neither grow the memory nor get a fresh allowance by sending many names. Two names share a bucket with a probability
// of 1 in 65,536.
type Limiter struct {
	perMinute         int
	seed              maphash.Seed
	actors, addresses table
}

type table [buckets]atomic.Pointer[rate.Limiter]

// New returns a limiter with an allowance of perMinute, which must be positive.
func New(perMinute int) *Limiter { return &Limiter{perMinute: perMinute, seed: maphash.MakeSeed()} }

// Take implements app.RateLimit. The address is counted first, so that a client that has used up the allowance of its
// address uses nothing of an actor's. Without an actor, only the address is counted: all who are not authenticated would
// share one allowance, which any of them could use up.
func (l *Limiter) Take(c app.Caller) (undo func(), exceeded *app.Exceeded) {
	now := time.Now()
	address := l.bucket(&l.addresses, c.Address)
	if !address.AllowN(now, 1) {
		return nil, l.exceeded(address, now, app.PerAddress)
	}
	if c.Actor == "" {
		return func() { giveBack(address, time.Now()) }, nil
	}
	actor := l.bucket(&l.actors, c.Actor)
	if !actor.AllowN(now, 1) {
		giveBack(address, now)
		return nil, l.exceeded(actor, now, app.PerActor)
	}
	return func() {
		now := time.Now()
		giveBack(address, now)
		giveBack(actor, now)
	}, nil
}

// giveBack returns a token to a bucket; the bucket never holds more than it can. Reservation.Cancel cannot do this: it
// has no effect once the time of the reservation has come.
func giveBack(bucket *rate.Limiter, now time.Time) { bucket.AllowN(now, -1) }

// bucket returns the bucket of a name, and makes it on first use.
func (l *Limiter) bucket(t *table, name string) *rate.Limiter {
	place := &t[maphash.String(l.seed, name)%buckets]
	if b := place.Load(); b != nil {
		return b
	}
	place.CompareAndSwap(nil, rate.NewLimiter(rate.Limit(float64(l.perMinute)/time.Minute.Seconds()), l.perMinute))
	return place.Load()
}

// exceeded returns the description of an empty bucket, with the time until it has a token again.
func (l *Limiter) exceeded(b *rate.Limiter, now time.Time, per string) *app.Exceeded {
	missing := 1 - b.TokensAt(now)
	wait := time.Duration(missing / float64(l.perMinute) * float64(time.Minute))
	return &app.Exceeded{Per: per, Limit: l.perMinute, RetryAfter: wait}
}
