package postgres_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/postgres"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/tests/contract"
)

const (
	manyRuns = 1_000_000
	fewRuns  = 50_000 // enough for the planner to prefer indexes
	page     = 50
	slack    = 10 // number of rows that a plan may read beyond its page
)

// dropIndexes returns statements that drop all indexes of a table except its primary key. Without them, filling the
// table is faster.
func dropIndexes(table string) []string {
	return []string{
		`DROP TABLE IF EXISTS pg_temp.dropped`,
		`CREATE TEMP TABLE dropped AS SELECT indexname, indexdef FROM pg_indexes
			WHERE tablename = '` + table + `' AND indexname <> '` + table + `_pkey'`,
		`DO $$ DECLARE name text; BEGIN
			FOR name IN SELECT indexname FROM dropped LOOP EXECUTE 'DROP INDEX ' || name; END LOOP;
		END $$`,
	}
}

// createIndexes returns statements that create the dropped indexes again.
func createIndexes(table string) []string {
	return []string{
		`DO $$ DECLARE def text; BEGIN
			FOR def IN SELECT indexdef FROM dropped LOOP EXECUTE def; END LOOP;
		END $$`,
		`VACUUM ANALYZE ` + table,
	}
}

// populate inserts runs. They belong to 20 procedures and 1,000 users, and each reference has 10 runs. 90 % of the runs
// are completed.
func populate(t *testing.T, db *postgres.DB, count int) {
	t.Helper()
	db.Populate(t, slices.Concat([]string{
		`INSERT INTO procedures
			SELECT 'p' || n, 'P', '', '', 'active', 1, 1, repeat('0', 64), now() FROM generate_series(0, 19) n`,
		`INSERT INTO procedure_versions
			SELECT 'p' || n, 1, 'sha256:' || repeat('0', 64), '{}', 20, NULL, now(), 'x' FROM generate_series(0, 19) n`,
		`ALTER TABLE runs DISABLE TRIGGER ALL`, // skips the slow checks of foreign keys
	}, dropIndexes("runs"), []string{
		fmt.Sprintf(`INSERT INTO runs (id, procedure_id, procedure_version, user_id, reference, metadata, state, revision,
				seq, head_hash, current_step, failure_reason, failure_at, failure_by, created_at, started_at, updated_at,
				closed_at, last_event_at)
			SELECT gen_random_uuid(), 'p' || (abs(hashint4(n)) %% 20), 1, 'u' || (abs(hashint4(n + 7)) %% 1000),
				'r' || (n / 10), NULL, s, 1, 2, repeat('0', 64),
				CASE WHEN s IN ('pending', 'in_progress') THEN 'a' END,
				CASE WHEN s = 'failed' THEN 'x' END, CASE WHEN s = 'failed' THEN now() END, NULL,
				timestamptz '2026-01-01' + n * interval '20 seconds', NULL, now(),
				CASE WHEN s IN ('completed', 'failed') THEN now() END, now()
			FROM generate_series(1, %d) n, LATERAL (SELECT CASE
				WHEN h < 90 THEN 'completed' WHEN h < 96 THEN 'in_progress' WHEN h < 99 THEN 'failed' ELSE 'pending'
			END AS s FROM (SELECT abs(hashint4(n + 99)) %% 100 AS h) y) x`, count),
	}, createIndexes("runs"))...)
}

// rowsRead returns the number of rows that an executed plan read from tables and indexes.
func rowsRead(node map[string]any) float64 {
	read := 0.0
	children, _ := node["Plans"].([]any)
	if len(children) == 0 {
		number := func(name string) float64 { n, _ := node[name].(float64); return n }
		removed := number("Rows Removed by Filter") + number("Rows Removed by Index Recheck")
		read = (number("Actual Rows") + removed) * max(1, number("Actual Loops"))
	}
	for _, c := range children {
		read += rowsRead(c.(map[string]any))
	}
	return read
}

