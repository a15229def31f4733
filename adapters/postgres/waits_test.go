package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/postgres"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/tests/containers"
)

const (
	answerTime = 5 * time.Second // the time in which a request must be answered, whatever the database does
	readyTime  = 2 * time.Second // the same for the readiness check

	blockedTime = 1900 * time.Millisecond // whoever needs a lock of somebody else waits at least this long
)

// operations returns reads and writes of each kind over a service, by name.
func operations(t testing.TB, db *postgres.DB) map[string]func(context.Context) error {
	t.Helper()
	store := openStorage(db)
	s := serviceOver(store)
	runID := startRun(t, s, "p")
	return map[string]func(context.Context) error{
		"load": func(ctx context.Context) error { _, err := s.Run(ctx, runID); return err },
		"head": func(ctx context.Context) error { _, err := store.Heads.Seqs(ctx, []string{runID}); return err },
		"runs": func(ctx context.Context) error {
			_, err := s.ListRuns(ctx, app.RunFilter{Size: app.PageSize{Items: 9}})
			return err
		},
		"latest": func(ctx context.Context) error { _, err := store.App.Procedures.Load(ctx, "p"); return err },
		"start": func(ctx context.Context) error {
			_, err := s.StartRun(ctx, ann, app.StartInput{ProcedureID: "p"})
			return err
		},
		"draft":   func(ctx context.Context) error { _, err := s.Execute(ctx, ann, runID, draft("x")); return err },
		"publish": func(ctx context.Context) error { return publish(ctx, s, "other") },
		"events": func(ctx context.Context) error {
			_, err := store.App.Trail.Events(ctx, audit.Run(runID), 0, app.PageSize{Items: 9})
			return err
		},
		"lock": func(ctx context.Context) error {
			return store.App.Runs.Exclusively(ctx, runID, func(app.RunRecord) (*app.RunChange, error) { return nil, nil })
		},
		"receipt": func(ctx context.Context) error {
			_, _, err := store.App.Receipts.Find(ctx, app.ReceiptKey{}, time.Time{})
			return err
		},
		"scan": func(ctx context.Context) error {
			return store.Verify.Trails.EventsIn(ctx, audit.Range{Type: audit.RunEntity}, func(*audit.Event) error { return nil })
		},
		"leaves": func(ctx context.Context) error {
			return store.Verify.Trails.LeavesIn(ctx, audit.Range{Type: audit.RunEntity}, func(audit.StoredLeaf) error { return nil })
		},
		"ready": db.Ping,
	}
}

var ann = app.Request{ID: "request"}

func draft(value string) run.Command {
	return run.Draft{Submission: run.Submission{Step: "s", Slots: map[string][]byte{"v": fmt.Appendf(nil, "%q", value)}}}
}

func publish(ctx context.Context, s *app.UseCases, id string) error {
	doc, err := jsondoc.Parse(fmt.Appendf(nil,
		`{"id":%q,"name":"P","steps":[{"key":"s","title":"S","slots":[{"name":"v","type":"text"},
			{"name":"secret","type":"text","sensitive":true,"required":false}]}]}`, id))
	if err == nil {
		_, err = s.SaveDefinition(ctx, ann, doc)
	}
	return err
}

func startRun(t testing.TB, s *app.UseCases, procedureID string) (id string) {
	t.Helper()
	require.NoError(t, publish(t.Context(), s, procedureID))
	started, err := s.StartRun(t.Context(), ann, app.StartInput{ProcedureID: procedureID})
	require.NoError(t, err)
	return started.ID
}

// each runs all operations at once, and calls check with the result of each.
func each(t testing.TB, all map[string]func(context.Context) error, check func(name string, took time.Duration, err error)) {
	var group sync.WaitGroup
	var mu sync.Mutex
	for name, operation := range all {
		group.Go(func() {
			began := time.Now()
			err := operation(t.Context())
			took := time.Since(began)
			mu.Lock()
			defer mu.Unlock()
			check(name, took, err)
		})
	}
	group.Wait()
}

