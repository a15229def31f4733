package groupcommit_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/groupcommit"
)

func TestALoneChangeIsWrittenAloneAndAtOnce(t *testing.T) {
	bubble(t, func(fx *fixture) {
		for i, want := range []error{nil, errors.New("refused"), nil} {
			c := fx.begin(change{name: "a", keys: []string{"a"}})
			require.Len(t, fx.begun, i+1, "the transaction has begun, and no time has passed")
			fx.end(fx.begun[i], want, nil)
			requireReturned(t, want, c)
		}
	})
}

func TestChangesThatWaitShareATransaction(t *testing.T) {
	bubble(t, func(fx *fixture) {
		calls := fx.beginAll("a", "b", "c", "d")
		fx.requireBegun("a")
		fx.end(fx.begun[0], nil, nil)
		fx.requireBegun("a", "b c d")
		requireReturned(t, nil, calls[0])
		requireWaiting(t, calls[1:]...)
		refused := errors.New("refused")
		fx.endWith(fx.begun[1], result{each: []error{nil, refused, nil}})
		requireReturned(t, nil, calls[1], calls[3])
		requireReturned(t, refused, calls[2])
		fx.requireBegun("a", "b c d")
	})
}

func TestASecondTransactionBeginsOnlyInCompany(t *testing.T) {
	bubble(t, func(fx *fixture) {
		fx.beginAll("a", "b", "c", "d", "e")
		fx.requireBegun("a")
		fx.beginAll("f")
		fx.requireBegun("a", "b c d e f")
		fx.beginAll("g", "h", "i", "j", "k", "l")
		fx.requireBegun("a", "b c d e f") // there is no third one
		fx.end(fx.begun[1], nil, nil)
		fx.requireBegun("a", "b c d e f", "g h i j k l")
		fx.beginAll("m")
		fx.end(fx.begun[2], nil, nil)
		fx.requireBegun("a", "b c d e f", "g h i j k l") // the lone change waits for the transaction under way
		fx.end(fx.begun[0], nil, nil)
		fx.requireBegun("a", "b c d e f", "g h i j k l", "m")
		fx.endAll(3)
	})
}

func TestAGroupHasALimitedNumberOfChanges(t *testing.T) {
	bubble(t, func(fx *fixture) {
		fx.options(groupcommit.Options[change]{Parallel: 1, Company: 1})
		fx.beginAll("first")
		for i := range 2*groupcommit.MaxChanges + 1 {
			fx.beginAll(fmt.Sprint(i))
		}
		fx.endAll(0)
		require.Len(t, fx.begun, 4)
		require.Len(t, fx.begun[1].changes, groupcommit.MaxChanges)
		require.Len(t, fx.begun[2].changes, groupcommit.MaxChanges)
		require.Equal(t, "0", fx.begun[1].changes[0].name)
		require.Equal(t, fmt.Sprint(2*groupcommit.MaxChanges), fx.begun[3].names())
	})
}

func TestAGroupHasALimitedSize(t *testing.T) {
	bubble(t, func(fx *fixture) {
		fx.beginAll("a")
		fx.begin(change{name: "b", size: groupcommit.MaxSize - 1})
		fx.begin(change{name: "c", size: 1})
		fx.begin(change{name: "d", size: 1}) // the group of b and c is full
		fx.begin(change{name: "e", size: groupcommit.MaxSize + 1})
		fx.endAll(0)
		fx.requireBegun("a", "b c", "d", "e")
		fx.beginAll("f")
		fx.begin(change{name: "large", size: 10 * groupcommit.MaxSize})
		fx.beginAll("g")
		fx.endAll(4)
		fx.requireBegun("a", "b c", "d", "e", "f", "large", "g") // nothing is written beside the large one
	})
}

func TestChangesOfOneEntityAreWrittenInOrder(t *testing.T) {
	bubble(t, func(fx *fixture) {
		fx.begin(change{name: "run1", keys: []string{"run", "receipt1"}})
		fx.begin(change{name: "run2", keys: []string{"run", "receipt2"}})
		fx.begin(change{name: "other1", keys: []string{"other", "receipt2"}}) // after run2, because of the receipt
		fx.begin(change{name: "other2", keys: []string{"other"}})             // after other1
		fx.begin(change{name: "free", keys: []string{"free"}})
		fx.begin(change{name: "run3", keys: []string{"run"}})
		fx.requireBegun("run1", "free") // a second transaction, because five wait
		fx.end(fx.begun[1], nil, nil)
		fx.requireBegun("run1", "free") // all others need what run1 has
		fx.end(fx.begun[0], nil, nil)
		fx.endAll(2)
		fx.requireBegun("run1", "free", "run2", "other1 run3", "other2")
	})
}

