package sqlite

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// SQLite fills its page caches up to the sum of the limits of all connections, whichever of them is used, so every
// connection has a limit, and the memory that a busy service reaches follows from their sum.
func TestThePageCachesOfAllConnectionsAreLimited(t *testing.T) {
	db, err := Open("sqlite:" + filepath.Join(t.TempDir(), "procedo.db"))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })

	limit := func(p *pool) (kib int) {
		require.NoError(t, p.QueryRowContext(t.Context(), "PRAGMA cache_size").Scan(&kib))
		require.Negative(t, kib, "a limit in pages")
		return -kib
	}
	require.NoError(t, db.MigrationDB().PingContext(t.Context()))
	db.EndMigrations()
	require.Zero(t, db.migrations.Stats().OpenConnections, "it has the cache of a writer")
	sum := limit(db.write) + limit(db.ready) + readers*limit(db.read)

	scan, err := db.scans.take()
	require.NoError(t, err)
	defer db.scans.release(scan)
	require.NoError(t, sqlitex.ExecuteTransient(scan, "PRAGMA cache_size", &sqlitex.ExecOptions{
		ResultFunc: func(s *sqlite.Stmt) error {
			require.Negative(t, s.ColumnInt(0), "a limit in pages")
			sum += readers * -s.ColumnInt(0)
			return nil
		},
	}))
	assert.LessOrEqual(t, sum, 6500, "KiB, and twice as much of memory (see writerCache)")
}
