package postgres

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// untilEnd returns how long a context lasts.
func untilEnd(ctx context.Context) time.Duration {
	begun := time.Now()
	<-ctx.Done()
	return time.Since(begun)
}

func TestAWaitEndsWhenItsQueueHasNotMovedForItsLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second := &progress{}, &progress{}
		ctx, p, cancel := patient(t.Context(), time.Second, first)
		defer cancel()
		time.Sleep(900 * time.Millisecond)
		first.note(nil)
		time.Sleep(900 * time.Millisecond)
		second.note(nil)
		p.join(second)
		require.Equal(t, time.Second, untilEnd(ctx))
		require.ErrorIs(t, context.Cause(ctx), context.DeadlineExceeded)
	})
}

func TestALimitIsExtendedByTheTimeForItsRows(t *testing.T) {
	for name, c := range map[string]struct {
		rows []int
		want time.Duration
	}{
		"not":                     {nil, operationTime},
		"once":                    {[]int{1000}, operationTime + 1000*rowTime},
		"twice":                   {[]int{1000, 10}, operationTime + 1010*rowTime},
		"not beyond the longest":  {[]int{1_000_000}, largeTime},
		"nor by several attempts": {[]int{6000, 6000, 6000}, largeTime},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				outer, _, cancelOuter := patient(t.Context(), operationTime, &progress{})
				defer cancelOuter()
				ctx, cancel := extensible(outer, operationTime)
				defer cancel()
				for _, n := range c.rows {
					patienceOf(ctx).extend(n)
				}
				require.Equal(t, c.want, untilEnd(ctx))
				synctest.Wait()
				require.ErrorIs(t, context.Cause(outer), context.DeadlineExceeded, "the outer limit is extended, too")
			})
		})
	}
}

// The timer may already have fired when its wait is ended. It must then not be set again: a queue that moves would keep
// it alive.
func TestATimerIsNotSetAgainAfterItsWait(t *testing.T) {
	ctx, p, end := patient(t.Context(), time.Minute, &progress{})
	end()
	p.check(ctx, func(error) { t.Error("cancelled again") })
	require.False(t, p.timer.Stop(), "the timer is set")
}
