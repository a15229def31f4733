// Package containers starts PostgreSQL, PgBouncer and Valkey for integration tests. The script images.sh prepares the
// images.
package containers

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // database/sql on PostgreSQL
	"github.com/moby/moby/api/types/network"
	"github.com/stretchr/testify/require"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"

	"github.com/procedo/procedo/adapters/migrate"
)

const postgresImage = "procedo-test-postgres:17"

// serverSettings are those of the server that Postgres starts. The databases of tests need not survive a crash of the
// machine, and are dropped before a vacuum would pay.
var serverSettings = []string{
	"max_connections=300", "fsync=off", "full_page_writes=off", "max_wal_size=4GB", "checkpoint_timeout=1h",
	"maintenance_work_mem=256MB", "autovacuum=off",
}

// Cluster is a PostgreSQL server with a template: a migrated database from which the databases of tests are cloned.
type Cluster struct {
	admin    *sql.DB
	base     *url.URL
	template string
	inside   string // IP address of the container in Docker's network; empty for a server that runs elsewhere
	stop     func()

	// If PROCEDO_TEST_PGBOUNCER is set, tests use their databases through the pooler as the role.
	role   string
	pooler *PgBouncer
}

// Postgres starts a server, or uses the one at PROCEDO_TEST_POSTGRES_URL, and creates the template in it. If
// PROCEDO_TEST_PGBOUNCER is set, it also starts a PgBouncer.
func Postgres(ctx context.Context) (*Cluster, error) {
	c := &Cluster{stop: func() {}, template: "template_" + strings.ToLower(rand.Text())}
	base := os.Getenv("PROCEDO_TEST_POSTGRES_URL")
	if base == "" {
		container, err := runPostgres(ctx, serverSettings...)
		if err != nil {
			return nil, err
		}
		c.stop = func() { _ = container.Terminate(context.WithoutCancel(ctx)) }
		if c.inside, err = container.ContainerIP(ctx); err != nil {
			return nil, err
		}
		if base, err = container.PortEndpoint(ctx, "5432/tcp", ""); err != nil {
			return nil, err
		}
		base = "postgres://postgres@" + base + "/postgres?sslmode=disable"
	}
	var err error
	if c.base, err = url.Parse(base); err != nil {
		return nil, err
	}
	if c.admin, err = sql.Open("pgx", base); err != nil {
		return nil, err
	}
	return c, c.prepare(ctx)
}

// runPostgres starts a container with a PostgreSQL server that has the given settings.
func runPostgres(ctx context.Context, settings ...string) (testcontainers.Container, error) {
	configure()
	command := []string{"postgres"}
	for _, s := range settings {
		command = append(command, "-c", s)
	}
	container, err := testcontainers.Run(ctx, postgresImage, testcontainers.WithExposedPorts("5432/tcp"),
		testcontainers.WithEnv(map[string]string{"POSTGRES_HOST_AUTH_METHOD": "trust"}),
		testcontainers.WithCmd(command...),
		testcontainers.WithWaitStrategy(wait.ForSQL("5432/tcp", "pgx", func(host string, port network.Port) string {
			return fmt.Sprintf("postgres://postgres@%s:%d/postgres?sslmode=disable", host, port.Num())
		})))
	if err != nil {
		return nil, fmt.Errorf("start the PostgreSQL container (tests/containers/images.sh prepares its image): %w", err)
	}
	return container, nil
}

// Server starts a PostgreSQL server with the given settings for a program that is not a test. It returns the server's
// address in Docker's network, so that connections avoid Docker's proxy, and the id of its first process on this
// machine.
func Server(ctx context.Context, settings ...string) (address string, pid int, stop func(), err error) {
	container, err := runPostgres(ctx, settings...)
	if err != nil {
		return "", 0, nil, err
	}
	stop = func() { _ = container.Terminate(context.WithoutCancel(ctx)) }
	ip, err := container.ContainerIP(ctx)
	if err != nil {
		stop()
		return "", 0, nil, err
	}
	state, err := container.State(ctx)
	if err != nil {
		stop()
		return "", 0, nil, err
	}
	return ip + ":5432", state.Pid, stop, nil
}

