// Package tamper tests that verification detects tampering by an attacker who has full access to the database and can
// disable triggers, checks and foreign keys.
package tamper

import (
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // database/sql on PostgreSQL
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/postgres"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/verify"
	"github.com/procedo/procedo/tests/containers"
)

var cluster *containers.Cluster

func TestMain(m *testing.M) { os.Exit(containers.Run(m, &cluster)) }

// openers holds a function for each kind of database. The function creates an empty database.
var openers = map[string]func(*testing.T) *target{"SQLite": onSQLite, "PostgreSQL": onPostgres}

// target is a database that a service uses, and a separate connection to tamper with it.
type target struct {
	*testing.T
	storage  func() storage.Storage
	conn     *sql.Conn
	postgres bool
	secrets  projection.Secrets // nil: sensitive values are in clear
}

func onSQLite(t *testing.T) *target {
	t.Helper()
	file := filepath.Join(t.TempDir(), "procedo.db")
	db := sqlitetest.OpenAt(t, file)
	v := &target{T: t}
	v.storage = func() storage.Storage {
		return sqlite.Storage(db, cel.Language{}, memory.KeepDefinitions(10), storage.WithSecrets(v.secrets))
	}
	v.connect("sqlite", file+"?_pragma=busy_timeout(5000)")
	return v
}

func onPostgres(t *testing.T) *target {
	t.Helper()
	url := cluster.Database(t)
	db, err := postgres.Open(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	v := &target{T: t, postgres: true}
	v.storage = func() storage.Storage {
		return postgres.Storage(db, cel.Language{}, memory.KeepDefinitions(10), storage.WithSecrets(v.secrets))
	}
	v.connect("pgx", url)
	return v
}

func (v *target) connect(driver, dsn string) {
	v.Helper()
	db, err := sql.Open(driver, dsn)
	require.NoError(v, err)
	v.conn, err = db.Conn(v.Context())
	require.NoError(v, err)
	v.Cleanup(func() { _, _ = v.conn.Close(), db.Close() })
}

// newService returns a service with empty caches.
func (v *target) newService() *app.UseCases {
	p := v.storage().App
	p.Clock, p.Random = system.Clock{}, system.Random{}
	return apptest.New(p)
}

// verifiedTables lists the tables that verification reads. The other tables hold receipts, the progress of deliveries,
// the head of the list of procedures, and signatures of others.
var verifiedTables = []string{
	"procedures", "procedure_versions", "procedure_steps", "procedure_slots", "procedure_slot_options",
	"procedure_checklist_items", "procedure_transitions", "procedure_rules", "procedure_rule_fields",
	"runs", "run_steps", "run_inapplicable_slots", "run_slot_values", "run_checklist_states",
	"audit_events", "audit_feed", "audit_checkpoints", "audit_leaves", "audit_nodes",
}

// restoredTables lists the tables that restore can restore.
var restoredTables = append(slices.Clone(verifiedTables), "audit_cosignatures")

// unprotect disables everything that prevents tampering. It also copies the tables, so that restore can use the copies.
func (v *target) unprotect() {
	v.Helper()
	if v.postgres {
		v.mustExec("SET session_replication_role = replica")
		v.dropConstraints("contype = 'c'")
	} else {
		v.mustExec("PRAGMA foreign_keys = OFF")
		v.mustExec("PRAGMA ignore_check_constraints = ON")
		for _, trigger := range v.texts("SELECT name FROM sqlite_schema WHERE type = 'trigger'") {
			v.mustExec("DROP TRIGGER " + trigger)
		}
	}
	for _, table := range restoredTables {
		v.mustExec("CREATE TABLE kept_" + table + " AS SELECT * FROM " + table)
	}
}

// dropConstraints drops constraints of a PostgreSQL database. The condition is an SQL condition on pg_constraint.
func (v *target) dropConstraints(condition string) {
	v.Helper()
	for _, c := range v.texts(`SELECT conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(conname)
		FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND ` + condition + " ORDER BY contype") {
		v.mustExec("ALTER TABLE " + c)
	}
}

// restore restores tables from their copies.
func (v *target) restore(tables ...string) {
	v.Helper()
	for _, table := range tables {
		v.mustExec("DELETE FROM " + table)
		v.mustExec("INSERT INTO " + table + " SELECT * FROM kept_" + table)
	}
}

// exec executes a statement and returns the number of rows that it affected.
func (v *target) exec(statement string, args ...any) (affected int64, err error) {
	result, err := v.conn.ExecContext(v.Context(), statement, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (v *target) mustExec(statement string, args ...any) {
	v.Helper()
	_, err := v.exec(statement, args...)
	require.NoError(v, err, statement)
}

// texts returns the rows of a query with one column.
func (v *target) texts(query string, args ...any) (all []string) {
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

// column is a column of a table.
type column struct {
	name, kind string
	key        bool // whether it is part of the primary key
}

func (v *target) columns(table string) (all []column) {
	v.Helper()
	query := "SELECT name || '|' || lower(type) || '|' || pk FROM pragma_table_info('" + table + "')"
	if v.postgres {
		query = `SELECT a.attname || '|' || format_type(a.atttypid, NULL) || '|' ||
				coalesce(a.attnum = ANY (i.indkey), false)::int
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

func (v *target) count(table string) (n int) {
	v.Helper()
	require.NoError(v, v.conn.QueryRowContext(v.Context(), "SELECT count(*) FROM "+table).Scan(&n))
	return n
}

// row returns an SQL condition that selects one row of a table. The index counts from 0, in the order of the primary
// key.
func row(table string, columns []column, index int) string {
	var names []string
	for _, c := range columns {
		if c.key {
			names = append(names, c.name)
		}
	}
	key := strings.Join(names, ", ")
	return "(" + key + ") = (SELECT " + key + " FROM " + table + " ORDER BY " + key +
		" LIMIT 1 OFFSET " + number(int64(index)) + ")"
}

// verify verifies the database and returns the findings.
func (v *target) verify(trust verify.Trust) (findings []string) {
	v.Helper()
	_, err := verify.New(v.storage().Verify).All(v.Context(), verify.Options{Trust: trust}, func(f audit.Finding) {
		findings = append(findings, i18n.Accept("en").Finding(f))
	})
	require.NoError(v, err)
	return findings
}