func TestListsOfRunsReadFewOfAMillionRows(t *testing.T) {
	db := open(t)
	populate(t, db, manyRuns)
	middle := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	last := db.Text(t, `SELECT id::text FROM runs WHERE state = 'completed' AND created_at < $1
		ORDER BY created_at DESC LIMIT 1`, middle)
	for name, f := range map[string]app.RunFilter{
		"no filter":           {},
		"procedure":           {ProcedureID: "p7"},
		"state":               {States: []run.State{run.Pending}},
		"user":                {UserID: "u77"},
		"reference":           {Reference: "r777"},
		"created after":       {CreatedAfter: new(middle)},
		"created before":      {CreatedBefore: new(middle)},
		"next page":           {After: last},
		"procedure and state": {ProcedureID: "p7", States: []run.State{run.Failed}},
		"two states":          {States: []run.State{run.Pending, run.Failed}},
		"three, next page":    {States: []run.State{run.Pending, run.InProgress, run.Completed}, After: last},
	} {
		checkRunList(t, db, name, f, page+slack)
	}
	for name, f := range map[string]app.RunFilter{
		"user and state":           {UserID: "u77", States: []run.State{run.InProgress}},
		"user and rare state":      {UserID: "u99", States: []run.State{run.Pending}},
		"procedure and user":       {ProcedureID: "p7", UserID: "u777"},
		"procedure and two states": {ProcedureID: "p7", States: []run.State{run.Pending, run.Failed}},
		"user and two states":      {UserID: "u77", States: []run.State{run.Pending, run.InProgress}},
		"reference and two states": {Reference: "r777", States: []run.State{run.Pending, run.Completed}},
		"all three":                {ProcedureID: "p7", UserID: "u777", States: []run.State{run.Pending, run.Completed}},
		"reference and state":      {Reference: "r777", States: []run.State{run.Completed}},
		"reference and user":       {Reference: "r777", UserID: "u5"},
		"state before":             {States: []run.State{run.Failed}, CreatedBefore: new(middle)},
		"procedure after":          {ProcedureID: "p3", CreatedAfter: new(middle)},
		"procedure, state, before": {ProcedureID: "p3", States: []run.State{run.InProgress}, CreatedBefore: new(middle)},
		"a span":                   {CreatedAfter: new(middle), CreatedBefore: new(middle.Add(time.Hour))},
		"user, state, after":       {UserID: "u123", States: []run.State{run.Completed}, CreatedAfter: new(middle)},
		"everything": {
			ProcedureID: "p3", UserID: "u123", Reference: "r1", States: []run.State{run.Completed},
			CreatedAfter: new(middle), After: last,
		},
	} {
		checkRunList(t, db, name, f, 10*page)
	}
}

// checkRunList fails the test if a list of runs reads more than maxRows rows.
func checkRunList(t *testing.T, db *postgres.DB, name string, f app.RunFilter, maxRows int) {
	t.Helper()
	f.Size.Items = page
	query, args := postgres.ListStatement(f)
	checkPlan(t, db, name, maxRows, query, args)
}

// checkPlan runs a statement and fails the test if it reads more than maxRows rows.
func checkPlan(t *testing.T, db *postgres.DB, name string, maxRows int, query string, args []any) {
	t.Helper()
	var plans []map[string]any
	text := db.Text(t, "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "+query, args...)
	require.NoError(t, json.Unmarshal([]byte(text), &plans))
	read := rowsRead(plans[0]["Plan"].(map[string]any))
	top := plans[0]["Plan"].(map[string]any)
	blocks := top["Shared Hit Blocks"].(float64) + top["Shared Read Blocks"].(float64)
	t.Logf("%-26s %6.0f rows %6.0f blocks", name, read, blocks)
	// Reading one row may take one block of the table and some blocks of the index.
	if read > float64(maxRows) || blocks > 4*float64(maxRows) {
		t.Errorf("%s reads %.0f rows in %.0f blocks, more than %d: %v", name, read, blocks, maxRows, top)
	}
}

// populateEvents inserts events of runs, and a few of procedures. They are by 1,000 actors, and of three actions.
func populateEvents(t *testing.T, db *postgres.DB, count int) {
	t.Helper()
	db.Populate(t, slices.Concat([]string{
		`ALTER TABLE audit_events DISABLE TRIGGER ALL`,
	}, dropIndexes("audit_events"), []string{
		fmt.Sprintf(`INSERT INTO audit_events (entity_type, entity_id, seq, action, actor, occurred_at, canonical,
				prev_hash, hash)
			SELECT CASE WHEN n %% 1000 = 0 THEN 'procedure' ELSE 'run' END,
				CASE WHEN n %% 1000 = 0 THEN 'p' ELSE 'r' END || abs(hashint4(n / 20)) %% 50000, n,
				'step.' || CASE WHEN h < 60 THEN 'committed' WHEN h < 98 THEN 'opened' ELSE 'skipped' END,
				'u' || abs(hashint4(n + 7)) %% 1000, timestamptz '2026-01-01' + n * interval '10 seconds',
				'{}', repeat('0', 64), repeat('0', 64)
			FROM generate_series(1, %d) n, LATERAL (SELECT abs(hashint4(n + 99)) %% 100 AS h) x`, count),
	}, createIndexes("audit_events"))...)
}

