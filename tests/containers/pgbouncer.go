package containers

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/stretchr/testify/require"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"

	"github.com/procedo/procedo/adapters/migrate"
	postgresschema "github.com/procedo/procedo/schema/postgres"
)

const pgbouncerImage = "procedo-test-pgbouncer:1"

// BehindPgBouncer reports whether the tests use their databases through PgBouncer in transaction mode, as a role that
// has only the rights of procedo migrate grant.
func BehindPgBouncer() bool { return os.Getenv("PROCEDO_TEST_PGBOUNCER") != "" }

// PgBouncer is a PgBouncer in front of a cluster. It lets every user in without a password.
type PgBouncer struct {
	address string // host:port
	stop    func()
}

// StartPgBouncer starts a PgBouncer in front of the cluster. It knows the owner of the databases and the given users.
// The settings are lines of its section [pgbouncer].
func (c *Cluster) StartPgBouncer(ctx context.Context, users []string, settings ...string) (*PgBouncer, error) {
	configure()
	config, list := c.poolerConfig(settings), fmt.Sprintf("%q \"\"\n", c.base.User.Username())
	for _, user := range users {
		list += fmt.Sprintf("\"%s\" \"\"\n", strings.ReplaceAll(user, `"`, `""`))
	}
	options := []testcontainers.ContainerCustomizer{
		testcontainers.WithFiles(
			testcontainers.ContainerFile{
				Reader: strings.NewReader(config), ContainerFilePath: "/pgbouncer.ini", FileMode: 0o644,
			},
			testcontainers.ContainerFile{Reader: strings.NewReader(list), ContainerFilePath: "/users.txt", FileMode: 0o644},
		),
		testcontainers.WithCmd("pgbouncer", "-u", "postgres", "/pgbouncer.ini"),
		testcontainers.WithExposedPorts("6432/tcp"),
		testcontainers.WithWaitStrategy(wait.ForSQL("6432/tcp", "pgx", func(host string, port network.Port) string {
			u := *c.base
			u.Host = fmt.Sprintf("%s:%d", host, port.Num())
			return u.String()
		})),
		testcontainers.WithHostConfigModifier(func(h *container.HostConfig) {
			h.ExtraHosts = append(h.ExtraHosts, hostGateway+":host-gateway")
		}),
	}
	started, err := testcontainers.Run(ctx, pgbouncerImage, options...)
	if err != nil {
		return nil, fmt.Errorf("start the PgBouncer container (tests/containers/images.sh prepares its image): %w", err)
	}
	stop := func() { _ = started.Terminate(context.WithoutCancel(ctx)) }
	address, err := started.PortEndpoint(ctx, "6432/tcp", "")
	if err != nil {
		stop()
		return nil, err
	}
	return &PgBouncer{address: address, stop: stop}, nil
}

// hostGateway is the name of the host in the container.
const hostGateway = "host.docker.internal"

// poolerConfig returns the configuration of a PgBouncer. Settings that are given twice have the last value.
func (c *Cluster) poolerConfig(settings []string) string {
	host, port := c.base.Hostname(), c.base.Port()
	switch {
	case c.inside != "":
		host, port = c.inside, "5432"
	case host == "localhost" || host == "127.0.0.1" || host == "::1":
		host = hostGateway
	}
	lines := append([]string{
		"[databases]", "* = host=" + host + " port=" + port,
		"[pgbouncer]", "listen_addr = *", "listen_port = 6432", "unix_socket_dir =",
		"auth_type = trust", "auth_file = /users.txt", "admin_users = " + c.base.User.Username(),
		"pool_mode = transaction", "max_prepared_statements = 200",
		"max_client_conn = 2000", "default_pool_size = 20", "server_idle_timeout = 5", // many databases, each used briefly
	}, settings...)
	return strings.Join(lines, "\n") + "\n"
}

// URL returns the URL of a database through PgBouncer, given its direct URL, for a user.
func (p *PgBouncer) URL(t testing.TB, direct, user string) string {
	t.Helper()
	u, err := url.Parse(direct)
	require.NoError(t, err)
	u.Host, u.User = p.address, url.User(user)
	return u.String()
}

// Stop stops PgBouncer and removes its container.
func (p *PgBouncer) Stop() { p.stop() }

// poolTests starts a PgBouncer for all tests, creates the role that they use, and grants it the rights of the service
// in the template.
func (c *Cluster) poolTests(ctx context.Context) error {
	role := "procedo_" + strings.ToLower(rand.Text())
	if _, err := c.admin.ExecContext(ctx, "CREATE ROLE "+role+" LOGIN"); err != nil {
		return err
	}
	c.role = role
	db, err := c.openTemplate()
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := migrate.Postgres.Grant(ctx, db, role, postgresschema.Rights); err != nil {
		return err
	}
	c.pooler, err = c.StartPgBouncer(ctx, []string{role})
	return err
}
