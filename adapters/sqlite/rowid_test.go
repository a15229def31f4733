package sqlite

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Statements with OR REPLACE delete the rows in their way without a DELETE trigger. The rowid is a second key by which
// an event could be in the way.
func TestNoEventIsReplacedByItsRowid(t *testing.T) {
	db := openMigrated(t)
	const insert = `(rowid, entity_type, entity_id, seq, action, actor, occurred_at, canonical, prev_hash, hash)
		VALUES (?, 'run', ?, 1, 'a', 'b', 'c', '{}', printf('%064d', 0), printf('%064d', 0))`
	exec := func(statement string, args ...any) error {
		_, err := db.Writer().ExecContext(t.Context(), statement, args...)
		return err
	}
	require.NoError(t, exec("INSERT INTO audit_events "+insert, 1, "first"))
	require.NoError(t, exec("INSERT INTO audit_events "+insert, nil, "second"))
	require.ErrorContains(t, exec("INSERT OR REPLACE INTO audit_events "+insert, 1, "third"), "append-only")
	require.ErrorContains(t, exec("UPDATE OR REPLACE audit_events SET rowid = 1 WHERE rowid = 2"), "append-only")
	var left int
	require.NoError(t, db.Writer().QueryRowContext(t.Context(), "SELECT count(*) FROM audit_events").Scan(&left))
	require.Equal(t, 2, left)
}
