package postgres_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/postgres"
	"github.com/procedo/procedo/adapters/secrets"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/run"
)

// A group may take as long as all its rows together may, and its callers wait that long.
func TestAGroupHasTheTimeThatAllItsRowsNeed(t *testing.T) {
	t.Parallel()
	address := cluster.Database(t)
	fx := newGroupFixture(t, openAt(t, address))
	changes := fx.commits(40)
	exec(t, cluster.Owner(t, address), `
		CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$
			BEGIN PERFORM pg_sleep(3.8); RETURN NULL; END $$`,
		`CREATE TRIGGER slow AFTER INSERT ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION slow()`)
	each, err := fx.store.App.Runs.(postgres.Runs).WriteTogether(t, changes...)
	require.NoError(t, err)
	require.Equal(t, make([]error, len(changes)), each)
}

// A rotation of keys reads and writes many runs at a time. It may take longer than any request.
func TestARotationOfKeysEndsOnASlowServer(t *testing.T) {
	t.Parallel()
	address := cluster.Database(t)
	db := openAt(t, address)
	plain := service(db)
	id := startRun(t, plain, "p")
	_, err := plain.Execute(t.Context(), ann, id, run.Draft{Submission: run.Submission{
		Step: "s", Slots: map[string][]byte{"secret": []byte(`"x"`)},
	}})
	require.NoError(t, err)
	exec(t, cluster.Owner(t, address), `
		CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$
			BEGIN PERFORM pg_sleep(4.2); RETURN NULL; END $$`,
		`CREATE TRIGGER slow AFTER INSERT ON run_slot_values FOR EACH STATEMENT EXECUTE FUNCTION slow()`)
	k, err := secrets.Generate()
	require.NoError(t, err)
	done, err := openStorage(db, storage.WithSecrets(k)).Resealer.Reseal(t.Context(), "", k.Primary())
	require.NoError(t, err)
	require.Equal(t, storage.Resealed{Last: id, Values: 1}, done)
}
