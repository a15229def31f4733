package e2e

import (
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	atlas "ariga.io/atlas/sql/migrate"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // reads and writes the dump

	"github.com/procedo/procedo/adapters/migrate"
)

const (
	dumpFile = "testdata/upgrade/release.sql"
	dumpKey  = "testdata/upgrade/checkpoint.key" // the key that signed the checkpoint in the dump
)

// lastOnPostgres is the version of the newest PostgreSQL migration of the last release.
const lastOnPostgres = "20261124090000"

func upgradeOnSQLite(t *testing.T) upgrade {
	dir := t.TempDir()
	file, db := restore(t, dir)
	u := upgrade{player: player{t: t, dir: dir, database: []string{"--database-url", "sqlite:" + file}}}
	// The program changes this file. The test reads the rows of the last release from a second file.
	require.NoError(t, db.Close())
	_, u.old = restore(t, t.TempDir())
	t.Cleanup(func() { require.NoError(t, u.old.Close()) })
	return u
}

// upgradeOnPostgres copies the rows of the dump into the PostgreSQL schema of the last release.
func upgradeOnPostgres(t *testing.T) upgrade {
	_, old := restore(t, t.TempDir())
	t.Cleanup(func() { require.NoError(t, old.Close()) })
	url := cluster.Blank(t)
	db, err := sql.Open("pgx", url)
	require.NoError(t, err)
	defer db.Close()
	_, err = schemaOfRelease(t).Apply(t.Context(), db)
	require.NoError(t, err)
	copyRows(t, old, db)
	return upgrade{player: player{t: t, dir: t.TempDir(), database: []string{"--database-url", url}}, old: old}
}

// schemaOfRelease returns the PostgreSQL schema with the migrations of the last release only.
func schemaOfRelease(t *testing.T) migrate.Schema {
	t.Helper()
	s, dir, files := migrate.Postgres, &atlas.MemDir{}, fstest.MapFS{}
	names, err := fs.Glob(s.Up, "*.sql")
	require.NoError(t, err)
	for _, name := range names {
		if version, _, _ := strings.Cut(name, "_"); version > lastOnPostgres {
			continue
		}
		data, err := fs.ReadFile(s.Up, name)
		require.NoError(t, err)
		require.NoError(t, dir.WriteFile(name, data))
		files[name] = &fstest.MapFile{Data: data}
	}
	sum, err := dir.Checksum()
	require.NoError(t, err)
	text, err := sum.MarshalText()
	require.NoError(t, err)
	files["atlas.sum"] = &fstest.MapFile{Data: text}
	s.Up = files
	return s
}

// copyRows copies all rows of an SQLite database into the tables of the same names.
func copyRows(t *testing.T, from, to *sql.DB) {
	t.Helper()
	tx, err := to.Begin()
	require.NoError(t, err)
	tables, _ := schemaOf(t, from)
	for _, table := range tables {
		if table.name == "schema_revisions" {
			continue
		}
		types := columnTypes(t, tx, table.name)
		if table.name == "procedure_list" { // a migration has inserted its row
			_, err = tx.Exec("DELETE FROM procedure_list")
			require.NoError(t, err)
		}
		eachRow(t, from, table.name, func(columns []string, row []any) {
			var values []string
			for i, column := range columns {
				values = append(values, fmt.Sprintf("$%d::text::%s", i+1, types[column]))
				if _, ok := row[i].([]byte); ok {
					values[i] = fmt.Sprintf("$%d::bytea", i+1)
				} else if row[i] != nil {
					row[i] = fmt.Sprint(row[i])
				}
			}
			_, err := tx.Exec(fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)",
				table.name, strings.Join(columns, ", "), strings.Join(values, ", ")), row...)
			require.NoError(t, err, "%s: %v", table.name, row)
		})
	}
	require.NoError(t, tx.Commit())
}

func columnTypes(t *testing.T, tx *sql.Tx, table string) map[string]string {
	t.Helper()
	rows, err := tx.Query("SELECT column_name, data_type FROM information_schema.columns WHERE table_name = $1", table)
	require.NoError(t, err)
	defer rows.Close()
	types := map[string]string{}
	for rows.Next() {
		var name, typ string
		require.NoError(t, rows.Scan(&name, &typ))
		types[name] = typ
	}
	require.NoError(t, rows.Err())
	return types
}

// restore creates an SQLite file from the dump, and returns the file and an open connection to it. It sets the times of
// receipts and deliveries to now, so that the receipts have not expired.
func restore(t *testing.T, dir string) (file string, db *sql.DB) {
	t.Helper()
	statements, err := os.ReadFile(dumpFile)
	require.NoError(t, err)
	file = filepath.Join(dir, "procedo.db")
	db, err = sql.Open("sqlite", file)
	require.NoError(t, err)
	_, err = db.Exec(string(statements))
	require.NoError(t, err)
	now := time.Now().UTC().Format("2006-01-02T15:04:05.000000Z")
	_, err = db.Exec(`UPDATE idempotency_keys SET created_at = ?1;
		UPDATE audit_deliveries SET held_until = ?1, retry_at = ?1`, now)
	require.NoError(t, err)
	return file, db
}

type schemaObject struct{ name, sql string }

// schemaOf returns the tables of an SQLite database, in the order in which they were created, and all other objects.
func schemaOf(t *testing.T, db *sql.DB) (tables, others []schemaObject) {
	t.Helper()
	rows, err := db.Query("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var kind string
		var o schemaObject
		require.NoError(t, rows.Scan(&kind, &o.name, &o.sql))
		if kind == "table" {
			tables = append(tables, o)
		} else {
			others = append(others, o)
		}
	}
	require.NoError(t, rows.Err())
	return tables, others
}

// eachRow calls fn for every row of a table.
func eachRow(t *testing.T, db *sql.DB, table string, fn func(columns []string, row []any)) {
	t.Helper()
	rows, err := db.Query("SELECT * FROM " + table)
	require.NoError(t, err)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(t, err)
	for rows.Next() {
		row, to := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			to[i] = &row[i]
		}
		require.NoError(t, rows.Scan(to...))
		fn(columns, row)
	}
	require.NoError(t, rows.Err())
}
