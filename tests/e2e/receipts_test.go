package e2e

import (
	"database/sql"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/api/client"
)

// openDatabase opens the database in the flags of the program.
func openDatabase(t *testing.T, flags []string) *sql.DB {
	t.Helper()
	driver, url := "pgx", flags[len(flags)-1]
	if file, ok := strings.CutPrefix(url, "sqlite:"); ok {
		driver, url = "sqlite", file
	}
	db, err := sql.Open(driver, url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func TestWithoutTheServiceKeyNothingIsServedButTheTrailCanBeVerified(t *testing.T) {
	for name, flags := range databases(t) {
		t.Run(name, func(t *testing.T) {
			run := func(args ...string) (stderr string, status int) {
				_, stderr, status = procedo(t, t.TempDir(), append(args, flags...)...)
				return stderr, status
			}
			stderr, status := run("migrate", "up")
			require.Zero(t, status, stderr)
			_, err := openDatabase(t, flags).Exec("DELETE FROM service_keys")
			require.NoError(t, err)
			for _, args := range [][]string{{"serve", "--listen", "127.0.0.1:0"}, {"run", demo}} {
				stderr, status = run(args...)
				require.Equal(t, 1, status, args)
				require.Contains(t, stderr, "lacks the secret key “hmac” in the table service_keys", args)
			}
			for _, args := range [][]string{{"audit", "verify"}, {"list"}} { // what only reads needs no secret
				stderr, status = run(args...)
				require.Zero(t, status, stderr)
			}
		})
	}
}

func TestReplicasShareReceipts(t *testing.T) {
	flags := append([]string{"--demo", "--migrate"}, databases(t)["PostgreSQL"]...)
	replicas := []*server{serve(t, t.TempDir(), flags...), serve(t, t.TempDir(), flags...)}
	start := func(s *server, reference string) *client.StartRunResponse {
		r, err := s.client().StartRunWithResponse(t.Context(), &client.StartRunParams{IdempotencyKey: new("k")},
			client.RunStart{ProcedureID: demo, Reference: &reference})
		require.NoError(t, err)
		return r
	}
	first, again := start(replicas[0], "r"), start(replicas[1], "r")
	require.Equal(t, http.StatusCreated, first.StatusCode(), string(first.Body))
	require.Equal(t, "true", again.HTTPResponse.Header.Get("Idempotency-Replayed"))
	require.Equal(t, first.Body, again.Body)
	require.Equal(t, http.StatusUnprocessableEntity, start(replicas[1], "other").StatusCode())
}
