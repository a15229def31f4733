package trail

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/postgres"
)

// A server that needs longer for a large change than any small one may take does not make it fail: each row adds to the
// time.
func TestALargeChangeHasTheTimeThatItsRowsNeed(t *testing.T) {
	t.Parallel()
	address := cluster.Database(t)
	db, err := postgres.Open(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	s := newService(postgres.Storage(db, cel.Language{}, memory.KeepDefinitions(1)))
	save(t, s, 1)
	slowDown(t, address)
	start(t, s, 2000)
}

// slowDown makes PostgreSQL take more than 4 seconds for every statement that adds more than 100 events.
func slowDown(t testing.TB, address string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(t.Context())) }()
	_, err = conn.Exec(t.Context(), `
		CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN
			IF (SELECT count(*) FROM added) > 100 THEN
				PERFORM pg_sleep(4.2);
			END IF;
			RETURN NULL;
		END $$;
		CREATE TRIGGER slow AFTER INSERT ON audit_events REFERENCING NEW TABLE AS added
			FOR EACH STATEMENT EXECUTE FUNCTION slow()`)
	require.NoError(t, err)
}