func TestKeysAreFreeAfterAnError(t *testing.T) {
	bubble(t, func(fx *fixture) {
		for i, r := range []result{
			{whole: errors.New("lost")}, {whole: errSeparable}, {each: []error{errors.New("refused")}},
			{panics: "a bug"}, {each: []error{}}, {each: []error{nil, nil}},
		} {
			c := fx.begin(change{name: "a", keys: []string{"a"}})
			require.Len(t, fx.begun, i+1)
			fx.endWith(fx.begun[i], r)
			require.True(t, c.returned)
			require.Error(t, c.err, "%d", i)
		}
	})
}

func TestAChangeIsNotWrittenIfItIsCancelledBeforeItsGroupBegins(t *testing.T) {
	bubble(t, func(fx *fixture) {
		gone := errors.New("the client has left")
		calls := fx.beginAll("a", "b", "c", "d")
		calls[2].cancel(gone)
		synctest.Wait()
		requireReturned(t, gone, calls[2])
		requireWaiting(t, calls[0], calls[1], calls[3])
		fx.end(fx.begun[0], nil, nil)
		fx.requireBegun("a", "b d")
		fx.end(fx.begun[1], nil, nil)
		requireReturned(t, nil, calls[0], calls[1], calls[3])
		late, cancel := context.WithCancelCause(context.Background())
		cancel(gone)
		require.Equal(t, gone, fx.Write(late, change{name: "late"}))
		fx.requireBegun("a", "b d")
	})
}

// Those who leave at the moment at which the group begins are not written either.
func TestAGroupBeginsWithoutThoseWhoHaveLeft(t *testing.T) {
	bubble(t, func(fx *fixture) {
		gone := errors.New("the client has left")
		calls := fx.beginAll("a", "b", "c", "d")
		calls[1].cancel(gone)
		fx.begun[0].results <- result{each: []error{nil}} // without waiting for the caller to leave
		synctest.Wait()
		fx.requireBegun("a", "c d")
		requireReturned(t, gone, calls[1])
		fx.endAll(1)
	})
}

func TestAChangeThatIsCancelledBehindAnotherOneOfItsEntityFreesTheWay(t *testing.T) {
	bubble(t, func(fx *fixture) {
		fx.begin(change{name: "a1", keys: []string{"a"}})
		between := fx.begin(change{name: "ab", keys: []string{"a", "b"}})
		fx.begin(change{name: "b1", keys: []string{"b"}})
		between.cancel(errors.New("the client has left"))
		synctest.Wait()
		fx.end(fx.begun[0], nil, nil)
		fx.requireBegun("a1", "b1")
		fx.endAll(1)
	})
}

func TestACallerWhoLeavesDoesNotWaitForTheGroup(t *testing.T) {
	bubble(t, func(fx *fixture) {
		gone := errors.New("the client has left")
		calls := fx.beginAll("first", "a", "b")
		fx.end(fx.begun[0], nil, nil)
		calls[1].cancel(gone)
		synctest.Wait()
		requireReturned(t, gone, calls[1])
		requireWaiting(t, calls[2])
		require.NoError(t, fx.begun[1].ctx.Err(), "somebody still waits for the group")
		next := fx.begin(change{name: "a again", keys: []string{"a"}})
		require.Len(t, fx.begun, 2, "the entity is still being written")
		fx.end(fx.begun[1], nil, nil)
		requireReturned(t, nil, calls[2])
		fx.end(fx.begun[2], nil, nil)
		requireReturned(t, nil, next)
	})
}

func TestOnlyTheWaitForTheGroupIsLimited(t *testing.T) {
	bubble(t, func(fx *fixture) {
		fx.options(groupcommit.Options[change]{Parallel: 1, Patience: time.Second})
		calls := fx.beginAll("slow", "late")
		time.Sleep(time.Second) // of the bubble's clock
		synctest.Wait()
		requireWaiting(t, calls[0])
		requireReturned(t, context.DeadlineExceeded, calls[1])
		fx.end(fx.begun[0], nil, nil)
		requireReturned(t, nil, calls[0])
		fx.requireBegun("slow")
	})
}

func TestAGroupThatNobodyWaitsForIsCancelled(t *testing.T) {
	bubble(t, func(fx *fixture) {
		gone := errors.New("the client has left")
		calls := fx.beginAll("first", "a", "b")
		fx.end(fx.begun[0], nil, nil)
		for _, c := range calls[1:] {
			require.NoError(t, fx.begun[1].ctx.Err())
			c.cancel(gone)
			synctest.Wait()
		}
		require.Equal(t, gone, context.Cause(fx.begun[1].ctx))
		fx.endAll(1)
	})
}

