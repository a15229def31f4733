package postgres_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/secrets"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/run"
)

// A rotation of keys reads and writes many runs at a time. It may take longer than any request.
func TestARotationOfKeysEndsOnASlowServer(t *testing.T) {
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
