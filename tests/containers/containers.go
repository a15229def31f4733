// Package containers starts the databases that integration tests run against; images.sh makes their images.
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

// Cluster is a PostgreSQL server with a migrated database that is cloned for each test.
type Cluster struct {
	admin    *sql.DB
	base     *url.URL
	template string
	stop     func()
}

// Postgres starts a server, or uses the one that PROCEDO_TEST_POSTGRES_URL names, and migrates the template.
func Postgres(ctx context.Context) (*Cluster, error) {
	c := &Cluster{stop: func() {}, template: "template_" + strings.ToLower(rand.Text())}
	base := os.Getenv("PROCEDO_TEST_POSTGRES_URL")
	if base == "" {
		alone()
		container, err := testcontainers.Run(ctx, postgresImage, testcontainers.WithExposedPorts("5432/tcp"),
			testcontainers.WithEnv(map[string]string{"POSTGRES_HOST_AUTH_METHOD": "trust"}),
			testcontainers.WithCmd("postgres", "-c", "fsync=off", "-c", "max_connections=300"),
			testcontainers.WithWaitStrategy(wait.ForSQL("5432/tcp", "pgx", func(host string, port network.Port) string {
				return fmt.Sprintf("postgres://postgres@%s:%d/postgres?sslmode=disable", host, port.Num())
			})))
		if err != nil {
			return nil, fmt.Errorf("the PostgreSQL container does not start (tests/containers/images.sh makes its image): %w", err)
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

// Run runs a package's tests with a server of their own, and returns the status to exit with.
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

// alone sets what testcontainers needs where no image can be pulled, and the engine is this machine's own. Containers are
// removed by whoever starts them, so that its reaper is not missed.
func alone() {
	for name, value := range map[string]string{"TESTCONTAINERS_RYUK_DISABLED": "true", "TESTCONTAINERS_HOST_OVERRIDE": "127.0.0.1"} {
		if os.Getenv(name) == "" && os.Getenv("DOCKER_HOST") == "" {
			_ = os.Setenv(name, value)
		}
	}
}

// prepare makes the template: cloning it is quicker than migrating each test's database.
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

// Template is the URL of the migrated database that tests' own are cloned from.
func (c *Cluster) Template() string { return c.url(c.template) }

// Stop ends the server, or removes what was made on one that was given.
func (c *Cluster) Stop() {
	_, _ = c.admin.Exec("DROP DATABASE IF EXISTS " + c.template)
	c.admin.Close()
	c.stop()
}

// Database returns the URL of a migrated database of the test's own.
func (c *Cluster) Database(t testing.TB) string {
	t.Helper()
	return c.create(t, " TEMPLATE "+c.template)
}

// Blank returns the URL of an empty database of the test's own.
func (c *Cluster) Blank(t testing.TB) string {
	t.Helper()
	return c.create(t, "")
}

func (c *Cluster) create(t testing.TB, from string) string {
	t.Helper()
	name := "test_" + strings.ToLower(rand.Text())
	_, err := c.admin.Exec("CREATE DATABASE " + name + from)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := c.admin.Exec("DROP DATABASE " + name + " WITH (FORCE)")
		require.NoError(t, err)
	})
	return c.url(name)
}

// Empty returns the URL of an empty database for whoever is no test; it goes with the server.
func (c *Cluster) Empty(ctx context.Context) (string, error) {
	name := "empty_" + strings.ToLower(rand.Text())
	_, err := c.admin.ExecContext(ctx, "CREATE DATABASE "+name)
	return c.url(name), err
}
