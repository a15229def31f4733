package postgres_test

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/adapters/postgres"
	schema "github.com/procedo/procedo/schema/postgres"
)

// refusedStatements returns the texts of the statements about a table that the role of the connection may not run.
// PostgreSQL checks the rights when it explains a statement, without executing it.
func refusedStatements(t *testing.T, conn *pgx.Conn, table string) (refused []string) {
	t.Helper()
	for _, s := range postgres.Declared() {
		if !strings.Contains(s.Text(), table) {
			continue
		}
		prepared, err := conn.Prepare(t.Context(), s.Text(), s.Text())
		require.NoError(t, err)
		values := strings.Join(slices.Repeat([]string{"NULL"}, len(prepared.ParamOIDs)), ", ")
		_, err = conn.Exec(t.Context(), strings.TrimSuffix(
			"EXPLAIN EXECUTE "+pgx.Identifier{prepared.Name}.Sanitize()+" ("+values+")", " ()"))
		var pg *pgconn.PgError
		if err != nil {
			require.ErrorAs(t, err, &pg)
			require.Equal(t, "42501", pg.Code, "%s: %s", s.Text(), pg.Message)
			refused = append(refused, s.Text())
		}
	}
	return refused
}

func TestTheServiceNeedsEachOfItsRightsAndNoOther(t *testing.T) {
	role, owned := cluster.Role(t), cluster.Owned(t)
	owner, err := sql.Open("pgx", owned)
	require.NoError(t, err)
	defer owner.Close()
	_, err = migrate.Postgres.Grant(t.Context(), owner, role, schema.Rights)
	require.NoError(t, err)
	conn, err := pgx.Connect(t.Context(), cluster.As(t, owned, role))
	require.NoError(t, err)
	defer conn.Close(context.WithoutCancel(t.Context())) //nolint:errcheck // the test is over
	for _, table := range slices.Sorted(maps.Keys(schema.Rights)) {
		require.Empty(t, refusedStatements(t, conn, table))
		for _, right := range schema.Rights[table] {
			if table == migrate.RevisionsTable {
				continue // read by Status, see adapters/migrate
			}
			_, err := owner.Exec(fmt.Sprintf("REVOKE %s ON %s FROM %s", right, table, role))
			require.NoError(t, err)
			assert.NotEmpty(t, refusedStatements(t, conn, table), "no statement needs %s on %s", right, table)
			_, err = owner.Exec(fmt.Sprintf("GRANT %s ON %s TO %s", right, table, role))
			require.NoError(t, err)
		}
	}
}
