package migrate_test

import (
	"context"
	"database/sql"
	"io/fs"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"

	"ariga.io/atlas/sql/migrate"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	procedo "github.com/procedo/procedo/adapters/migrate"
)

func open(t *testing.T) *sql.DB {
	t.Helper()
	file := filepath.Join(t.TempDir(), "x.db")
	// On a busy machine, others migrate for longer than the usual five seconds.
	db, err := sql.Open("sqlite", file+"?_txlock=immediate&_pragma=busy_timeout(60000)&_pragma=foreign_keys(1)")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// objects returns the types and names of all objects in the database.
func objects(t *testing.T, db *sql.DB) (names []string) {
	t.Helper()
	rows, err := db.Query("SELECT type || ' ' || name FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1")
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var name string
		require.NoError(t, rows.Scan(&name))
		names = append(names, name)
	}
	require.NoError(t, rows.Err())
	return names
}

// serviceKey returns the only secret key in the database.
func serviceKey(t *testing.T, db *sql.DB) (key []byte) {
	t.Helper()
	require.NoError(t, db.QueryRow("SELECT key FROM service_keys WHERE name = 'hmac'").Scan(&key))
	require.Len(t, key, 32)
	return key
}

func TestApplyRevertAndApplyAgain(t *testing.T) {
	db, ctx := open(t), context.Background()
	applied, err := procedo.SQLite.Apply(ctx, db)
	require.NoError(t, err)
	require.NotEmpty(t, applied)
	full, key := objects(t, db), serviceKey(t, db)
	require.Contains(t, full, "trigger audit_events_no_delete")

	for _, insert := range []string{"", `INSERT INTO procedures VALUES ('p', 'P', '', '', 'active', 1, 1, '` + hash + `',
			'2026-11-28T17:00:00Z');
		INSERT INTO audit_events (entity_type, entity_id, seq, action, actor, occurred_at, canonical, prev_hash, hash)
			VALUES ('procedure', 'p', 1, 'a', 'b', 'c', '{"payload":{}}', '` + hash + `', '` + hash + `')`} {
		_, err = db.Exec(insert)
		require.NoError(t, err)
		reverted, err := procedo.SQLite.Revert(ctx, db, len(applied)+5)
		require.NoError(t, err)
		require.Len(t, reverted, len(applied))
		require.Equal(t, []string{"table schema_revisions"}, objects(t, db))
		again, err := procedo.SQLite.Apply(ctx, db)
		require.NoError(t, err)
		require.Equal(t, applied, again)
		require.Equal(t, full, objects(t, db))
		require.NotEqual(t, key, serviceKey(t, db))
	}
	none, err := procedo.SQLite.Apply(ctx, db)
	require.NoError(t, err)
	require.Empty(t, none)
	status, err := procedo.SQLite.Status(ctx, db)
	require.NoError(t, err)
	require.True(t, status[0].Applied)
}

const hash = "0000000000000000000000000000000000000000000000000000000000000000"

func TestOneOfSeveralConcurrentCallersApplies(t *testing.T) {
	db := open(t)
	var wg sync.WaitGroup
	counts := make([]int, 4)
	for i := range counts {
		wg.Go(func() {
			applied, err := procedo.SQLite.Apply(context.Background(), db)
			if err != nil {
				t.Error(err)
			}
			counts[i] = len(applied)
		})
	}
	wg.Wait()
	sum := 0
	for _, n := range counts {
		sum += n
	}
	all, err := procedo.SQLite.Status(context.Background(), db)
	require.NoError(t, err)
	require.Equal(t, len(all), sum)
}

// schemaOf returns a schema with the given up migrations, a correct atlas.sum, and no down migrations.
func schemaOf(t *testing.T, files map[string]string) procedo.Schema {
	t.Helper()
	dir := &migrate.MemDir{}
	up := fstest.MapFS{}
	for name, text := range files {
		require.NoError(t, dir.WriteFile(name, []byte(text)))
		up[name] = &fstest.MapFile{Data: []byte(text)}
	}
	sum, err := dir.Checksum()
	require.NoError(t, err)
	text, err := sum.MarshalText()
	require.NoError(t, err)
	up["atlas.sum"] = &fstest.MapFile{Data: text}
	s := procedo.SQLite
	s.Up, s.Down = up, fstest.MapFS{}
	return s
}

func TestFilesThatDoNotMatchAtlasSumAreRefused(t *testing.T) {
	tampered := procedo.SQLite
	files := fstest.MapFS{}
	names, err := fs.Glob(tampered.Up, "*")
	require.NoError(t, err)
	for _, name := range names {
		data, err := fs.ReadFile(tampered.Up, name)
		require.NoError(t, err)
		if filepath.Ext(name) == ".sql" {
			data = append(data, "\nDROP TABLE runs;\n"...)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	tampered.Up = files
	_, err = tampered.Apply(context.Background(), open(t))
	require.ErrorIs(t, err, procedo.ErrTampered)
}

func TestAMigrationThatChangedAfterItWasAppliedIsRefused(t *testing.T) {
	db, ctx := open(t), context.Background()
	_, err := schemaOf(t, map[string]string{"1_a.sql": "CREATE TABLE a (x TEXT);"}).Apply(ctx, db)
	require.NoError(t, err)
	_, err = schemaOf(t, map[string]string{"1_a.sql": "CREATE TABLE b (x TEXT);"}).Apply(ctx, db)
	require.ErrorIs(t, err, procedo.ErrTampered)
}

func TestAFailedMigrationChangesNothing(t *testing.T) {
	db := open(t)
	twice := "CREATE TABLE a (x TEXT);\nCREATE TABLE a (x TEXT);"
	_, err := schemaOf(t, map[string]string{"1_a.sql": twice}).Apply(context.Background(), db)
	require.Error(t, err)
	require.Empty(t, objects(t, db))
}

func TestRevertFailsWithoutADownMigration(t *testing.T) {
	db, s := open(t), schemaOf(t, map[string]string{"1_a.sql": "CREATE TABLE a (x TEXT);"})
	_, err := s.Apply(context.Background(), db)
	require.NoError(t, err)
	_, err = s.Revert(context.Background(), db, 1)
	require.ErrorContains(t, err, "migration 1 cannot be reverted")
	require.Contains(t, objects(t, db), "table a")
}

func TestADatabaseOfAnotherProgramIsNotChanged(t *testing.T) {
	for theirs, tables := range map[string][]string{
		"CREATE TABLE theirs (x TEXT)":                                    {"table theirs"},
		"CREATE TABLE theirs (x TEXT); CREATE TABLE also_theirs (x TEXT)": {"table also_theirs", "table theirs"},
		"CREATE TABLE sqlitebrowser (x TEXT)":                             {"table sqlitebrowser"},
	} {
		db := open(t)
		_, err := db.Exec(theirs)
		require.NoError(t, err)
		_, err = procedo.SQLite.Apply(t.Context(), db)
		require.ErrorContains(t, err, "not clean")
		require.Equal(t, tables, objects(t, db))
	}
}
