package sqlite

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/tests/contract"
)

// openMigrated opens a new database with the schema.
func openMigrated(t *testing.T) *DB {
	t.Helper()
	db, err := Open("sqlite:" + t.TempDir() + "/test.db")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err = migrate.SQLite.Apply(t.Context(), db.Writer())
	require.NoError(t, err)
	return db
}

// plan returns SQLite's plan for a query, with a line for each table that it reads or sorts.
func plan(t *testing.T, db *DB, q storage.Query) string {
	t.Helper()
	rows, err := db.Writer().QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+q.Text, q.Args...)
	require.NoError(t, err)
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		require.NoError(t, rows.Scan(&id, &parent, &unused, &detail))
		lines = append(lines, detail)
	}
	require.NoError(t, rows.Err())
	return strings.Join(lines, " \n") + " "
}

func TestListsUseAnIndexAndDoNotSort(t *testing.T) {
	db := openMigrated(t)
	at := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	few, three := []run.State{run.Pending, run.Failed}, []run.State{run.Pending, run.InProgress, run.Failed}
	for index, filters := range map[string][]app.RunFilter{
		"runs_by_creation": {{}, {After: "x"}, {CreatedAfter: new(at)}, {CreatedBefore: new(at)}},
		"runs_by_procedure": {
			{ProcedureID: "p"}, {ProcedureID: "p", After: "x"}, {ProcedureID: "p", CreatedAfter: new(at)},
			{ProcedureID: "p", States: few, After: "x"},
		},
		"runs_by_state": {
			{States: []run.State{run.Failed}}, {States: []run.State{run.Failed}, After: "x"},
			{States: []run.State{run.Failed}, CreatedBefore: new(at)},
			{States: few}, {States: few, After: "x"}, {States: few, CreatedAfter: new(at)}, {States: three, After: "x"},
		},
		"runs_by_user":      {{UserID: "u"}, {UserID: "u", After: "x"}, {UserID: "u", States: few, After: "x"}},
		"runs_by_reference": {{Reference: "r"}, {Reference: "r", After: "x"}, {Reference: "r", States: few, After: "x"}},
	} {
		for _, f := range filters {
			f.Size.Items = 50
			got := plan(t, db, build(listRuns(f)))
			require.Contains(t, got, "INDEX "+index+" ", "%+v", f)
			require.NotContains(t, got, "TEMP B-TREE", "%+v", f)
			if f.After != "" {
				require.Contains(t, got, "created_at<?", "%+v", f)
			}
		}
	}
	entity := audit.Run("r")
	for index, filters := range map[string][]app.EventFilter{
		"INDEX audit_events_newest": {
			{}, {Since: new(at)}, {After: app.EventPlace{At: at, Entity: entity, Seq: 5}}, {Entity: audit.Entity{Type: "run"}},
		},
		"INDEX audit_events_by_actor":           {{Actor: "ann"}},
		"INDEX audit_events_by_action":          {{Action: "step.committed"}},
		"INDEX sqlite_autoindex_audit_events_1": {{Entity: entity}, {Entity: entity, Actor: "ann"}},
		"INDEX audit_events_of_procedures": {
			{Entity: audit.Entity{Type: "procedure"}}, {Entity: audit.Entity{Type: "procedure"}, Until: new(at)},
		},
		"INDEX audit_events_by_actor_action": {{Actor: "ann", Action: "step.committed"}},
	} {
		for _, f := range filters {
			f.Size.Items = 50
			got := plan(t, db, build(listEvents(f)))
			require.Contains(t, got, index+" ", "%+v", f)
			require.NotContains(t, got, "TEMP B-TREE", "%+v", f)
			if f.After.Seq > 0 {
				require.Contains(t, got, "(occurred_at,entity_type,entity_id,seq)<", "%+v", f)
			}
		}
	}
}

// unusedIndexes returns the indexes that appear in no plan: neither of the prepared statements nor of a list with any
// filters. Indexes of keys are needed even so, because they keep the keys unique.
func unusedIndexes(t *testing.T, db *DB) (unused []string) {
	t.Helper()
	var plans strings.Builder
	for _, s := range declared {
		values := storage.Args{}
		for _, name := range s.Params() {
			values[name] = nil
		}
		plans.WriteString(plan(t, db, s.Bind(values)))
	}
	for _, f := range contract.RunFilters() {
		plans.WriteString(plan(t, db, build(listRuns(f))))
	}
	for _, f := range contract.EventFilters() {
		plans.WriteString(plan(t, db, build(listEvents(f))))
	}
	rows, err := db.Writer().QueryContext(t.Context(),
		"SELECT name FROM sqlite_schema WHERE type = 'index' AND sql NOT LIKE 'CREATE UNIQUE %'")
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var name string
		require.NoError(t, rows.Scan(&name))
		if !strings.Contains(plans.String(), "INDEX "+name+" ") {
			unused = append(unused, name)
		}
	}
	require.NoError(t, rows.Err())
	return unused
}

func TestEveryIndexServesAQuery(t *testing.T) {
	db := openMigrated(t)
	require.Empty(t, unusedIndexes(t, db))
	_, err := db.Writer().ExecContext(t.Context(), "CREATE INDEX useless ON runs (updated_at)")
	require.NoError(t, err)
	require.Equal(t, []string{"useless"}, unusedIndexes(t, db))
}