func TestListsOfEventsReadFewOfAMillionRows(t *testing.T) {
	db := open(t)
	populateEvents(t, db, manyRuns)
	middle := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	run := db.Text(t, `SELECT entity_id FROM audit_events WHERE seq = 500001`)
	place := app.EventPlace{At: middle, Entity: audit.Run("r"), Seq: 5}
	for name, c := range map[string]struct {
		filter  app.EventFilter
		maxRows int
	}{
		"no filter":             {app.EventFilter{}, page + slack},
		"next page":             {app.EventFilter{After: place}, page + slack},
		"of runs":               {app.EventFilter{Entity: audit.Entity{Type: "run"}}, page + slack},
		"of procedures":         {app.EventFilter{Entity: audit.Entity{Type: "procedure"}}, page + slack},
		"of one":                {app.EventFilter{Entity: audit.Run(run)}, page + slack},
		"by actor":              {app.EventFilter{Actor: "u77"}, page + slack},
		"by action":             {app.EventFilter{Action: "step.committed"}, page + slack},
		"by rare action":        {app.EventFilter{Action: "step.skipped"}, page + slack},
		"since":                 {app.EventFilter{Since: new(middle)}, page + slack},
		"until":                 {app.EventFilter{Until: new(middle)}, page + slack},
		"actor and action":      {app.EventFilter{Actor: "u77", Action: "step.committed"}, 10 * page},
		"actor and rare action": {app.EventFilter{Actor: "u77", Action: "step.skipped"}, 10 * page},
		"actor until":           {app.EventFilter{Actor: "u77", Until: new(middle)}, 10 * page},
		"action in a span": {
			app.EventFilter{Action: "step.skipped", Since: new(middle), Until: new(middle.Add(time.Hour))}, 10 * page,
		},
		"of one, by action, since": {
			app.EventFilter{Entity: audit.Run(run), Action: "step.opened", Since: new(middle)}, 10 * page,
		},
	} {
		c.filter.Size.Items = page
		query, args := postgres.EventStatement(c.filter)
		checkPlan(t, db, name, c.maxRows, query, args)
	}
}

// indexesIn returns the names of the indexes that a plan reads.
func indexesIn(plan any) (names []string) {
	switch plan := plan.(type) {
	case []any:
		for _, part := range plan {
			names = append(names, indexesIn(part)...)
		}
	case map[string]any:
		if name, ok := plan["Index Name"].(string); ok {
			names = append(names, name)
		}
		for _, part := range plan {
			names = append(names, indexesIn(part)...)
		}
	}
	return names
}

// unusedIndexes returns the indexes that appear in no plan: neither of the prepared statements nor of a list with any
// filters. Indexes of keys are needed even so, because they keep the keys unique.
func unusedIndexes(t *testing.T, db *postgres.DB) (unused []string) {
	t.Helper()
	var used []string
	add := func(plan string) {
		var read any
		require.NoError(t, json.Unmarshal([]byte(plan), &read))
		used = append(used, indexesIn(read)...)
	}
	for _, s := range postgres.Declared() {
		add(db.GenericPlan(t, s.Text()))
	}
	for _, f := range contract.RunFilters() {
		query, args := postgres.ListStatement(f)
		add(db.Text(t, "EXPLAIN (FORMAT JSON) "+query, args...))
	}
	for _, f := range contract.EventFilters() {
		query, args := postgres.EventStatement(f)
		add(db.Text(t, "EXPLAIN (FORMAT JSON) "+query, args...))
	}
	var names []string
	require.NoError(t, json.Unmarshal([]byte(db.Text(t, `SELECT json_agg(indexname ORDER BY indexname)::text
		FROM pg_indexes WHERE schemaname = current_schema() AND indexdef NOT LIKE 'CREATE UNIQUE %'`)), &names))
	for _, name := range names {
		if !slices.Contains(used, name) {
			unused = append(unused, name)
		}
	}
	return unused
}

func TestEveryIndexServesAQuery(t *testing.T) {
	db := open(t)
	populate(t, db, fewRuns)
	populateEvents(t, db, fewRuns)
	require.Empty(t, unusedIndexes(t, db))
	db.Exec(t, "CREATE INDEX useless ON runs (updated_at)")
	require.Equal(t, []string{"useless"}, unusedIndexes(t, db))
}

func TestMergedStatesAreTheNewestRuns(t *testing.T) {
	db := open(t)
	populate(t, db, fewRuns)
	db.Exec(t, "UPDATE runs SET created_at = date_trunc('hour', created_at)") // many runs have the same time
	middle := db.Text(t, `SELECT id::text FROM runs ORDER BY created_at, id OFFSET 10000 LIMIT 1`)
	list := func(query string, args []any) string {
		query = strings.TrimSuffix(strings.TrimSpace(query), ";")
		return db.Text(t, "SELECT coalesce(json_agg(l), '[]')::text FROM ("+query+") AS l", args...)
	}
	for _, f := range contract.RunFilters() {
		if f.After != "" {
			f.After = middle
		}
		require.Equal(t, list(postgres.SortedListStatement(f)), list(postgres.ListStatement(f)), "%+v", f)
	}
}