func TestAStoppedServerIsReportedInTime(t *testing.T) {
	proxy, address := containers.StartProxy(t, cluster.Database(t))
	db := openAt(t, address)
	all := operations(t, db)
	for _, warm := range []bool{true, false} {
		if !warm { // without connections in the pools
			proxy.Cut()
		}
		proxy.Stall()
		each(t, all, func(name string, took time.Duration, err error) {
			require.True(t, fault.Is(err, fault.Unavailable), "%s: %v", name, err)
			if name == "ready" {
				require.Less(t, took, readyTime)
			}
			require.Less(t, took, answerTime, name)
		})
		proxy.Resume()
		for name, operation := range all {
			require.Eventually(t, func() bool { return operation(t.Context()) == nil }, 20*time.Second, time.Millisecond, name)
		}
	}
}

// After a restart of the server, every pooled connection is closed. Neither reads nor writes may fail.
func TestClosedConnectionsAreReplaced(t *testing.T) {
	address := cluster.Database(t)
	proxy, through := containers.StartProxy(t, address)
	for name, end := range map[string]func(){
		"the server ends them": func() {
			exec(t, address, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND "+
				"pid <> pg_backend_pid()")
		},
		"the network cuts them": proxy.Cut,
	} {
		db := openAt(t, through+"&pool_max_conns=8")
		all := operations(t, db)
		for operation, run := range all {
			each(t, all, func(string, time.Duration, error) {}) // fills the pools
			end()
			require.NoError(t, run(t.Context()), "%s: %s", name, operation)
		}
	}
}

// lockWith begins a transaction, runs a statement in it, and returns a function that ends the transaction.
func lockWith(t testing.TB, address, statement string, args ...any) (release func()) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	ctx := context.WithoutCancel(t.Context())
	release = sync.OnceFunc(func() { _ = conn.Close(ctx) })
	t.Cleanup(release)
	tx, err := conn.Begin(t.Context())
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), statement, args...)
	require.NoError(t, err)
	return release
}

// crowd starts many calls of an operation and returns a function that waits for them. Each call must end in time.
func crowd(t testing.TB, operation func(context.Context) error) (wait func()) {
	var group sync.WaitGroup
	for range 24 {
		group.Go(func() {
			began := time.Now()
			err := operation(t.Context())
			if !fault.Is(err, fault.Unavailable) || time.Since(began) > answerTime {
				t.Errorf("%v after %s", err, time.Since(began))
			}
		})
	}
	return group.Wait
}

func TestALockDelaysOnlyThoseWhoNeedIt(t *testing.T) {
	address := cluster.Database(t)
	db := openAt(t, address)
	store := openStorage(db)
	s := serviceOver(store)
	locked, free := startRun(t, s, "p"), startRun(t, s, "q")
	ctx, waiting := t.Context(), lockWaits(t, address)
	read := func(context.Context) error { _, err := s.Run(ctx, free); return err }
	write := func(ctx context.Context) error {
		_, err := s.Execute(ctx, ann, free, draft(time.Now().String()))
		return err
	}
	latest := func(context.Context) error { _, err := store.App.Procedures.Load(ctx, "p"); return err }
	events := func(context.Context) error {
		_, err := store.App.Trail.Events(ctx, audit.Run(free), 0, app.PageSize{Items: 9})
		return err
	}
	for _, one := range []struct {
		lock    string
		args    []any
		blocked []func(context.Context) error
		others  []func(context.Context) error
	}{
		{
			"SELECT 1 FROM runs WHERE id = $1 FOR UPDATE", []any{locked},
			[]func(context.Context) error{func(ctx context.Context) error {
				_, err := s.Execute(ctx, ann, locked, draft(time.Now().String()))
				return err
			}},
			[]func(context.Context) error{read, write, latest, events, db.Ping},
		},
		{
			"LOCK TABLE runs IN ACCESS EXCLUSIVE MODE", nil,
			[]func(context.Context) error{read, write}, []func(context.Context) error{latest, events, db.Ping},
		},
		{
			"LOCK TABLE audit_events IN ACCESS EXCLUSIVE MODE", nil,
			[]func(context.Context) error{events, write}, []func(context.Context) error{latest, read, db.Ping},
		},
		{
			"LOCK TABLE procedures IN ACCESS EXCLUSIVE MODE", nil,
			[]func(context.Context) error{latest, func(ctx context.Context) error { return publish(ctx, s, "p2") }},
			[]func(context.Context) error{read, write, events, db.Ping},
		},
	} {
		release := lockWith(t, address, one.lock, one.args...)
		var waits []func()
		for _, operation := range one.blocked {
			waits = append(waits, crowd(t, operation))
		}
		require.Eventually(t, func() bool { return waiting() > 0 }, answerTime, time.Millisecond)
		for i, operation := range one.others {
			began := time.Now()
			require.NoError(t, operation(ctx), "%s: %d", one.lock, i)
			require.Less(t, time.Since(began), blockedTime, "%s: %d", one.lock, i)
		}
		for _, wait := range waits {
			wait()
		}
		// A statement that nobody waits for any more does not go on in the server.
		require.Eventually(t, func() bool { return waiting() == 0 }, answerTime, time.Millisecond, one.lock)
		release()
	}
}

