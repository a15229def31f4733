package trail

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/postgres"
	"github.com/procedo/procedo/core/app"
)

// A large change succeeds although the server needs longer for it than the limit of a small change: each row extends
// the limit.
func TestALargeChangeHasTheTimeThatItsRowsNeed(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(context.Context, service, app.RunChange) error{
		"appended": func(ctx context.Context, s service, c app.RunChange) error { return s.runs.Append(ctx, c) },
		"written while the run is locked": func(ctx context.Context, s service, c app.RunChange) error {
			return s.runs.Exclusively(ctx, c.Before.ID, func(app.RunRecord) (*app.RunChange, error) { return &c, nil })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := cluster.Database(t)
			db, err := postgres.Open(t.Context(), address)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, db.Close()) })
			s := newService(postgres.Storage(db, cel.Language{}, memory.KeepDefinitions(1)))
			save(t, s, 1)
			slowDown(t, address)
			started, err := s.StartRun(t.Context(), request, app.StartInput{ProcedureID: "long"})
			require.NoError(t, err)
			rec, err := s.runs.Load(t.Context(), started.ID)
			require.NoError(t, err)
			require.NoError(t, write(t.Context(), s, refusals(t, rec, 2000)))
		})
	}
}

// slowDown makes PostgreSQL take more than 4 seconds for every statement that adds more than 100 events.
func slowDown(t testing.TB, address string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), cluster.Owner(t, address))
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
