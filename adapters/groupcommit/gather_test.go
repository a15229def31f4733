package groupcommit_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/procedo/procedo/adapters/groupcommit"
)

const gather = time.Millisecond

// crowded returns a fixture that has just written seven changes at the same time, and writes nothing now.
func (fx *fixture) crowded() {
	fx.options(groupcommit.Options[change]{Parallel: parallel, Company: company, Gather: gather})
	fx.begin(change{name: "first"})
	fx.beginAll("a", "b", "c", "d")
	fx.endAll(0)
	fx.requireBegun("first", "a b c d")
	fx.begun = nil
}

func TestHalfOfACrowdIsGathered(t *testing.T) {
	bubble(t, func(fx *fixture) {
		fx.crowded()
		one := fx.beginAll("e")
		fx.requireBegun()
		two := fx.beginAll("f")
		fx.requireBegun("e f") // no time has passed
		fx.endAll(0)
		requireReturned(t, nil, append(one, two...)...)
	})
}

func TestACrowdIsExpectedInVainOnce(t *testing.T) {
	bubble(t, func(fx *fixture) {
		fx.crowded()
		late := fx.begin(change{name: "late"})
		fx.pass(gather - 1)
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

func TestWhoeverLeavesWhileCompanyIsExpectedIsNotWritten(t *testing.T) {
	bubble(t, func(fx *fixture) {
		fx.crowded()
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