// The request to cancel a statement can be lost, or come before the statement. It is repeated. The server's own limit
// does not yet hold for this statement: it waits for the lock while it is parsed for the first time.
func TestAStatementEndsAlthoughItsCancellationWasLost(t *testing.T) {
	address := cluster.Database(t)
	proxy, through := containers.StartProxy(t, address)
	db := openAt(t, through)
	store := openStorage(db)
	runID, waiting := startRun(t, serviceOver(store), "p"), lockWaits(t, address)
	lockWith(t, address, "LOCK TABLE audit_events IN ACCESS EXCLUSIVE MODE")
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		_, err := store.App.Trail.Events(ctx, audit.Run(runID), 0, app.PageSize{Items: 9})
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	require.Eventually(t, func() bool { return waiting() == 1 }, answerTime, time.Millisecond)
	proxy.Refuse(2)
	cancel()
	group.Wait()
	require.Eventually(t, func() bool { return waiting() == 0 }, answerTime, time.Millisecond)
	require.Zero(t, proxy.ToRefuse(), "the statement ended by itself")
}

// lockWaits returns a function that counts the statements that wait for a lock.
func lockWaits(t testing.TB, address string) (count func() int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return func() (n int) {
		err := conn.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&n)
		if err != nil {
			t.Error(err)
		}
		return n
	}
}

// A writer that holds the row lock reads an uncached definition and the values of sensitive slots.
func TestWritersWithLocksDoNotTakeTheConnectionsThatTheyNeed(t *testing.T) {
	db := openAt(t, cluster.Database(t)+"&pool_max_conns=4")
	uncached := postgres.Storage(db, cel.Language{}, func(d app.Definitions) app.Definitions { return d })
	s := service(db)
	var group sync.WaitGroup
	for i := range 12 {
		id := startRun(t, s, fmt.Sprintf("p%d", i))
		group.Go(func() {
			err := uncached.App.Runs.Exclusively(t.Context(), id, func(app.RunRecord) (*app.RunChange, error) {
				_, err := uncached.App.Runs.PlainValues(t.Context(), id)
				return nil, err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

func TestADatabaseThatRefusesWritesIsNotReady(t *testing.T) {
	address := cluster.Database(t)
	db := openAt(t, address)
	id := startRun(t, service(db), "p")
	exec(t, address, "ALTER DATABASE "+databaseName(t, address)+" SET default_transaction_read_only TO on")
	later := openAt(t, address)
	requireCode(t, "service.database_read_only", later.Ping(t.Context()))
	_, err := service(later).Execute(t.Context(), ann, id, draft("x"))
	requireCode(t, "service.database_read_only", err)
	require.NoError(t, func() error { _, err := service(later).Run(t.Context(), id); return err }())
	requireCode(t, "service.database_schema", openAt(t, cluster.Blank(t)).Ping(t.Context()))
}

func requireCode(t testing.TB, code string, err error) {
	t.Helper()
	require.True(t, fault.Is(err, fault.Unavailable), "%v", err)
	require.Equal(t, code, fault.From(err).Code)
}
