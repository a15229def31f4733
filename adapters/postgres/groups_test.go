package postgres_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/postgres"
	"github.com/procedo/procedo/adapters/postgres/postgrestest"
	"github.com/procedo/procedo/adapters/secrets"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
)

// verbs returns the first word of each statement, and the table of those that write.
func verbs(statements []string) string {
	all := make([]string, len(statements))
	for i, s := range statements {
		words := strings.Fields(s)
		switch words[0] {
		case "INSERT", "DELETE":
			all[i] = words[0] + " " + words[2]
		case "WITH":
			all[i] = "INSERT runs"
			if strings.Contains(s, "UPDATE runs") {
				all[i] = "UPDATE runs"
			}
		default:
			all[i] = words[0]
		}
	}
	return strings.Join(all, ", ")
}

// A group needs one round trip, and the same statements for any number of changes.
func TestAGroupNeedsTheSameStatementsForAnyNumberOfChanges(t *testing.T) {
	k, err := secrets.Generate()
	require.NoError(t, err)
	for name, keyset := range map[string]projection.Secrets{"in clear": nil, "encrypted": k} {
		t.Run(name, func(t *testing.T) { requireSameStatements(t, storage.WithSecrets(keyset)) })
	}
}

func requireSameStatements(t *testing.T, options ...storage.Option) {
	t.Helper()
	var trips int
	var statements []string
	db := open(t, postgrestest.WithTrips(func(all ...string) {
		trips++
		statements = append(statements, all...)
	}))
	fx := newGroupFixture(t, db, options...)
	rows := "INSERT run_steps, INSERT run_steps, INSERT run_slot_values, INSERT run_checklist_states, " +
		"INSERT audit_events, INSERT audit_feed"
	for name, one := range map[string]struct {
		changes func(n int) []app.RunChange
		want    string
	}{
		"commits": {fx.commits, "SET, SELECT, UPDATE runs, " + rows},
		"starts":  {fx.starts, "SET, SELECT, INSERT runs, INSERT run_steps, INSERT audit_events, INSERT audit_feed"},
		"both": {
			func(n int) []app.RunChange { return append(fx.commits((n+1)/2), fx.starts(n/2)...)[:n] },
			"SET, SELECT, INSERT runs, UPDATE runs, " + rows,
		},
	} {
		for _, n := range []int{1, 8, 64} {
			if name == "both" && n == 1 {
				continue
			}
			changes := one.changes(n)
			for i := range changes {
				changes[i].Receipt.Key += name + fmt.Sprint(n)
			}
			trips, statements = 0, nil
			each, err := fx.store.App.Runs.(postgres.Runs).WriteTogether(t, changes...)
			require.NoError(t, err)
			require.Equal(t, make([]error, n), each)
			require.Equal(t, 1, trips, "%d %s", n, name)
			require.Equal(t, one.want, verbs(statements), "%d %s", n, name)
			fx.requireWritten(changes...)
		}
	}
	fx.requireVerified()
}

// A lone change that goes through Append needs as many statements as in a group of its own.
func TestALoneAppendNeedsOneRoundTrip(t *testing.T) {
	var trips int
	fx := newGroupFixture(t, open(t, postgrestest.WithTrips(func(...string) { trips++ })))
	for _, c := range append(fx.commits(1), fx.starts(1)...) {
		trips = 0
		require.NoError(t, fx.store.App.Runs.Append(t.Context(), c))
		require.Equal(t, 1, trips)
	}
}

// The group skips a run whose row somebody else has locked. Its change then waits for the lock, and the others are not
// delayed.
func TestALockedRunDoesNotDelayItsGroup(t *testing.T) {
	address := cluster.Database(t)
	fx := newGroupFixture(t, openAt(t, address))
	changes := fx.commits(8)
	release := lockWith(t, address, "SELECT FROM runs WHERE id = $1 FOR UPDATE", changes[3].After.ID)
	each, err := fx.store.App.Runs.(postgres.Runs).WriteTogether(t, changes...)
	require.NoError(t, err)
	for i, err := range each {
		require.Equal(t, i == 3, err != nil, "%d: %v", i, err)
		require.False(t, errors.Is(err, app.ErrMoved), "it may still have the head that the change follows")
	}
	fx.requireWritten(slices.Concat(changes[:3], changes[4:])...)

	waiting := lockWaits(t, address)
	result := make(chan error, 1)
	go func() { result <- fx.store.App.Runs.Append(t.Context(), changes[3]) }()
	require.Eventually(t, func() bool { return waiting() == 1 }, answerTime, time.Millisecond)
	for _, c := range fx.commits(3) {
		c.Receipt.Key += " later"
		began := time.Now()
		require.NoError(t, fx.store.App.Runs.Append(t.Context(), c))
		require.Less(t, time.Since(began), blockedTime)
	}
	release()
	require.NoError(t, <-result)
	fx.requireWritten(changes...)
	fx.requireVerified()
}

// A run that moves while its change waits for the row's lock has moved.
func TestAChangeThatWaitedForALockIsCheckedAgain(t *testing.T) {
	address := cluster.Database(t)
	fx := newGroupFixture(t, openAt(t, address))
	other := newGroupFixture(t, openAt(t, address))
	c := fx.commits(1)[0]
	first := fx.decided(func() {
		_, err := fx.service.Execute(t.Context(), ann, c.After.ID, draftTwo(0, 0))
		require.NoError(t, err)
	})
	waiting := lockWaits(t, address)
	result := make(chan error, 1)
	err := other.store.App.Runs.Exclusively(t.Context(), c.After.ID, func(app.RunRecord) (*app.RunChange, error) {
		go func() { result <- fx.store.App.Runs.Append(t.Context(), c) }()
		require.Eventually(t, func() bool { return waiting() == 1 }, answerTime, time.Millisecond)
		return &first[0], nil
	})
	require.NoError(t, err)
	require.ErrorIs(t, <-result, app.ErrMoved)
	fx.requireWritten(first...)
	fx.requireVerified()
}

