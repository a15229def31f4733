package groupcommit_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/groupcommit"
)

const (
	gather = 16 * time.Millisecond
	slow   = time.Second
)

// crowded returns a fixture that has just written n changes at the same time, and writes nothing now.
func (fx *fixture) crowded(n int) {
	fx.options(groupcommit.Options[change]{Parallel: 1, Company: company, Gather: gather})
	fx.begin(change{name: "first"})
	for i := range n {
		fx.begin(change{name: fmt.Sprint(i)})
	}
	fx.endAll(0)
	require.Len(fx, fx.begun, 2)
	fx.begun = nil
}

func TestHalfOfACrowdIsGathered(t *testing.T) {
	bubble(t, func(fx *fixture) {
		fx.crowded(4)
		one := fx.beginAll("e")
		fx.requireBegun()
		two := fx.beginAll("f")
		fx.requireBegun("e f") // no time has passed
		fx.endAll(0)
		requireReturned(t, nil, append(one, two...)...)
	})
}

// A timer that is stopped may already have fired, and then waits for its turn.
func TestATimerThatWasStoppedDoesNotEndALaterWait(t *testing.T) {
	bubble(t, func(fx *fixture) {
		fx.crowded(4)
		fx.beginAll("e")
		stopped := fx.Timer()
		fx.beginAll("f")
		fx.endAll(0)
		fx.beginAll("g")
		stopped()
		synctest.Wait()
		fx.requireBegun("e f")
		fx.pass(gather / 4)
		fx.requireBegun("e f", "g")
		fx.endAll(1)
	})
}

func TestACrowdIsExpectedInVainOnce(t *testing.T) {
	for crowd, patience := range map[int]time.Duration{4: gather / 4, 8: gather / 2, 16: gather, 40: gather} {
		bubble(t, func(fx *fixture) {
			fx.crowded(crowd)
			late := fx.begin(change{name: "late"})
			fx.pass(patience - 1)
			fx.requireBegun()
			fx.pass(1)
			fx.requireBegun("late")
			fx.endAll(0)
			requireReturned(t, nil, late)
			fx.begin(change{name: "lone"})
			fx.requireBegun("late", "lone")
			fx.endAll(1)
		})
	}
}

// A group that is held up, for example by a lock, holds up the others only for a while.
func TestNobodyWaitsLongForASlowGroup(t *testing.T) {
	bubble(t, func(fx *fixture) {
		fx.options(groupcommit.Options[change]{Parallel: parallel, Company: company, Slow: slow, Gather: gather})
		fx.beginAll("held")
		first := fx.beginAll("a", "b", "c", "d")
		fx.pass(slow - 1)
		fx.requireBegun("held")
		fx.pass(1)
		fx.requireBegun("held", "a b c d")
		second := fx.beginAll("e")
		fx.requireBegun("held", "a b c d") // that group is not slow
		fx.end(fx.begun[1], nil, nil)
		fx.requireBegun("held", "a b c d") // company is expected
		fx.pass(gather / 4)
		fx.requireBegun("held", "a b c d", "e")
		fx.end(fx.begun[2], nil, nil)
		requireReturned(t, nil, append(first, second...)...)
		fx.beginAll("f")
		fx.end(fx.begun[0], nil, nil)
		fx.beginAll("g")
		fx.requireBegun("held", "a b c d", "e", "f") // no group is slow any more
		fx.endAll(3)
	})
}

func TestWhoeverLeavesWhileCompanyIsExpectedIsNotWritten(t *testing.T) {
	bubble(t, func(fx *fixture) {
		fx.crowded(4)
		gone := fx.begin(change{name: "gone"})
		gone.cancel(errCancelled)
		synctest.Wait()
		requireReturned(t, errCancelled, gone)
		fx.pass(2 * gather)
		fx.requireBegun()
		stays := fx.begin(change{name: "stays"})
		fx.pass(gather)
		fx.requireBegun("stays")
		fx.endAll(0)
		requireReturned(t, nil, stays)
	})
}

func TestTwoWritersNeverWaitForEachOther(t *testing.T) {
	bubble(t, func(fx *fixture) {
		fx.options(groupcommit.Options[change]{Parallel: parallel, Company: company, Gather: gather})
		for range 3 {
			fx.beginAll("a", "b")
			fx.endAll(0)
			fx.requireBegun("a", "b")
			fx.begun = nil
		}
	})
}
