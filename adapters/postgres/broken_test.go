package postgres_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/adapters/postgres"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/fault"
	schema "github.com/procedo/procedo/schema/postgres"
)

// TestADatabaseThatIsTakenFromTheServiceIsReported changes the database while the service runs. The service answers
// with the reason, and never with an internal error, in all of its operations and in the readiness check.
func TestADatabaseThatIsTakenFromTheServiceIsReported(t *testing.T) {
	for name, one := range map[string]struct {
		change func(t *testing.T, owner, role string) string // returns the statement that undoes it
		code   string
		ready  string // the code of the readiness check; empty for the same
	}{
		"rights revoked": {func(_ *testing.T, _, role string) string {
			return "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM " + role
		}, "service.database_denied", ""},
		"schema hidden": {func(_ *testing.T, _, role string) string {
			return "REVOKE ALL ON SCHEMA public FROM PUBLIC, " + role
		}, "service.database_schema", ""},
		"tables dropped": {func(*testing.T, string, string) string {
			return "DROP TABLE runs, audit_events, idempotency_keys CASCADE"
		}, "service.database_schema", ""},
		"column renamed": {func(*testing.T, string, string) string {
			return "ALTER TABLE runs RENAME COLUMN head_hash TO hash_of_head"
		}, "service.database_schema", "none"},
	} {
		t.Run(name, func(t *testing.T) {
			role, owned := cluster.Role(t), cluster.Owned(t)
			grantTo(t, owned, role)
			db := openAt(t, cluster.As(t, owned, role))
			s := service(db)
			id := startRun(t, s, "p")
			require.NoError(t, db.Ping(t.Context()))
			exec(t, owned, one.change(t, owned, pgx.Identifier{role}.Sanitize()))
			if one.ready != "none" {
				requireCode(t, one.code, db.Ping(t.Context()))
			}
			_, err := s.Run(t.Context(), id)
			requireCode(t, one.code, err)
			_, err = s.Execute(t.Context(), ann, id, draft("x"))
			requireCode(t, one.code, err)
		})
	}
}

func grantTo(t *testing.T, owned, role string) {
	t.Helper()
	config, err := pgx.ParseConfig(owned)
	require.NoError(t, err)
	owner := openAt(t, config.ConnString()).MigrationDB()
	defer owner.Close()
	_, err = migrate.Postgres.Grant(t.Context(), owner, role, schema.Rights)
	require.NoError(t, err)
}

func TestADatabaseThatWasDroppedIsReported(t *testing.T) {
	address := cluster.Owned(t) // a pooler has words of its own for this
	db := openAt(t, address)
	s := service(db)
	id := startRun(t, s, "p")
	exec(t, cluster.Owner(t, cluster.Blank(t)), "DROP DATABASE "+databaseName(t, address)+" WITH (FORCE)")
	requireCode(t, "service.database_missing", db.Ping(t.Context()))
	_, err := s.Run(t.Context(), id)
	requireCode(t, "service.database_missing", err)
	_, err = s.Execute(t.Context(), ann, id, draft("x"))
	requireCode(t, "service.database_missing", err)
}

// TestNoStateOfTheServerIsAnInternalError takes each class of error that the state of a server causes.
func TestNoStateOfTheServerIsAnInternalError(t *testing.T) {
	for code, want := range map[string]string{
		"42501": "service.database_denied", "28P01": "service.database_denied", "28000": "service.database_denied",
		"3D000": "service.database_missing", "42P01": "service.database_schema", "42703": "service.database_schema",
		"3F000": "service.database_schema", "25006": "service.database_read_only", "53100": "service.database_full",
		"XX001": "service.database_damaged", "XX002": "service.database_damaged", "53300": "service.unavailable",
		"57P03": "service.unavailable", "08006": "service.unavailable", "58030": "service.unavailable",
		"0A000": "service.unavailable", "26000": "service.unavailable", "55000": "service.unavailable", "55P03": "service.unavailable",
		"22021": "service.internal", "": "service.internal",
	} {
		f := fault.From(postgres.Translate(&pgconn.PgError{Code: code}))
		require.Equal(t, want, f.Code, code)
		require.Equal(t, want != "service.internal", f.Kind == fault.Unavailable, code)
	}
	require.Equal(t, fault.Unavailable, fault.From(postgres.Translate(context.DeadlineExceeded)).Kind)
}

// The readiness check compares the migrations that are applied with those of the program. Tables of other releases may
// have the same names.
func TestTheTablesOfAnotherReleaseAreNotReady(t *testing.T) {
	for name, change := range map[string]string{
		"newer":          "INSERT INTO schema_revisions VALUES ('20991231000000', 'future', 'x', 1, now())",
		"older":          "DELETE FROM schema_revisions WHERE version = (SELECT max(version) FROM schema_revisions)",
		"one is missing": "DELETE FROM schema_revisions WHERE version = (SELECT min(version) FROM schema_revisions)",
	} {
		t.Run(name, func(t *testing.T) {
			role, owned := cluster.Role(t), cluster.Owned(t)
			grantTo(t, owned, role)
			db := openAt(t, cluster.As(t, owned, role))
			require.NoError(t, db.Ping(t.Context()))
			exec(t, owned, change)
			err := db.Ping(t.Context())
			requireCode(t, "service.database_schema", err)
			require.ErrorIs(t, err, storage.ErrOtherRelease)
		})
	}
}

// What is wrong is also said if the table of the migrations is missing.
func TestMissingTablesAreNamed(t *testing.T) {
	owned := cluster.Owned(t)
	db := openAt(t, owned)
	exec(t, owned, "DROP TABLE schema_revisions, sessions")
	require.ErrorContains(t, db.Ping(t.Context()), "schema_revisions, sessions missing")
}
