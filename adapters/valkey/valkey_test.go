package valkey_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/testcontainers/testcontainers-go"

	"github.com/procedo/procedo/adapters/caching"
	"github.com/procedo/procedo/adapters/valkey"
	"github.com/procedo/procedo/tests/containers"
	"github.com/procedo/procedo/tests/contract"
)

// shared is the server for all tests that do not stop or reconfigure their server.
var shared *containers.Valkey

func TestMain(m *testing.M) {
	var err error
	if shared, err = containers.StartValkey(context.Background(), nil); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := m.Run()
	shared.Stop()
	os.Exit(status)
}

// secret is the key of the caches in these tests.
var secret = [valkey.KeySize]byte{1, 2, 3}

type cache = caching.Cache[contract.Thing]

// open returns a cache on the server. Its keys contain the name of the test, so that tests do not share them. The
// deadline is long, so that calls do not fail on a busy machine.
func open(t *testing.T, url string) cache {
	t.Helper()
	return openWithDeadline(t, url, 20*time.Second)
}

func openWithDeadline(t *testing.T, url string, deadline time.Duration) cache {
	t.Helper()
	server, err := valkey.Open(url, slog.New(slog.NewTextHandler(t.Output(), nil)), valkey.WithDeadline(deadline))
	require.NoError(t, err)
	t.Cleanup(server.Close)
	return valkey.NewCache(server, secret, t.Name(), caching.Codec[contract.Thing]{})
}

func start(t *testing.T, files []testcontainers.ContainerFile, settings ...string) *containers.Valkey {
	t.Helper()
	v, err := containers.StartValkey(t.Context(), files, settings...)
	require.NoError(t, err)
	t.Cleanup(v.Stop)
	return v
}

func TestCache(t *testing.T) {
	contract.RunCache(t, func(t *testing.T) cache { return open(t, shared.URL()) })
}

func TestCacheWithAPasswordAndADatabase(t *testing.T) {
	v := start(t, nil, "--requirepass", "s e/cret")
	contract.RunCache(t, func(t *testing.T) cache { return open(t, "valkey://:s%20e%2Fcret@"+v.Address+"/3") })
	_, _, err := open(t, "valkey://:wrong@"+v.Address).Get(t.Context(), "key")
	require.Error(t, err)
	require.NotContains(t, err.Error(), "wrong@")
}

// TestCacheInACluster uses a cluster of one node, because the client handles it like a larger cluster. To test a URL
// with several hosts, the second URL contains the same host twice.
func TestCacheInACluster(t *testing.T) {
	v := start(t, nil, "--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1")
	host, port, _ := strings.Cut(v.Address, ":")
	require.Equal(t, "127.0.0.1", host)
	v.Run(t, "CONFIG", "SET", "cluster-announce-port", port)
	v.Run(t, "CLUSTER", "ADDSLOTSRANGE", "0", "16383")
	require.Eventually(t, func() bool {
		return strings.Contains(v.Run(t, "CLUSTER", "INFO"), "cluster_state:ok")
	}, time.Minute, 10*time.Millisecond)
	for _, url := range []string{v.URL(), v.URL() + "," + v.Address} {
		t.Run(url, func(t *testing.T) {
			contract.RunCache(t, func(t *testing.T) cache { return open(t, url) })
		})
	}
}
