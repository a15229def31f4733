package containers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
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

const valkeyImage = "procedo-test-valkey:8"

// Valkey is a Valkey server that a test can pause, kill and start again. After a restart, it has the same address and
// no data.
type Valkey struct {
	Address   string // host:port
	container testcontainers.Container
	docker    *testcontainers.DockerClient
	stop      func()
}

// StartValkey starts a server. The settings are command-line arguments such as --requirepass. The files are copied into
// the container before it starts.
func StartValkey(ctx context.Context, files []testcontainers.ContainerFile, settings ...string) (*Valkey, error) {
	configure()
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	published := func(host *container.HostConfig) {
		binding := network.PortBinding{HostIP: address.Addr(), HostPort: strconv.Itoa(int(address.Port()))}
		host.PortBindings = network.PortMap{network.MustParsePort("6379/tcp"): {binding}}
	}
	container, err := testcontainers.Run(ctx, valkeyImage, testcontainers.WithExposedPorts("6379/tcp"),
		testcontainers.WithHostConfigModifier(published), testcontainers.WithFiles(files...),
		testcontainers.WithCmd(append([]string{"valkey-server", "--save", ""}, settings...)...),
		testcontainers.WithWaitStrategy(wait.ForLog("Ready to accept connections")))
	if err != nil {
		return nil, fmt.Errorf("start the Valkey container (tests/containers/images.sh prepares its image): %w", err)
	}
	docker, err := testcontainers.NewDockerClientWithOpts(ctx)
	if err != nil {
		return nil, err
	}
	return &Valkey{
		Address: address.String(), container: container, docker: docker,
		stop: func() { _ = container.Terminate(context.WithoutCancel(ctx)); _ = docker.Close() },
	}, nil
}

// freeAddress returns a local address with a free port. Docker keeps the published port of a restarted container only
// if the port was chosen explicitly.
func freeAddress() (netip.AddrPort, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return netip.AddrPort{}, err
	}
	address, err := netip.ParseAddrPort(l.Addr().String())
	return address, errors.Join(err, l.Close())
}

// Stop stops the server and removes its container.
func (v *Valkey) Stop() { v.stop() }

// URL returns the cache URL of the server.
func (v *Valkey) URL() string { return "valkey://" + v.Address }

// Pause pauses the server. Its connections stay open but nothing is answered.
func (v *Valkey) Pause(t testing.TB) {
	t.Helper()
	pause(t, v.docker, v.container.GetContainerID())
}

// Unpause resumes a paused server.
func (v *Valkey) Unpause(t testing.TB) {
	t.Helper()
	_, err := v.docker.ContainerUnpause(t.Context(), v.container.GetContainerID(), client.ContainerUnpauseOptions{})
	require.NoError(t, err)
}

// Kill kills the server.
func (v *Valkey) Kill(t testing.TB) {
	t.Helper()
	now := time.Duration(0)
	require.NoError(t, v.container.Stop(t.Context(), &now))
}

// Start starts the server again after Kill, without data and at the same address.
func (v *Valkey) Start(t testing.TB) {
	t.Helper()
	require.NoError(t, v.container.Start(t.Context()))
}

// Run runs a command of valkey-cli in the container and returns its output.
func (v *Valkey) Run(t testing.TB, command ...string) string {
	t.Helper()
	status, out, err := v.container.Exec(t.Context(), append([]string{"valkey-cli"}, command...), exec.Multiplexed())
	require.NoError(t, err)
	output, err := io.ReadAll(out)
	require.NoError(t, err)
	require.Zero(t, status, "%v: %s", command, output)
	return string(output)
}
