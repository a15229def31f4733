package containers

import (
	"context"
	"database/sql"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
	"github.com/stretchr/testify/require"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/exec"
	"github.com/testcontainers/testcontainers-go/wait"
)

// nodeScript replaces the entry point of both PostgreSQL images. In contrast to them, it can be started again with the
// data of the time before, and it can make a standby: a copy of the server that $PRIMARY names, which follows it.
const nodeScript = `#!/bin/sh
set -e
bin=$(dirname "$(ls /usr/lib/postgresql/*/bin/postgres /usr/local/bin/postgres 2>/dev/null | tail -1)")
mkdir -p /data /run/postgresql
chown postgres /data /run/postgresql
chmod 700 /data
if [ ! -s /data/PG_VERSION ]; then
  if [ -n "$PRIMARY" ]; then su postgres -c "$bin/pg_basebackup -D /data -R -X stream -c fast -d '$PRIMARY'"
  else
    su postgres -c "$bin/initdb -D /data -A trust -E UTF8 --locale=C.UTF-8 >/dev/null"
    printf 'host all all all trust\nhost replication all all trust\n' >>/data/pg_hba.conf
  fi
fi
exec su postgres -c "exec $bin/postgres -D /data -c listen_addresses='*' $*"
`

// Node is a PostgreSQL server of its own, which a test can pause, kill, start again and promote. It keeps its data and
// its address.
type Node struct {
	Address   string // host:port
	container testcontainers.Container
	docker    *testcontainers.DockerClient
}

// NodeConfig says how a Node is started. All members may be left out.
type NodeConfig struct {
	Primary  *Node    // the node is a standby of this one
	Folder   string   // folder of this machine for the data
	Settings []string // in addition to serverSettings
}

// StartNode starts a server for a test.
func StartNode(t testing.TB, config NodeConfig) *Node {
	t.Helper()
	configure()
	ctx := context.WithoutCancel(t.Context())
	address, err := freeAddress()
	require.NoError(t, err)
	n := &Node{Address: address.String()}
	n.docker, err = testcontainers.NewDockerClientWithOpts(ctx)
	require.NoError(t, err)
	t.Cleanup(func() { _ = n.docker.Close() })
	n.container, err = testcontainers.Run(ctx, postgresImage, n.options(t, address, config)...)
	if n.container != nil {
		t.Cleanup(func() { _ = n.container.Terminate(ctx) })
	}
	require.NoError(t, err, "start a PostgreSQL container (tests/containers/images.sh prepares its image)")
	return n
}

func (n *Node) options(t testing.TB, at netip.AddrPort, config NodeConfig) []testcontainers.ContainerCustomizer {
	t.Helper()
	var settings []string
	for _, s := range append(append([]string{}, serverSettings...), config.Settings...) {
		settings = append(settings, "-c", s)
	}
	host := func(h *container.HostConfig) {
		binding := network.PortBinding{HostIP: at.Addr(), HostPort: strconv.Itoa(int(at.Port()))}
		h.PortBindings = network.PortMap{network.MustParsePort("5432/tcp"): {binding}}
		if config.Folder != "" {
			h.Binds = append(h.Binds, config.Folder+":/data")
		}
	}
	options := []testcontainers.ContainerCustomizer{
		testcontainers.WithExposedPorts("5432/tcp"), testcontainers.WithHostConfigModifier(host),
		testcontainers.WithFiles(testcontainers.ContainerFile{
			Reader: strings.NewReader(nodeScript), ContainerFilePath: "/node.sh", FileMode: 0o755,
		}),
		testcontainers.WithEntrypoint("/node.sh"), testcontainers.WithCmd(settings...),
		testcontainers.WithWaitStrategy(wait.ForSQL("5432/tcp", "pgx", func(string, network.Port) string {
			return n.URL("postgres")
		})),
	}
	if config.Primary != nil {
		inside, err := config.Primary.container.ContainerIP(t.Context())
		require.NoError(t, err)
		options = append(options, testcontainers.WithEnv(map[string]string{
			"PRIMARY": "host=" + inside + " user=postgres application_name=standby",
		}))
	}
	return options
}

// URL returns the URL of a database on the node.
func (n *Node) URL(database string) string {
	return "postgres://postgres@" + n.Address + "/" + database + "?sslmode=disable"
}

// Exec runs a statement as the superuser in the database postgres, on a connection of its own.
func (n *Node) Exec(ctx context.Context, statement string) error {
	db, err := sql.Open("pgx", n.URL("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, statement)
	return err
}

// Follow makes the node acknowledge a transaction only once its standby has it, and waits until it has a standby.
func (n *Node) Follow(t testing.TB) {
	t.Helper()
	require.NoError(t, n.Exec(t.Context(), "ALTER SYSTEM SET synchronous_standby_names = '*'"))
	require.NoError(t, n.Exec(t.Context(), "SELECT pg_reload_conf()"))
	require.Eventually(t, func() bool {
		return n.Exec(t.Context(), "SELECT 1 / count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == nil
	}, time.Minute, 50*time.Millisecond, "a synchronous standby")
}

// Promote makes a standby a primary and waits until it is one.
func (n *Node) Promote(t testing.TB) {
	t.Helper()
	require.NoError(t, n.Exec(t.Context(), "SELECT pg_promote(true)"))
}

// Pause pauses the server. Its connections stay open but nothing is answered.
func (n *Node) Pause(t testing.TB) {
	t.Helper()
	pause(t, n.docker, n.container.GetContainerID())
}

// Unpause resumes a paused server.
func (n *Node) Unpause(t testing.TB) {
	t.Helper()
	_, err := n.docker.ContainerUnpause(t.Context(), n.container.GetContainerID(), client.ContainerUnpauseOptions{})
	require.NoError(t, err)
}

// Kill kills all processes of the server at once.
func (n *Node) Kill(t testing.TB) {
	t.Helper()
	_, err := n.docker.ContainerKill(t.Context(), n.container.GetContainerID(), client.ContainerKillOptions{})
	require.NoError(t, err)
	n.waitForEnd(t)
}

// Stop stops the server as an operator does who does not wait for its clients (a fast shutdown).
func (n *Node) Stop(t testing.TB) {
	t.Helper()
	_, _, err := n.container.Exec(t.Context(), []string{"sh", "-c", "kill -INT $(head -1 /data/postmaster.pid)"},
		exec.Multiplexed())
	require.NoError(t, err)
	n.waitForEnd(t)
}

// Running reports whether the server runs.
func (n *Node) Running(ctx context.Context) (bool, error) {
	state, err := n.container.State(ctx)
	if err != nil {
		return false, fmt.Errorf("state of the container: %w", err)
	}
	return state.Running, nil
}

func (n *Node) waitForEnd(t testing.TB) {
	t.Helper()
	require.Eventually(t, func() bool {
		running, err := n.Running(t.Context())
		return err == nil && !running
	}, time.Minute, 20*time.Millisecond, "the server ends")
}

// Start starts the server again, with its data and at the same address.
func (n *Node) Start(t testing.TB) {
	t.Helper()
	require.NoError(t, n.container.Start(t.Context()))
}
