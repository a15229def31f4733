package postgres_test

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// ofRuns is a query with the tables that hold rows of runs, each with the columns by which they would be distributed.
const ofRuns = `WITH of_runs (name, key) AS (
	SELECT table_name::text, 'run_id' FROM information_schema.columns
		WHERE table_schema = 'public' AND column_name = 'run_id' AND table_name <> 'idempotency_keys'
	UNION ALL VALUES ('runs', 'id'), ('audit_events', 'entity_id'), ('audit_feed', 'entity_id')), `

// Runs can be distributed over several nodes only if no constraint compares rows of two runs, and no commit needs a
// number that all commits share.
func TestTheSchemaKeepsRunsApart(t *testing.T) {
	ctx := t.Context()
	db, err := pgx.Connect(ctx, cluster.Owned(t))
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close(ctx)) }()
	for what, query := range map[string]string{
		"unique indexes without the id of the run": ofRuns + `indexes AS (
			SELECT indexrelid::regclass::text AS index, indrelid, indkey::int2[] AS numbers FROM pg_index WHERE indisunique)
			SELECT index FROM indexes JOIN of_runs ON indrelid = name::regclass WHERE NOT EXISTS (
				SELECT FROM pg_attribute WHERE attrelid = indrelid AND attname = key AND attnum = ANY (numbers))`,
		"foreign keys between rows of two runs": ofRuns + `keys AS (
			SELECT conname::text, conrelid, confrelid, conkey, confkey FROM pg_constraint WHERE contype = 'f')
			SELECT conname FROM keys JOIN of_runs f ON conrelid = f.name::regclass JOIN of_runs r ON confrelid = r.name::regclass
			WHERE NOT EXISTS (SELECT FROM unnest(conkey, confkey) AS pairs (a, b)
				JOIN pg_attribute x ON x.attrelid = conrelid AND x.attnum = a AND x.attname = f.key
				JOIN pg_attribute y ON y.attrelid = confrelid AND y.attnum = b AND y.attname = r.key)`,
		"foreign keys to rows of runs from others": ofRuns + `owned AS (SELECT name::regclass::oid AS oid FROM of_runs)
			SELECT conname::text FROM pg_constraint WHERE contype = 'f' AND confrelid IN (SELECT oid FROM owned)
			AND conrelid NOT IN (SELECT oid FROM owned)`,
		"sequences": `SELECT relname::text FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace`,
	} {
		rows, err := db.Query(ctx, query)
		require.NoError(t, err, what)
		found, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err, what)
		require.Empty(t, found, what)
	}
}
