package ratelimit_test

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/ratelimit"
	"github.com/procedo/procedo/core/app"
)

func caller(actor, address string) app.Caller { return app.Caller{Actor: actor, Address: address} }

// use takes n occurrences, which must all be allowed.
func use(t *testing.T, l *ratelimit.Limiter, c app.Caller, n int) {
	t.Helper()
	for i := range n {
		undo, exceeded := l.Take(c)
		require.Nil(t, exceeded, i)
		require.NotNil(t, undo)
	}
}

func requireExceeded(t *testing.T, l *ratelimit.Limiter, c app.Caller, per string) *app.Exceeded {
	t.Helper()
	undo, exceeded := l.Take(c)
	require.NotNil(t, exceeded)
	require.Nil(t, undo)
	require.Equal(t, per, exceeded.Per)
	return exceeded
}

func TestAnActorAndAnAddressHaveAnAllowanceOfAMinuteEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ratelimit.New(60)
		use(t, l, caller("ann", "1"), 60)
		requireExceeded(t, l, caller("bob", "1"), app.PerAddress)
		requireExceeded(t, l, caller("ann", "2"), app.PerActor)
		use(t, l, caller("bob", "2"), 60) // what was denied was not counted

		exceeded := requireExceeded(t, l, caller("ann", "1"), app.PerAddress)
		require.Equal(t, 60, exceeded.Limit)
		require.InDelta(t, time.Second, exceeded.RetryAfter, float64(time.Microsecond))
		time.Sleep(exceeded.RetryAfter)
		use(t, l, caller("ann", "1"), 1)
		requireExceeded(t, l, caller("ann", "1"), app.PerAddress)
		time.Sleep(time.Hour) // an allowance does not add up
		use(t, l, caller("ann", "1"), 60)
		requireExceeded(t, l, caller("ann", "1"), app.PerAddress)
	})
}

func TestCallersWithoutAnActorShareNoAllowance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ratelimit.New(3)
		for _, address := range []string{"1", "2", "3"} {
			use(t, l, caller("", address), 3)
			requireExceeded(t, l, caller("", address), app.PerAddress)
		}
		undo, _ := l.Take(caller("", "4"))
		undo()
		use(t, l, caller("", "4"), 3)
	})
}

func TestWhatIsTakenBackCanBeUsedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ratelimit.New(10)
		use(t, l, caller("ann", "1"), 9)
		for range 100 {
			undo, exceeded := l.Take(caller("ann", "1"))
			require.Nil(t, exceeded)
			undo()
		}
		use(t, l, caller("ann", "1"), 1)
		requireExceeded(t, l, caller("ann", "1"), app.PerAddress)
		undo, _ := l.Take(caller("bob", "2"))
		time.Sleep(time.Hour)
		undo() // does not exceed the allowance
		use(t, l, caller("bob", "2"), 10)
		requireExceeded(t, l, caller("bob", "2"), app.PerAddress)
	})
}

// A client that changes its actor for each request gets nothing more, and neither does it get an allowance back that is
// used up, however many names it sends.
func TestManyNamesGiveNoFreshAllowance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ratelimit.New(100)
		use(t, l, caller("ann", "2"), 100)
		allowed := 0
		for i := range 10_000 {
			if _, exceeded := l.Take(caller(fmt.Sprint("actor ", i), "1")); exceeded == nil {
				allowed++
			}
		}
		require.Equal(t, 100, allowed)
		for i := range 300_000 { // from many addresses
			l.Take(caller(fmt.Sprint("other ", i), fmt.Sprint("address ", i)))
		}
		requireExceeded(t, l, caller("ann", "3"), app.PerActor)
		requireExceeded(t, l, caller("eve", "1"), app.PerAddress)
	})
}

func TestMemoryIsBounded(t *testing.T) {
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	l := ratelimit.New(1000)
	for i := range 500_000 {
		l.Take(caller(fmt.Sprint("actor ", i), fmt.Sprint("address ", i)))
	}
	require.Less(t, heap()-before, uint64(20<<20))
	runtime.KeepAlive(l)
}

func TestConcurrentCallersShareTheAllowance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := ratelimit.New(100)
		var allowed atomic.Int64
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				for range 50 {
					if _, exceeded := l.Take(caller("ann", "1")); exceeded == nil {
						allowed.Add(1)
					}
				}
			})
		}
		all.Wait()
		require.EqualValues(t, 100, allowed.Load())
	})
}
