// Package tamper does to real databases what somebody can do who may do anything: triggers, checks and foreign keys are off.
package tamper

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // database/sql on PostgreSQL
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/postgres"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/verify"
	"github.com/procedo/procedo/tests/containers"
)

var cluster *containers.Cluster

func TestMain(m *testing.M) { os.Exit(containers.Run(m, &cluster)) }

// victim is a database that is lived in through the service and tampered with through a connection of its own.
type victim struct {
	*testing.T
	storage  func() storage.Storage
	conn     *sql.Conn
	postgres bool
}

func onSQLite(t *testing.T) *victim {
	t.Helper()
	file := filepath.Join(t.TempDir(), "procedo.db")
	db := sqlitetest.OpenAt(t, file)
	v := &victim{T: t, storage: func() storage.Storage { return sqlite.Storage(db, cel.Language{}, memory.KeepDefinitions(10)) }}
	v.connect("sqlite", file+"?_pragma=busy_timeout(5000)")
	return v
}

func onPostgres(t *testing.T) *victim {
	t.Helper()
	url := cluster.Database(t)
	db, err := postgres.Open(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	v := &victim{T: t, postgres: true, storage: func() storage.Storage { return postgres.Storage(db, cel.Language{}, memory.KeepDefinitions(10)) }}
	v.connect("pgx", url)
	return v
}

func (v *victim) connect(driver, dsn string) {
	v.Helper()
	db, err := sql.Open(driver, dsn)
	require.NoError(v, err)
	v.conn, err = db.Conn(v.Context())
	require.NoError(v, err)
	v.Cleanup(func() { _, _ = v.conn.Close(), db.Close() })
}

// service returns a new service, which has nothing in memory.
func (v *victim) service() *app.Service {
	p := v.storage().App
	p.Clock, p.Random = system.Clock{}, system.Random{}
	return app.New(p)
}

// evidence are the tables that verification looks at. The others say how far work has come: deliveries, receipts, the list's generation.
var evidence = []string{
	"procedures", "procedure_versions", "procedure_steps", "procedure_slots", "procedure_slot_options", "procedure_checklist_items", "procedure_transitions",
	"runs", "run_steps", "run_inapplicable_slots", "run_slot_values", "run_checklist_states",
	"audit_events", "audit_feed", "audit_checkpoints", "audit_leaves",
}

// unguard takes away all that stands in the way, and keeps a copy of everything.
func (v *victim) unguard() {
	v.Helper()
	if v.postgres {
		v.do("SET session_replication_role = replica")
		for _, c := range v.texts("SELECT conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(conname) FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace") {
			v.do("ALTER TABLE " + c)
		}
	} else {
		v.do("PRAGMA foreign_keys = OFF")
		v.do("PRAGMA ignore_check_constraints = ON")
		for _, trigger := range v.texts("SELECT name FROM sqlite_schema WHERE type = 'trigger'") {
			v.do("DROP TRIGGER " + trigger)
		}
	}
	for _, table := range evidence {
		v.do("CREATE TABLE kept_" + table + " AS SELECT * FROM " + table)
	}
}

// mend makes tables what they were.
func (v *victim) mend(tables ...string) {
	v.Helper()
	for _, table := range tables {
		v.do("DELETE FROM " + table)
		v.do("INSERT INTO " + table + " SELECT * FROM kept_" + table)
	}
}

func (v *victim) try(statement string, args ...any) (touched int64, err error) {
	result, err := v.conn.ExecContext(v.Context(), statement, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (v *victim) do(statement string, args ...any) {
	v.Helper()
	_, err := v.try(statement, args...)
	require.NoError(v, err, statement)
}

func (v *victim) texts(query string, args ...any) (all []string) {
	v.Helper()
	rows, err := v.conn.QueryContext(v.Context(), query, args...)
	require.NoError(v, err, query)
	defer func() { require.NoError(v, rows.Close()) }()
	for rows.Next() {
		var text string
		require.NoError(v, rows.Scan(&text))
		all = append(all, text)
	}
	require.NoError(v, rows.Err())
	return all
}

// column is one of a table's.
type column struct {
	name, kind string
	key        bool
}

func (v *victim) columns(table string) (all []column) {
	v.Helper()
	query := "SELECT name || '|' || lower(type) || '|' || pk FROM pragma_table_info('" + table + "')"
	if v.postgres {
		query = `SELECT a.attname || '|' || format_type(a.atttypid, NULL) || '|' || coalesce(a.attnum = ANY (i.indkey), false)::int
			FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
			WHERE a.attrelid = '` + table + `'::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`
	}
	for _, text := range v.texts(query) {
		part := strings.Split(text, "|")
		all = append(all, column{name: part[0], kind: part[1], key: part[2] != "0"})
	}
	require.NotEmpty(v, all, table)
	return all
}

// verify is what a verification finds. It must not fail.
func (v *victim) verify(trust verify.Trust) (findings []string) {
	v.Helper()
	_, err := verify.New(v.storage().Verify).All(v.Context(), verify.Options{Trust: trust}, func(f audit.Finding) { findings = append(findings, f.String()) })
	require.NoError(v, err)
	return findings
}

var databases = map[string]func(*testing.T) *victim{"SQLite": onSQLite, "PostgreSQL": onPostgres}
