package e2e

import (
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/api/client"
)

// Runs are walked on three replicas, each step on another one, while one of them is killed and started again.
func TestReplicasWalkRunsTogetherWhileOneIsKilledAndStartedAgain(t *testing.T) {
	const walks = 30
	flags := append([]string{"--demo", "--migrate"}, deployments(t)["PostgreSQL and Valkey"]...)
	replicas := make([]*serving, 3)
	start := func(i int) {
		replicas[i] = serve(t, t.TempDir(), flags...)
	}
	for i := range replicas {
		start(i)
	}
	turn := 0
	next := func() *client.ClientWithResponses {
		turn++
		return replicas[turn%len(replicas)].client()
	}
	for walk := range walks {
		switch walk % 10 {
		case 3: // in the middle of walks that it has seen: killed, and back at once at another port with nothing in memory
			replicas[walk/10].signal(syscall.SIGKILL)
			start(walk / 10)
		case 6:
			valkeyServer.Run(t, "FLUSHALL")
		}
		started, err := next().StartRunWithResponse(t.Context(), nil, client.RunStart{ProcedureID: demo})
		require.NoError(t, err)
		require.Equal(t, 201, started.StatusCode(), string(started.Body))
		id := started.JSON201.ID
		if walk%10 == 5 { // one replica is away while this run is walked on the two others
			replicas[0].signal(syscall.SIGKILL)
			replicas[0] = replicas[1]
		}
		for i, step := range demoSteps {
			written, err := next().CommitStepWithResponse(t.Context(), id, step.key, nil, client.StepCommit{Slots: values(t, step.slots), Checklist: done(step.ticks...)})
			require.NoError(t, err)
			require.Equal(t, 200, written.StatusCode(), string(written.Body))
			for range replicas {
				read, err := next().GetRunWithResponse(t.Context(), id, nil)
				require.NoError(t, err)
				require.Equal(t, string(written.Body), string(read.Body), "walk %d, step %d: every replica sees what was written", walk, i)
			}
		}
		if replicas[0] == replicas[1] {
			start(0)
		}
	}
	list, err := next().ListRunsWithResponse(t.Context(), &client.ListRunsParams{State: at(client.RunStateCompleted), Limit: at(walks + 1)})
	require.NoError(t, err)
	require.Len(t, list.JSON200.Items, walks)
	out, stderr, status := procedo(t, t.TempDir(), append([]string{"audit", "verify"}, databaseOf(flags)...)...)
	require.Zero(t, status, out+stderr)
	require.Contains(t, out, "0 findings")
}

// databaseOf is the part of a server's flags that other commands take too.
func databaseOf(flags []string) []string {
	for i, f := range flags {
		if f == "--database-url" {
			return flags[i : i+2]
		}
	}
	return nil
}

// hits is how often a server has found a run in its cache.
func (s *serving) hits() bool {
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

func TestAServerStartsWithoutItsValkeyAndUsesItOnceItIsThere(t *testing.T) {
	v := startValkey(t)
	v.Kill(t)
	server := serve(t, t.TempDir(), "--demo", "--cache-url", v.URL())
	started, err := server.client().StartRunWithResponse(t.Context(), nil, client.RunStart{ProcedureID: demo})
	require.NoError(t, err)
	require.Equal(t, 201, started.StatusCode(), string(started.Body))
	read := func() {
		t.Helper()
		got, err := server.client().GetRunWithResponse(t.Context(), started.JSON201.ID, nil)
		require.NoError(t, err)
		require.Equal(t, 200, got.StatusCode())
	}
	for range 20 {
		read()
	}
	require.False(t, server.hits())
	v.Start(t)
	require.Eventually(t, func() bool { read(); return server.hits() }, waitAtMost, tick)
}

func TestWhatIsNoCacheIsSaidAtTheStart(t *testing.T) {
	for url, want := range map[string]string{
		"": "want memory:", "memory:?megabytes=0": "from 1 to", "memory:?size=1": "unknown setting", "memory://x": "want memory:", "none:x": "stands alone",
		"redis://h": "want memory:", "valkey://": "want valkey://host:port", "valkey://u:s3cret@h/x": "cache URL",
	} {
		_, stderr, status := procedo(t, t.TempDir(), "serve", "--listen", "127.0.0.1:0", "--cache-url", url)
		require.Equal(t, 1, status, url)
		require.Contains(t, stderr, want)
		require.NotContains(t, stderr, "s3cret")
	}
	for _, url := range []string{"none:", "memory:?megabytes=1"} {
		serve(t, t.TempDir(), "--demo", "--cache-url", url).signal(syscall.SIGTERM)
	}
}
