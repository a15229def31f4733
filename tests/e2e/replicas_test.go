package e2e

import (
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/api/client"
)

// The test sends the requests for each run to all replicas in turn. Meanwhile it kills replicas and starts them again.
func TestReplicasShareRunsWhileOneIsKilledAndStartedAgain(t *testing.T) {
	const runs = 30
	flags := append([]string{"--demo", "--migrate"}, deployments(t)["PostgreSQL and Valkey"]...)
	replicas := make([]*server, 3)
	start := func(i int) {
		replicas[i] = serve(t, t.TempDir(), flags...)
	}
	for i := range replicas {
		start(i)
	}
	requests := 0
	next := func() *server {
		requests++
		return replicas[requests%len(replicas)]
	}
	for n := range runs {
		switch n % 10 {
		case 3: // kill a replica and start another one, which has an empty cache and a new port
			replicas[n/10].signal(syscall.SIGKILL)
			start(n / 10)
		case 6:
			valkeyServer.Run(t, "FLUSHALL")
		}
		id := next().startRun(demo)
		if n%10 == 5 { // complete this run without replica 0
			replicas[0].signal(syscall.SIGKILL)
			replicas[0] = replicas[1]
		}
		for i := range demoSteps {
			written := next().commitDemoStep(id, i)
			for range replicas {
				read, err := next().client().GetRunWithResponse(t.Context(), id, nil)
				require.NoError(t, err)
				require.Equal(t, written, string(read.Body), "run %d, step %d", n, i)
			}
		}
		if replicas[0] == replicas[1] {
			start(0)
		}
	}
	list, err := next().client().ListRunsWithResponse(t.Context(), &client.ListRunsParams{
		State: client.FilterState{client.RunStateCompleted}, Limit: new(runs + 1),
	})
	require.NoError(t, err)
	require.Len(t, list.JSON200.Items, runs)
	out, stderr, status := procedo(t, t.TempDir(), append([]string{"audit", "verify"}, databaseFlags(flags)...)...)
	require.Zero(t, status, out+stderr)
	require.Contains(t, out, "0 findings")
}

// databaseFlags returns --database-url and its value from the flags of a server. Other commands accept that flag, too.
func databaseFlags(flags []string) []string {
	for i, f := range flags {
		if f == "--database-url" {
			return flags[i : i+2]
		}
	}
	return nil
}

// hasHits reports whether the server has found a run in its cache at least once.
func (s *server) hasHits() bool {
	s.t.Helper()
	metrics, err := s.client().GetMetricsWithResponse(s.t.Context())
	require.NoError(s.t, err)
	for line := range strings.Lines(string(metrics.Body)) {
		if n, found := strings.CutPrefix(line, `procedo_cache_reads_total{outcome="hit",resource="run"} `); found {
			return strings.TrimSpace(n) != "0"
		}
	}
	return false
}

func TestAServerStartsWithoutValkeyAndUsesItOnceItIsAvailable(t *testing.T) {
	v := startValkey(t)
	v.Kill(t)
	server := serve(t, t.TempDir(), "--demo", "--cache-url", v.URL())
	read := func() { // of a run that was never read before, so that its answer is not ready in memory
		t.Helper()
		id := server.startRun(demo)
		got, err := server.client().GetRunWithResponse(t.Context(), id, nil)
		require.NoError(t, err)
		require.Equal(t, 200, got.StatusCode())
	}
	for range 20 {
		read()
	}
	require.False(t, server.hasHits())
	v.Start(t)
	require.Eventually(t, func() bool { read(); return server.hasHits() }, waitAtMost, tick)
}

func TestServeRefusesInvalidCacheURLs(t *testing.T) {
	for url, want := range map[string]string{
		"memory:?megabytes=0":   "from 1 to",
		"memory:?size=1":        "unknown setting",
		"":                      "expected memory:",
		"memory://x":            "expected memory:",
		"none:x":                "takes no settings",
		"redis://h":             "expected memory:",
		"valkey://":             "valkey://host:port",
		"valkey://u:s3cret@h/x": "cache URL",
	} {
		t.Run(url, func(t *testing.T) {
			_, stderr, status := procedo(t, t.TempDir(), "serve", "--listen", "127.0.0.1:0", "--cache-url", url)
			require.Equal(t, 1, status)
			require.Contains(t, stderr, want)
			require.NotContains(t, stderr, "s3cret")
		})
	}
	for _, url := range []string{"none:", "memory:?megabytes=1"} {
		serve(t, t.TempDir(), "--demo", "--cache-url", url).signal(syscall.SIGTERM)
	}
}
