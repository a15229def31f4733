package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/run"
)

func service(db *sqlite.DB) *app.UseCases {
	p := openStorage(db).App
	p.Clock, p.Random = system.Clock{}, system.Random{}
	return apptest.New(p)
}

// wideProcedure returns a procedure whose first step has n integer slots and two checklist items. The commit fills all
// slots and ticks all items.
func wideProcedure(n int) (doc string, commit run.Commit) {
	var slots []string
	commit.Submission = run.Submission{
		Step: "s", Slots: map[string][]byte{},
		Ticks: []checklist.Tick{{Key: "i", Completed: true}, {Key: "j", Completed: true}},
	}
	for i := range n {
		slots = append(slots, fmt.Sprintf(`{"name":"s%d","type":"integer"}`, i))
		commit.Slots[fmt.Sprintf("s%d", i)] = []byte("1")
	}
	doc = fmt.Sprintf(`{"id":"wide-%d","name":"Wide","steps":[{"key":"s","title":"S","slots":[%s],
		"checklist_items":[{"key":"i","label":"I"},{"key":"j","label":"J"}]},{"key":"t","title":"T"}]}`,
		n, strings.Join(slots, ","))
	return doc, commit
}

func startRun(t testing.TB, s *app.UseCases, doc string) (runID string) {
	t.Helper()
	n, err := jsondoc.Parse([]byte(doc))
	require.NoError(t, err)
	saved, err := s.SaveDefinition(t.Context(), app.Request{}, n)
	require.NoError(t, err)
	view, err := s.StartRun(t.Context(), app.Request{}, app.StartInput{ProcedureID: saved.View.Record.ID})
	require.NoError(t, err)
	return view.ID
}

// A commit runs a read transaction with four statements, and then a write transaction with six.
func TestACommitNeedsTheSameStatementsForAnyNumberOfSlots(t *testing.T) {
	var statements []string
	trace := func(statement string) { statements = append(statements, strings.Fields(statement)[0]) }
	s := service(sqlitetest.Open(t, sqlite.WithTrace(trace)))
	for _, n := range []int{1, 4, 200} {
		doc, commit := wideProcedure(n)
		id := startRun(t, s, doc)
		statements = nil
		_, err := s.Execute(t.Context(), app.Request{}, id, commit)
		require.NoError(t, err)
		require.Equal(t,
			"BEGIN SELECT SELECT SELECT SELECT COMMIT BEGIN UPDATE INSERT INSERT INSERT INSERT INSERT COMMIT",
			strings.Join(statements, " "), "%d slots", n)
	}
}

func TestTheSchemaRefusesInconsistentRows(t *testing.T) {
	db := sqlitetest.Open(t)
	doc, commit := wideProcedure(1)
	s := service(db)
	id := startRun(t, s, doc)
	_, err := s.Execute(t.Context(), app.Request{}, id, commit)
	require.NoError(t, err)
	for _, statement := range []string{
		"UPDATE runs SET state = 'paused'", "UPDATE runs SET state = 'completed'",
		"UPDATE runs SET revision = 0", "UPDATE runs SET head_hash = 'x'",
		"UPDATE run_steps SET state = 'open'", "UPDATE run_steps SET committed_by = NULL WHERE state = 'committed'",
		"UPDATE run_slot_values SET value_number = NULL", "UPDATE run_slot_values SET value_text = 'two'",
		"UPDATE run_slot_values SET origin = 'rumour'", "UPDATE run_checklist_states SET completed = 0",
		"INSERT INTO run_steps (run_id, step_key, visit, state, amended) VALUES ('nowhere', 's', 1, 'open', 0)",
		"UPDATE runs SET procedure_version = 9", "UPDATE procedures SET status = 'lost'", "DELETE FROM runs",
	} {
		_, err := db.Writer().ExecContext(t.Context(), statement)
		require.Error(t, err, statement)
	}
}

func TestTwoDatabaseHandlesWriteToOneFile(t *testing.T) {
	file := "sqlite:" + filepath.Join(t.TempDir(), "a b?c#d%41.db")
	var services []*app.UseCases
	for range 2 {
		db, err := sqlite.Open(file)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		_, err = migrate.SQLite.Apply(context.Background(), db.Writer())
		require.NoError(t, err)
		services = append(services, service(db))
	}
	doc, _ := wideProcedure(1)
	id := startRun(t, services[0], doc)
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			_, err := services[i%2].Execute(context.Background(), app.Request{}, id,
				run.Draft{Submission: run.Submission{Step: "s", Slots: map[string][]byte{"s0": fmt.Append(nil, i)}}})
			if err != nil {
				t.Errorf("writer %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	view, err := services[1].Run(t.Context(), id)
	require.NoError(t, err)
	require.EqualValues(t, 33, view.Revision)
}

func TestDatabaseURLsMustNameAFile(t *testing.T) {
	for _, bad := range []string{"", "sqlite:", "sqlite://", "sqlite::memory:", "postgres://x", "procedo.db"} {
		_, err := sqlite.Open(bad)
		require.ErrorContains(t, err, "sqlite:FILE", bad)
	}
	abs, err := sqlite.Path("sqlite:///tmp/x.db")
	require.NoError(t, err)
	require.Equal(t, "/tmp/x.db", abs)
}

func BenchmarkCommit(b *testing.B) {
	s := service(sqlitetest.Open(b))
	doc, commit := wideProcedure(4)
	n, err := jsondoc.Parse([]byte(doc))
	require.NoError(b, err)
	_, err = s.SaveDefinition(b.Context(), app.Request{}, n)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		view, err := s.StartRun(b.Context(), app.Request{}, app.StartInput{ProcedureID: "wide-4"})
		require.NoError(b, err)
		b.StartTimer()
		if _, err := s.Execute(b.Context(), app.Request{}, view.ID, commit); err != nil {
			b.Fatal(err)
		}
	}
}
