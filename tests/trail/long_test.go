// Package trail tests and measures the cost of the audit trail, for short and long trails and for sinks that are up,
// down or slow. It also verifies databases while they are written.
package trail

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/postgres"
	"github.com/procedo/procedo/adapters/postgres/postgrestest"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/encoding"
	"github.com/procedo/procedo/core/verify"
	"github.com/procedo/procedo/tests/containers"
)

var cluster *containers.Cluster

func TestMain(m *testing.M) { os.Exit(containers.Run(m, &cluster)) }

var request = app.Request{ID: "request"}

// openers holds a function for each kind of database. The function returns a service on an empty database. With SQLite,
// the service calls onStatement with the text of each statement. With PostgreSQL, it calls onStatement with the texts
// of the statements of each round trip.
var openers = map[string]func(t testing.TB, onStatement func(string)) service{
	"SQLite": func(t testing.TB, onStatement func(string)) service {
		db := sqlitetest.Open(t, sqlite.WithTrace(onStatement))
		return newService(sqlite.Storage(db, cel.Language{}, memory.KeepDefinitions(10)))
	},
	"PostgreSQL": func(t testing.TB, onStatement func(string)) service {
		db, err := postgres.Open(t.Context(), cluster.Database(t), postgrestest.WithTrips(func(all ...string) {
			onStatement(strings.Join(all, "; "))
		}))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		return newService(postgres.Storage(db, cel.Language{}, memory.KeepDefinitions(10)))
	},
}

// service is an app.Service on a test database, with the port that stores its runs and a verifier of the database.
type service struct {
	*app.UseCases
	runs     app.Runs
	verifier *verify.Verifier
}

func newService(s storage.Storage) service {
	s.App.Clock, s.App.Random = system.Clock{}, system.Random{}
	return service{UseCases: apptest.New(s.App), runs: s.App.Runs, verifier: verify.New(s.Verify)}
}

// steps is the number of steps of the procedure in benchmarks.
const steps = 200

// save publishes a procedure with the given number of steps.
func save(t testing.TB, s service, steps int) {
	t.Helper()
	all := make([]string, steps)
	for i := range all {
		all[i] = fmt.Sprintf(`{"key":"s%d","title":"S","slots":[
			{"name":"a","type":"string"},{"name":"n","type":"number"}]}`, i)
	}
	doc, err := jsondoc.Parse([]byte(`{"id":"long","name":"Long","steps":[` + strings.Join(all, ",") + `]}`))
	require.NoError(t, err)
	_, err = s.SaveDefinition(t.Context(), request, doc)
	require.NoError(t, err)
}

// start starts a run and adds refusals to its trail until it has the given number of events. The run stays at its first
// step.
func start(t testing.TB, s service, events int) (id string) {
	t.Helper()
	started, err := s.StartRun(t.Context(), request, app.StartInput{ProcedureID: "long"})
	require.NoError(t, err)
	rec, err := s.runs.Load(t.Context(), started.ID)
	require.NoError(t, err)
	require.NoError(t, s.runs.Append(t.Context(), refusals(t, rec, events)))
	return started.ID
}

// refusals returns the change that adds refusals to the trail of a run until it has the given number of events.
func refusals(t testing.TB, rec app.RunRecord, events int) app.RunChange {
	t.Helper()
	change := app.RunChange{Before: rec.Run, After: rec.Run}
	head := rec.Head
	for head.Seq < int64(events) {
		stamp := run.Stamp{By: access.Unproven("eve"), At: system.Clock{}.Now()}
		refusal, ok := run.Refusal(rec.Run, commit(1), fault.New(fault.Conflict, "step.out_of_order", nil), stamp)
		require.True(t, ok)
		var err error
		change.After, err = run.Fold(change.After, []run.Event{refusal})
		require.NoError(t, err)
		by := audit.NewCommitter(system.Random{}.Salt)
		payload, err := encoding.Marshal(rec.Run.Version, refusal.Fact, by)
		require.NoError(t, err)
		sealed, err := audit.Seal(audit.Run(rec.Run.ID), head, audit.Entry{
			Action: string(refusal.Fact.Action()), Actor: stamp.By.ID, OccurredAt: stamp.At, Payload: payload,
			Typed: by,
		})
		require.NoError(t, err)
		change.Events, head = append(change.Events, sealed), sealed.Head()
	}
	return change
}

// commit returns a commit of the step with the given number, counted from 0.
func commit(step int) run.Commit {
	return run.Commit{Submission: run.Submission{
		Step: fmt.Sprintf("s%d", step), Slots: map[string][]byte{"a": []byte(`"x"`), "n": []byte("1.5")},
	}}
}

func TestACommitSendsTheSameStatementsAtAnyLengthOfTheTrail(t *testing.T) {
	for name, open := range openers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var statements []string
			s := open(t, func(q string) { statements = append(statements, q) })
			save(t, s, 2)
			var ofShorterTrail []string
			for _, events := range []int{10, 10_000} {
				id := start(t, s, events)
				statements = nil
				_, err := s.Execute(t.Context(), request, id, commit(0))
				require.NoError(t, err)
				require.NotEmpty(t, statements)
				if ofShorterTrail != nil {
					require.Equal(t, ofShorterTrail, statements)
				}
				ofShorterTrail = statements
			}
			_, err := s.verifier.All(t.Context(), verify.Options{}, func(f audit.Finding) { t.Error(f) })
			require.NoError(t, err)
		})
	}
}

// BenchmarkCommit measures a commit on a run with 10 events and on one with 10,000.
func BenchmarkCommit(b *testing.B) {
	for name, open := range openers {
		for _, events := range []int{10, 10_000} {
			b.Run(fmt.Sprintf("%s/%d events", name, events), func(b *testing.B) {
				s := open(b, func(string) {})
				save(b, s, steps)
				benchmarkCommits(b, s, events)
			})
		}
	}
}

// benchmarkCommits measures commits. It starts a new run with the given number of events whenever all steps are
// committed.
func benchmarkCommits(b *testing.B, s service, events int) {
	b.Helper()
	b.ReportAllocs()
	step, id := steps, ""
	for b.Loop() {
		if step == steps {
			b.StopTimer()
			step, id = 0, start(b, s, events)
			b.StartTimer()
		}
		_, err := s.Execute(b.Context(), request, id, commit(step))
		require.NoError(b, err)
		step++
	}
}