// Run starts a server, stores it in *cluster, runs the tests of a package, and stops the server. It returns the exit
// status.
func Run(m *testing.M, cluster **Cluster) (status int) {
	c, err := Postgres(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer c.Stop()
	*cluster = c
	return m.Run()
}

// configure makes testcontainers use the local Docker engine, unless DOCKER_HOST is set. It also disables the clean-up
// container Ryuk, whose image might have to be pulled: the tests remove their containers themselves.
func configure() {
	if os.Getenv("DOCKER_HOST") != "" {
		return
	}
	for name, value := range map[string]string{
		"TESTCONTAINERS_RYUK_DISABLED": "true", "TESTCONTAINERS_HOST_OVERRIDE": "127.0.0.1",
	} {
		if os.Getenv(name) == "" {
			_ = os.Setenv(name, value)
		}
	}
}

// prepare creates the template. Cloning it is faster than migrating a database for each test.
func (c *Cluster) prepare(ctx context.Context) error {
	if _, err := c.admin.ExecContext(ctx, "CREATE DATABASE "+c.template); err != nil {
		return err
	}
	db, err := c.openTemplate()
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err = migrate.Postgres.Apply(ctx, db); err != nil || !BehindPgBouncer() {
		return err
	}
	return c.poolTests(ctx)
}

func (c *Cluster) openTemplate() (*sql.DB, error) { return sql.Open("pgx", c.Template()) }

func (c *Cluster) url(database string) string {
	u := *c.base
	u.Path = "/" + database
	return u.String()
}

// Template returns the URL of the template.
func (c *Cluster) Template() string { return c.url(c.template) }

// Stop drops the template, and stops the server if Postgres has started it.
func (c *Cluster) Stop() {
	if c.pooler != nil {
		c.pooler.Stop()
	}
	_, _ = c.admin.Exec("DROP DATABASE IF EXISTS " + c.template)
	if c.role != "" {
		_, _ = c.admin.Exec("DROP ROLE IF EXISTS " + c.role)
	}
	c.admin.Close()
	c.stop()
}

// Database creates a migrated database for a test and returns the URL that the service uses: through PgBouncer if
// PROCEDO_TEST_PGBOUNCER is set.
func (c *Cluster) Database(t testing.TB) string {
	t.Helper()
	direct := c.Owned(t)
	// Asked here, too: go test keeps a result by the variables that tests read, not by those that TestMain reads.
	if !BehindPgBouncer() {
		return direct
	}
	return c.pooler.URL(t, direct, c.role)
}

// Owned creates a migrated database for a test and returns the direct URL of its owner.
func (c *Cluster) Owned(t testing.TB) string {
	t.Helper()
	return c.create(t, " TEMPLATE "+c.template)
}

// Owner returns the direct URL of the owner, given the URL of a database that the service uses.
func (c *Cluster) Owner(t testing.TB, service string) string {
	t.Helper()
	u, err := url.Parse(service)
	require.NoError(t, err)
	return c.url(strings.TrimPrefix(u.Path, "/"))
}

// As returns a URL with another user.
func (c *Cluster) As(t testing.TB, database, user string) string {
	t.Helper()
	u, err := url.Parse(database)
	require.NoError(t, err)
	u.User = url.User(user)
	return u.String()
}

// Role creates a role that may log in, for a test, and returns its name.
func (c *Cluster) Role(t testing.TB) string {
	t.Helper()
	role := "role_" + strings.ToLower(rand.Text())
	c.CreateRole(t, role, "LOGIN")
	return role
}

// CreateRole creates a role with the given attributes for a test. Databases in which the role has rights must have been
// created after it, because they are dropped first.
func (c *Cluster) CreateRole(t testing.TB, role, attributes string) {
	t.Helper()
	quoted := pgx.Identifier{role}.Sanitize()
	_, err := c.admin.Exec("CREATE ROLE " + quoted + " " + attributes)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := c.admin.Exec("DROP ROLE " + quoted)
		require.NoError(t, err)
	})
}

// DropRole drops a role that a test has created itself, and its rights in a database.
func (c *Cluster) DropRole(t testing.TB, role, database string) {
	t.Helper()
	db, err := sql.Open("pgx", database)
	require.NoError(t, err)
	defer db.Close()
	quoted := pgx.Identifier{role}.Sanitize()
	_, err = db.Exec("DROP OWNED BY " + quoted + "; DROP ROLE " + quoted)
	require.NoError(t, err)
}

// Blank creates an empty database for a test and returns the direct URL of its owner.
func (c *Cluster) Blank(t testing.TB) string {
	t.Helper()
	return c.create(t, "")
}

// create creates a database that is dropped at the end of the test. The given clause, which may be empty, is appended
// to the CREATE DATABASE statement.
func (c *Cluster) create(t testing.TB, clause string) string {
	t.Helper()
	name := "test_" + strings.ToLower(rand.Text())
	_, err := c.admin.Exec("CREATE DATABASE " + name + clause)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := c.admin.Exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)")
		require.NoError(t, err)
	})
	return c.url(name)
}

// Empty creates an empty database outside of a test and returns its URL. In contrast to Blank, it does not drop the
// database.
func (c *Cluster) Empty(ctx context.Context) (string, error) {
	name := "empty_" + strings.ToLower(rand.Text())
	_, err := c.admin.ExecContext(ctx, "CREATE DATABASE "+name)
	return c.url(name), err
}