// One change that cannot be written is found, whether the server or the driver refuses it.
func TestABadChangeDoesNotHarmItsGroup(t *testing.T) {
	fx := newGroupFixture(t, open(t))
	for name, spoil := range map[string]func(*app.RunChange){
		"a state that a CHECK refuses": func(c *app.RunChange) { c.After.State = "paused" },
		"an event that exists":         func(c *app.RunChange) { c.Events[0].Seq = 1 },
		"a zero byte":                  func(c *app.RunChange) { c.Events[0].Actor = "a\x00b" },
		"invalid UTF-8":                func(c *app.RunChange) { c.Events[0].Actor = "a\xff" },
		"a date before PostgreSQL's": func(c *app.RunChange) {
			c.Events[0].OccurredAt = time.Date(-10000, 1, 1, 0, 0, 0, 0, time.UTC)
		},
		"a status beyond smallint": func(c *app.RunChange) { c.Receipt.Reply.Status = 1 << 20 },
		"a visit beyond integer": func(c *app.RunChange) {
			c.After.Steps = slices.Clone(c.After.Steps)
			c.After.Steps[0].Number = 1 << 40
		},
	} {
		changes := fx.commits(8)
		for i := range changes {
			changes[i].Receipt.Key += name
		}
		spoil(&changes[3])
		_, whole := fx.store.App.Runs.(postgres.Runs).WriteTogether(t, changes...)
		require.Error(t, whole, name)
		require.True(t, postgres.IsSeparable(whole), "%s: %v", name, whole)
		for i, c := range changes {
			each, whole := fx.store.App.Runs.(postgres.Runs).WriteTogether(t, c)
			require.NoError(t, whole)
			require.Equal(t, i == 3, each[0] != nil, "%s: %v", name, each[0])
		}
	}
	fx.requireVerified()
}

// writersOf is the number of goroutines of each replica.
const writersOf = 64

// Two replicas write the same runs with the same idempotency keys. They neither block each other nor fail.
func TestTwoReplicasWriteTheSameRuns(t *testing.T) {
	address := cluster.Database(t) + "&pool_max_conns=8"
	fx := newGroupFixture(t, openAt(t, address))
	replicas := []*app.UseCases{service(openAt(t, address)), service(openAt(t, address))}
	ids := make([]string, 16)
	for i := range ids {
		ids[i] = fx.start(ann)
	}
	const rounds = 3
	var done, repeats atomic.Int64
	var group sync.WaitGroup
	for i := range 2 * writersOf {
		group.Go(func() {
			for round := range rounds {
				key := fmt.Sprint(round, "-", i/2) // the writers i and i+1 have the same keys, in different replicas
				n := i/2 + 5*round
				id := ids[n%len(ids)]
				if n%8 == 0 {
					id = ids[(n+i)%len(ids)] // and write different runs with them
				}
				_, err := replicas[i%2].Execute(t.Context(), withReceipt(key), id, draftTwo(i, round))
				switch {
				case err == nil:
					done.Add(1)
				case errors.Is(err, app.ErrRepeated):
					repeats.Add(1)
				default:
					t.Errorf("writer %d: %v", i, err)
				}
			}
		})
	}
	group.Wait()
	require.EqualValues(t, rounds*writersOf, done.Load(), "each key is given once")
	require.EqualValues(t, rounds*writersOf, repeats.Load())
	var changes int64
	for _, id := range ids {
		r, err := fx.service.Run(t.Context(), id)
		require.NoError(t, err)
		changes += r.Revision - 1
	}
	require.Equal(t, done.Load(), changes, "each change is there once")
	fx.requireVerified()
}

func draftTwo(i, round int) run.Command {
	value := fmt.Appendf(nil, `"%d-%d"`, i, round)
	return run.Draft{Submission: run.Submission{Step: "s", Slots: map[string][]byte{"v": value}}}
}

// The server ends connections while groups are written. Every change that was acknowledged is there, and none twice.
func TestNothingAcknowledgedIsLostWhenConnectionsEnd(t *testing.T) {
	address := cluster.Database(t)
	fx := newGroupFixture(t, openAt(t, address+"&pool_max_conns=8"))
	var acknowledged, failed [32]int64
	var total atomic.Int64
	var group sync.WaitGroup
	ids := make([]string, len(failed))
	for i := range ids {
		ids[i] = fx.start(ann)
	}
	var stopped atomic.Bool
	for i, id := range ids {
		group.Go(func() {
			for round := 0; !stopped.Load(); round++ {
				switch _, err := fx.service.Execute(t.Context(), ann, id, draftTwo(i, round)); {
				case err == nil:
					acknowledged[i]++
					total.Add(1)
				case fault.Is(err, fault.Unavailable):
					failed[i]++
				default:
					t.Errorf("writer %d: %v", i, err)
				}
			}
		})
	}
	for range 10 {
		enough := total.Load() + 20
		require.Eventually(t, func() bool { return total.Load() >= enough }, time.Minute, time.Millisecond)
		exec(t, address, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND "+
			"pid <> pg_backend_pid()")
	}
	stopped.Store(true)
	group.Wait()
	for i, id := range ids {
		r, err := fx.service.Run(t.Context(), id)
		require.NoError(t, err)
		changes := r.Revision - 1
		require.GreaterOrEqual(t, changes, acknowledged[i], "every acknowledged change is there")
		require.LessOrEqual(t, changes, acknowledged[i]+failed[i], "no change is there twice")
	}
	fx.requireVerified()
}
