package postgres_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/adapters/postgres"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/audit"
	schema "github.com/procedo/procedo/schema/postgres"
	"github.com/procedo/procedo/tests/contract"
)

// readerOf opens a database that may only be read.
func readerOf(t *testing.T, address, refused string) contract.Reader {
	t.Helper()
	db := openAt(t, address)
	return contract.Reader{Storage: openStorage(db), Refused: refused, Check: func(ctx context.Context) error {
		return db.CheckReadable(ctx, schema.ReadRights())
	}}
}

// withReader creates a database and a role that may only read it. It returns the URLs of the owner and of the role.
func withReader(t *testing.T) (role, owned, address string) {
	t.Helper()
	role, owned = cluster.Role(t), cluster.Owned(t)
	owner := openAt(t, owned).MigrationDB()
	defer owner.Close()
	_, err := migrate.Postgres.Grant(t.Context(), owner, role, schema.ReadRights())
	require.NoError(t, err)
	return role, owned, cluster.As(t, owned, role)
}

func TestARoleWithTheRightToReadReadsEverything(t *testing.T) {
	_, owned, address := withReader(t)
	contract.RunReader(t, openStorage(openAt(t, owned)), func() contract.Reader {
		return readerOf(t, address, "service.database_denied")
	})
}

func TestADatabaseThatRefusesWritesIsRead(t *testing.T) {
	owned := cluster.Owned(t)
	contract.RunReader(t, openStorage(openAt(t, owned)), func() contract.Reader {
		exec(t, owned, "ALTER DATABASE "+databaseName(t, owned)+" SET default_transaction_read_only TO on")
		return readerOf(t, owned, "service.database_read_only")
	})
}

// A right that is missing is named before anything is read, and each is needed.
func TestAReaderNeedsEachOfItsRights(t *testing.T) {
	role, owned, address := withReader(t)
	reader := readerOf(t, address, "")
	checkEverythingWorks(t, service(openAt(t, owned)))
	for _, table := range slices.Sorted(maps.Keys(schema.ReadRights())) {
		exec(t, owned, fmt.Sprintf("REVOKE SELECT ON %s FROM %s", table, role))
		err := reader.Check(t.Context())
		requireCode(t, "service.database_denied", err)
		require.ErrorIs(t, err, storage.LackingError{Role: role, Rights: "SELECT ON " + table})
		if table != migrate.RevisionsTable {
			_, err = contract.ReadEverything(t.Context(), reader.Storage)
			require.ErrorContains(t, err, "permission denied for table "+table)
		}
		exec(t, owned, fmt.Sprintf("GRANT SELECT ON %s TO %s", table, role))
	}
	require.NoError(t, reader.Check(t.Context()))
}

func TestASchemaThatTheRoleMayNotUseIsNamed(t *testing.T) {
	role, owned, address := withReader(t)
	exec(t, owned, "REVOKE USAGE ON SCHEMA public FROM PUBLIC, "+role)
	err := readerOf(t, address, "").Check(t.Context())
	requireCode(t, "service.database_schema", err)
	require.ErrorContains(t, err, "has no schema that this role may use")
}

// The indexes of tables that the role may not read cannot be compared with them. Verification says so, in one line.
func TestVerificationNamesTheTablesThatTheRoleMayNotRead(t *testing.T) {
	flaws := func(db *postgres.DB) (all []audit.Problem) {
		err := openStorage(db).Verify.Objects.EachFlaw(t.Context(), func(_ string, p audit.Problem, warning bool) {
			require.True(t, warning)
			all = append(all, p)
		})
		require.NoError(t, err)
		return all
	}
	_, owned, address := withReader(t)
	require.Empty(t, flaws(openAt(t, owned)))
	require.Equal(t, []audit.Problem{audit.Wrong("index_unread", "tables",
		"audit_deliveries, idempotency_keys, procedure_list, service_keys, sessions")}, flaws(openAt(t, address)))
}
