package postgres_test

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/adapters/postgres"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/tests/contract"
)

// foreignDefaults are settings of a database that differ from what the service needs.
var foreignDefaults = []string{
	"timezone TO 'America/St_Johns'", "datestyle TO 'SQL, DMY'", "intervalstyle TO 'sql_standard'",
	"default_transaction_isolation TO 'serializable'", "bytea_output TO 'escape'", "extra_float_digits TO 0",
	"random_page_cost TO 100", "statement_timeout TO 0",
}

func exec(t testing.TB, url string, statements ...string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer conn.Close(context.WithoutCancel(t.Context())) //nolint:errcheck // the test is over
	for _, statement := range statements {
		_, err := conn.Exec(t.Context(), statement)
		require.NoError(t, err, statement)
	}
}

func databaseName(t testing.TB, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	return strings.TrimPrefix(u.Path, "/")
}

func openAt(t testing.TB, address string, options ...postgres.Option) *postgres.DB {
	t.Helper()
	db, err := postgres.Open(t.Context(), address, options...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func TestStorageWithForeignDefaults(t *testing.T) {
	contract.RunStorage(t, func(t *testing.T) storage.Storage {
		address := cluster.Database(t)
		for _, setting := range foreignDefaults {
			exec(t, cluster.Owner(t, address), "ALTER DATABASE "+databaseName(t, address)+" SET "+setting)
		}
		return openStorage(openAt(t, address))
	})
}

// What is acknowledged is on disk, whatever the default of the database, unless the URL says otherwise. A default that
// waits for standbys too is kept.
func TestWritesAreOnDiskBeforeTheyAreAcknowledged(t *testing.T) {
	for given, want := range map[string]string{"on": "on", "off": "on", "local": "local", "remote_apply": "remote_apply"} {
		address := cluster.Database(t)
		exec(t, cluster.Owner(t, address),
			"ALTER DATABASE "+databaseName(t, address)+" SET synchronous_commit TO '"+given+"'")
		require.Equal(t, []string{want, want}, openAt(t, address).SettingOfWrites(t, "synchronous_commit"), given)
		db := openAt(t, address+"&synchronous_commit=off")
		require.Equal(t, []string{"off", "off"}, db.SettingOfWrites(t, "synchronous_commit"))
	}
}

// A pooler in transaction mode refuses start-up parameters that it does not know.
func TestTheStartUpMessageHoldsNoSettings(t *testing.T) {
	for _, query := range []string{"", "&search_path=s&statement_timeout=1234&pool_max_conns=4&Lock_Timeout=9"} {
		address := cluster.Database(t) + query
		db, err := postgres.Open(t.Context(), address)
		require.NoError(t, err)
		params := db.StartupParams()
		require.NoError(t, db.Close())
		require.Equal(t, map[string]string{"application_name": "procedo"}, params, query)
	}
}

func TestSettingsOfTheURLHoldInEveryTransaction(t *testing.T) {
	db := inSchema(t, cluster.Blank(t), "elsewhere", "&statement_timeout=12345")
	for name, settings := range db.SettingsSeen(t, "search_path", "statement_timeout") {
		require.Equal(t, []string{"elsewhere", "12345ms"}, settings, name)
	}
	checkEverythingWorks(t, service(db))
}

// A statement of a pooler's session may have been prepared by a client with another search_path.
func TestServicesInTwoSchemasShareThePoolersSessions(t *testing.T) {
	direct := cluster.Blank(t)
	user, _ := url.Parse(direct)
	pooler, err := cluster.StartPgBouncer(t.Context(), nil, "default_pool_size = 2")
	require.NoError(t, err)
	t.Cleanup(pooler.Stop)
	var services [2]*app.UseCases
	for i, schema := range []string{"first", "second"} {
		inSchema(t, direct, schema, "")
		pooled := openAt(t, pooler.URL(t, direct, user.User.Username())+"&search_path="+schema)
		require.NoError(t, pooled.Ping(t.Context()))
		services[i] = service(pooled)
	}
	for range 2 {
		for _, s := range services {
			checkEverythingWorks(t, s)
		}
	}
}

func TestAConnectionKeepsFewPreparedStatements(t *testing.T) {
	db := inSchema(t, cluster.Blank(t), "elsewhere", "&pool_max_conns=4")
	for i := range 600 {
		text := strconv.Itoa(i)
		require.Equal(t, text, db.Text(t, "SELECT '"+text+"'"))
	}
	number, err := strconv.Atoi(db.Text(t, "SELECT count(*)::text FROM pg_prepared_statements"))
	require.NoError(t, err)
	require.Less(t, number, 600)
	checkEverythingWorks(t, service(db))
}

// inSchema returns the database at an address after it has made a schema there, with the tables. It finds them by the
// search_path in its URL.
func inSchema(t *testing.T, address, schema, settings string) *postgres.DB {
	t.Helper()
	exec(t, address, "CREATE SCHEMA "+schema)
	db := openAt(t, address+"&search_path="+schema+settings)
	require.ErrorContains(t, db.Ping(t.Context()), "no schema")

	migrations, connection := migrate.Postgres, db.MigrationDB()
	migrations.Settings = db.Settings
	t.Cleanup(func() { require.NoError(t, connection.Close()) })
	_, err := migrations.Apply(t.Context(), connection)
	require.NoError(t, err)
	require.NoError(t, db.Ping(t.Context()))
	require.NoError(t, db.AlignFeed(t.Context()))
	return db
}

// The settings end with their transaction: in a pooler, the next one in the same session may be another client's.
func TestSettingsEndWithTheirTransaction(t *testing.T) {
	db := openAt(t, cluster.Database(t)+"&pool_max_conns=4&lock_timeout=777")
	checkEverythingWorks(t, service(db))
	names := []string{
		"transaction_isolation", "statement_timeout", "lock_timeout", "random_page_cost",
		"idle_in_transaction_session_timeout",
	}
	for name, settings := range db.SettingsOfSessions(t, names...) {
		require.Equal(t, []string{"read committed", "0", "0", "4", "0"}, settings, name)
	}
}

func TestPoolSettingsOfTheURLReachThePoolOnly(t *testing.T) {
	blank := cluster.Blank(t)
	for _, setting := range []string{
		"pool_max_conns=9", "pool_min_conns=1", "pool_min_idle_conns=1", "pool_max_conn_lifetime=1h",
		"pool_max_conn_idle_time=1h", "pool_health_check_period=1h", "pool_max_conn_lifetime_jitter=1s",
		"pool_ping_timeout=1s",
	} {
		db := openAt(t, blank+"&"+setting)
		migrations := db.MigrationDB()
		_, err := migrate.Postgres.Apply(t.Context(), migrations)
		require.NoError(t, err, setting)
		require.NoError(t, migrations.Close())
		require.NoError(t, db.Ping(t.Context()), setting)
	}
}

func TestPoolMaxConnsBoundsTheConnectionsOfAllKinds(t *testing.T) {
	for n := int32(4); n <= 100; n++ {
		b := postgres.BudgetOf(n)
		require.EqualValues(t, n, b[0]+b[1]+b[2]+b[3])
		for _, kind := range b {
			require.Positive(t, kind, n)
		}
	}
	for _, few := range []string{"1", "3"} {
		_, err := postgres.Open(t.Context(), "postgres://localhost/x?pool_max_conns="+few)
		require.ErrorContains(t, err, "at least 4")
	}
}
