package migrate_test

import (
	"context"
	"database/sql"
	"os"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	procedo "github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/tests/containers"
)

var cluster *containers.Cluster

func TestMain(m *testing.M) { os.Exit(containers.Run(m, &cluster)) }

func openBlank(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", cluster.Blank(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// relations returns the kinds and names of all relations, functions and triggers in the public schema.
func relations(t *testing.T, db *sql.DB) (names []string) {
	t.Helper()
	rows, err := db.Query(`SELECT relkind::text || ' ' || relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
		UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
		UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1`)
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

func TestApplyRevertAndApplyAgainOnPostgres(t *testing.T) {
	db, ctx := openBlank(t), t.Context()
	applied, err := procedo.Postgres.Apply(ctx, db)
	require.NoError(t, err)
	full, key := relations(t, db), serviceKey(t, db)
	require.Contains(t, full, "trigger audit_events_no_truncate")
	for _, insert := range []string{"SELECT 1", `
		INSERT INTO procedures VALUES ('p', 'P', '', '', 'active', 1, 1, '` + hash + `',
			'2026-11-28T17:00:00Z');
		INSERT INTO audit_events (entity_type, entity_id, seq, action, actor, occurred_at, canonical, prev_hash, hash)
			VALUES ('procedure', 'p', 1, 'a', 'b', now(), '{"payload":{}}', '` + hash + `', '` + hash + `')`} {
		_, err = db.Exec(insert)
		require.NoError(t, err)
		reverted, err := procedo.Postgres.Revert(ctx, db, len(applied)+5)
		require.NoError(t, err)
		require.Len(t, reverted, len(applied))
		require.Equal(t, []string{"i schema_revisions_pkey", "r schema_revisions"}, relations(t, db))
		again, err := procedo.Postgres.Apply(ctx, db)
		require.NoError(t, err)
		require.Equal(t, applied, again)
		require.Equal(t, full, relations(t, db))
		require.NotEqual(t, key, serviceKey(t, db))
	}
}

func TestOneOfSeveralConcurrentCallersAppliesOnPostgres(t *testing.T) {
	db := openBlank(t)
	var wg sync.WaitGroup
	counts := make([]int, 4)
	for i := range counts {
		wg.Go(func() {
			applied, err := procedo.Postgres.Apply(context.Background(), db)
			if err != nil {
				t.Error(err)
			}
			counts[i] = len(applied)
		})
	}
	wg.Wait()
	all, err := procedo.Postgres.Status(t.Context(), db)
	require.NoError(t, err)
	require.Equal(t, len(all), counts[0]+counts[1]+counts[2]+counts[3])
}

func TestPostgresRefusesToChangeAppendOnlyTables(t *testing.T) {
	db := openBlank(t)
	_, err := procedo.Postgres.Apply(t.Context(), db)
	require.NoError(t, err)
	_, err = db.Exec(`INSERT INTO procedures VALUES ('p', 'P', '', '', 'active', 1, 1, '` + hash + `',
			'2026-11-28T17:00:00Z');
		INSERT INTO audit_events (entity_type, entity_id, seq, action, actor, occurred_at, canonical, prev_hash, hash)
			VALUES ('procedure', 'p', 1, 'a', 'b', now(), '{"payload":{}}', '` + hash + `', '` + hash + `')`)
	require.NoError(t, err)
	for _, statement := range []string{
		"UPDATE audit_events SET actor = 'eve'", "DELETE FROM audit_events", "TRUNCATE audit_events",
		"TRUNCATE procedure_versions CASCADE",
	} {
		_, err = db.Exec(statement)
		require.ErrorContains(t, err, "append-only", statement)
	}
}

func TestAPostgresDatabaseOfAnotherProgramIsNotChanged(t *testing.T) {
	db := openBlank(t)
	_, err := db.Exec("CREATE TABLE theirs (x integer)")
	require.NoError(t, err)
	_, err = procedo.Postgres.Apply(t.Context(), db)
	require.ErrorContains(t, err, "not clean")
	require.Equal(t, []string{"r theirs"}, relations(t, db))
}

func TestStatusOnlyReadsOnPostgres(t *testing.T) {
	db, ctx := openBlank(t), t.Context()
	before := relations(t, db)
	all, err := procedo.Postgres.Status(ctx, db)
	require.NoError(t, err)
	require.False(t, all[0].Applied)
	require.Equal(t, before, relations(t, db), "nothing was created")
	_, err = procedo.Postgres.Apply(ctx, db)
	require.NoError(t, err)
	_, err = db.Exec("CREATE ROLE reader_only; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader_only")
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := db.Exec("DROP OWNED BY reader_only; DROP ROLE reader_only")
		require.NoError(t, err)
	})
	db.SetMaxOpenConns(1) // so that SET ROLE also applies to Status
	_, err = db.Exec("SET ROLE reader_only")
	require.NoError(t, err)
	all, err = procedo.Postgres.Status(ctx, db)
	require.NoError(t, err)
	require.True(t, all[len(all)-1].Applied)
	_, err = db.Exec("RESET ROLE")
	require.NoError(t, err)
}
