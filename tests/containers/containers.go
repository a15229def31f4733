// Package containers starts PostgreSQL and Valkey for integration tests. The script images.sh prepares the images.
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

	_ "github.com/jackc/pgx/v5/stdlib" // database/sql on PostgreSQL
	"github.com/moby/moby/api/types/network"
	"github.com/stretchr/testify/require"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"

	"github.com/procedo/procedo/adapters/migrate"
)

const postgresImage = "procedo-test-postgres:17"

// Cluster is a PostgreSQL server with a template: a migrated database from which the databases of tests are cloned.
type Cluster struct {
	admin    *sql.DB
	base     *url.URL
	template string
	stop     func()
}

// Postgres starts a server, or uses the one at PROCEDO_TEST_POSTGRES_URL, and creates the template in it.
func Postgres(ctx context.Context) (*Cluster, error) {
	c := &Cluster{stop: func() {}, template: "template_" + strings.ToLower(rand.Text())}
	base := os.Getenv("PROCEDO_TEST_POSTGRES_URL")
	if base == "" {
		configure()
		container, err := testcontainers.Run(ctx, postgresImage, testcontainers.WithExposedPorts("5432/tcp"),
			testcontainers.WithEnv(map[string]string{"POSTGRES_HOST_AUTH_METHOD": "trust"}),
			testcontainers.WithCmd("postgres", "-c", "fsync=off", "-c", "max_connections=300"),
			testcontainers.WithWaitStrategy(wait.ForSQL("5432/tcp", "pgx", func(host string, port network.Port) string {
				return fmt.Sprintf("postgres://postgres@%s:%d/postgres?sslmode=disable", host, port.Num())
			})))
		if err != nil {
			return nil, fmt.Errorf(
				"start the PostgreSQL container (tests/containers/images.sh prepares its image): %w", err)
		}
		c.stop = func() { _ = container.Terminate(context.WithoutCancel(ctx)) }
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
	db, err := sql.Open("pgx", c.url(c.template))
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = migrate.Postgres.Apply(ctx, db)
	return err
}

func (c *Cluster) url(database string) string {
	u := *c.base
	u.Path = "/" + database
	return u.String()
}

// Template returns the URL of the template.
func (c *Cluster) Template() string { return c.url(c.template) }

// Stop drops the template, and stops the server if Postgres has started it.
func (c *Cluster) Stop() {
	_, _ = c.admin.Exec("DROP DATABASE IF EXISTS " + c.template)
	c.admin.Close()
	c.stop()
}

// Database creates a migrated database for a test and returns its URL.
func (c *Cluster) Database(t testing.TB) string {
	t.Helper()
	return c.create(t, " TEMPLATE "+c.template)
}

// Blank creates an empty database for a test and returns its URL.
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
		_, err := c.admin.Exec("DROP DATABASE " + name + " WITH (FORCE)")
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
