package postgres_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/postgres"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/jsondoc"
)

// A transaction that is still open may yet write an entry that belongs before committed ones. FeedAndRows therefore
// marks these committed entries as unsettled.
func TestEntriesAreUnsettledWhileAnEarlierTransactionIsOpen(t *testing.T) {
	url := cluster.Database(t)
	db, err := postgres.Open(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer conn.Close(t.Context()) //nolint:errcheck // the test is over
	tx, err := conn.Begin(t.Context())
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), "SELECT pg_current_xact_id()")
	require.NoError(t, err)
	doc, err := jsondoc.Parse([]byte(`{"id":"p","name":"P","steps":[{"key":"s","title":"S"}]}`))
	require.NoError(t, err)
	_, err = service(db).SaveDefinition(t.Context(), app.Request{ID: "request"}, doc)
	require.NoError(t, err)
	unsettled := func() (is bool) {
		rows := openStorage(db).Verify.Rows
		require.NoError(t, rows.FeedAndRows(t.Context(), func(e audit.FeedEntry) error {
			is = e.Unsettled
			return nil
		}, func(audit.Entity, int64) error { return nil }))
		return is
	}
	require.True(t, unsettled())
	require.NoError(t, tx.Rollback(t.Context()))
	// Other tests use the same cluster. Their open transactions may keep the entries unsettled for a while.
	require.Eventually(t, func() bool { return !unsettled() }, 10*time.Second, 10*time.Millisecond)
}