func TestOneBadChangeDoesNotHarmTheOthersOfItsGroup(t *testing.T) {
	bubble(t, func(fx *fixture) {
		calls := fx.beginAll("a", "b", "bad", "c")
		fx.end(fx.begun[0], nil, nil)
		fx.requireBegun("a", "b bad c")
		fx.end(fx.begun[1], nil, errSeparable)
		bad := fmt.Errorf("alone: %w", errSeparable)
		for i := 2; i < len(fx.begun); i++ {
			require.Len(t, fx.begun[i].changes, 1, "each is written alone")
			if fx.begun[i].names() == "bad" {
				fx.end(fx.begun[i], nil, bad)
			} else {
				fx.end(fx.begun[i], nil, nil)
			}
		}
		require.Len(t, fx.begun, 5, "each is written once more, also the bad one")
		requireReturned(t, nil, calls[0], calls[1], calls[3])
		requireReturned(t, bad, calls[2])
	})
}

func TestAChangeThatIsCancelledBeforeItIsWrittenAloneIsNotWritten(t *testing.T) {
	bubble(t, func(fx *fixture) {
		gone := errors.New("the client has left")
		calls := fx.beginAll("a", "b", "bad", "c")
		fx.end(fx.begun[0], nil, nil)
		fx.end(fx.begun[1], nil, errSeparable)
		require.Len(t, fx.begun, 2+parallel, "some are written at the same time")
		calls[3].cancel(gone)
		fx.endAll(2)
		require.Len(t, fx.begun, 2+parallel)
		requireReturned(t, nil, calls[:3]...)
		requireReturned(t, gone, calls[3])
	})
}

// While the changes of a group are written one by one, later changes of the same entities wait.
func TestChangesThatAreWrittenAloneKeepTheirOrder(t *testing.T) {
	bubble(t, func(fx *fixture) {
		fx.beginAll("a", "b", "c")
		fx.end(fx.begun[0], nil, nil)
		fx.end(fx.begun[1], nil, errSeparable)
		later := fx.beginAll("b", "c", "x", "y", "z")
		require.Len(t, fx.begun, 5)
		require.Equal(t, "x y z", fx.begun[4].names())
		fx.endAll(2)
		require.Equal(t, "b c", fx.begun[5].names())
		requireReturned(t, nil, later...)
	})
}

func TestAnErrorThatNoChangeCausedIsReturnedToAll(t *testing.T) {
	bubble(t, func(fx *fixture) {
		calls := fx.beginAll("a", "b", "c", "d")
		fx.end(fx.begun[0], nil, nil)
		lost := errors.New("the connection is lost")
		fx.end(fx.begun[1], nil, lost)
		requireReturned(t, lost, calls[1:]...)
		require.Len(t, fx.begun, 2, "nothing is written twice")
	})
}

func TestAPanicIsAnErrorForTheCallersOnly(t *testing.T) {
	bubble(t, func(fx *fixture) {
		calls := fx.beginAll("a", "b", "c", "d")
		fx.end(fx.begun[0], nil, nil)
		fx.endWith(fx.begun[1], result{panics: "a bug"})
		for _, c := range calls[1:] {
			require.ErrorContains(t, c.err, "panic: a bug")
			require.ErrorContains(t, c.err, "database_test.go", "the error says where")
		}
		calls = fx.beginAll("a", "b", "c", "d")
		fx.end(fx.begun[2], nil, nil)
		fx.end(fx.begun[3], nil, errSeparable)
		fx.endWith(fx.begun[4], result{panics: "a bug in one"})
		fx.endAll(5)
		failed := 0
		for _, c := range calls {
			require.True(t, c.returned)
			if c.err != nil {
				failed++
				require.ErrorContains(t, c.err, "a bug in one")
			}
		}
		require.Equal(t, 1, failed)
	})
}

func TestManyWritersOfOneEntityDelayOthersByOneGroup(t *testing.T) {
	bubble(t, func(fx *fixture) {
		var crowd []*call
		for i := range 64 {
			crowd = append(crowd, fx.begin(change{name: fmt.Sprint("crowd", i), keys: []string{"crowd"}}))
		}
		others := fx.beginAll("a", "b", "c")
		fx.requireBegun("crowd0", "a") // the second transaction begins because many wait
		fx.end(fx.begun[1], nil, nil)
		requireReturned(t, nil, others[0])
		require.Equal(t, "b c", fx.begun[2].names())
		fx.end(fx.begun[0], nil, nil)
		fx.end(fx.begun[2], nil, nil)
		requireReturned(t, nil, others...)
		require.LessOrEqual(t, len(fx.begun), 4)
		for i := range 64 { // one entity is written by one transaction at a time
			requireReturned(t, nil, crowd[:i]...)
			requireWaiting(t, crowd[i+1:]...)
			if tx := fx.begun[len(fx.begun)-1]; !crowd[i].returned {
				require.Equal(t, fmt.Sprint("crowd", i), tx.names())
				fx.end(tx, nil, nil)
			}
		}
		requireReturned(t, nil, crowd...)
	})
}
