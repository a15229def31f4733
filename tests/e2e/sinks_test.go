package e2e

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/api/client"
)

// key makes a key in the folder and returns its file and the key to verify with.
func key(t *testing.T, dir, name string) (file, public string) {
	t.Helper()
	file = filepath.Join(dir, name)
	out, stderr, status := procedo(t, dir, "audit", "keygen", "--name", name, "-o", file)
	require.Zero(t, status, stderr)
	return file, strings.TrimSpace(out)
}

// holds waits until a file has a text.
func holds(t *testing.T, file, text string) {
	t.Helper()
	require.Eventually(t, func() bool {
		data, err := os.ReadFile(file)
		return err == nil && bytes.Contains(data, []byte(text))
	}, waitAtMost, tick, "%s in %s", text, file)
}

func TestSinksGetTheWholeTrailThroughCrashesAndOutagesOnEveryDatabase(t *testing.T) {
	for name, flags := range deployments(t) {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			private, public := key(t, dir, "alice")
			file := filepath.Join(dir, "trail.jsonl")
			var up atomic.Bool
			var posted atomic.Int64
			hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if _, err := io.Copy(io.Discard, r.Body); err != nil || !up.Load() {
					w.WriteHeader(http.StatusServiceUnavailable)
					return
				}
				posted.Add(1)
			}))
			defer hook.Close()
			t.Setenv("PROCEDO_AUDIT_SINK_SECRET", "whsec_"+base64.StdEncoding.EncodeToString([]byte("twenty-four bytes of key")))
			flags = append([]string{
				"--demo", "--audit-key-file", private, "--checkpoint-every", "1s", "--audit-sink", "file:" + file,
				"--audit-sink", strings.Replace(hook.URL, "http://", "http://u:hidden@", 1) + "/hook", "--audit-sink-allow-private",
			}, flags...)

			server := serve(t, dir, flags...)
			start := func() string {
				started, err := server.client().StartRunWithResponse(t.Context(), nil, client.RunStart{ProcedureID: demo})
				require.NoError(t, err)
				require.Equal(t, 201, started.StatusCode(), string(started.Body))
				return started.JSON201.ID
			}
			holds(t, file, start()+"/2")
			holds(t, file, `{"checkpoint":1,`)
			last := start()
			server.signal(syscall.SIGKILL) // perhaps while a line is written
			server = serve(t, dir, flags...)
			holds(t, file, last+"/2")
			up.Store(true)
			require.Eventually(t, func() bool { return posted.Load() >= 5 }, waitAtMost, tick, "what could not be posted comes later")
			metrics, err := http.Get(server.url + "/metrics")
			require.NoError(t, err)
			defer metrics.Body.Close()
			counted, err := io.ReadAll(metrics.Body)
			require.NoError(t, err)
			require.Contains(t, string(counted), `procedo_audit_sink_lag_seconds{sink="file:`)
			require.Contains(t, string(counted), `procedo_audit_sink_failures_total{sink="http://127.0.0.1:`)
			require.NotContains(t, string(counted), "hidden")
			server.signal(syscall.SIGTERM)

			database := databaseFlags(flags)
			for _, args := range [][]string{{file}, {file, "--checkpoint", file}, append([]string{"--checkpoint", file}, database...)} {
				out, stderr, status := procedo(t, dir, append([]string{"audit", "verify", "--key", public}, args...)...)
				require.Zero(t, status, "%v: %s%s", args, out, stderr)
			}
		})
	}
}

// databaseFlags are those that name the database.
func databaseFlags(flags []string) (own []string) {
	for i, f := range flags {
		if f == "--database-url" {
			own = flags[i : i+2]
		}
	}
	return own
}

func TestStandardOutputBelongsToTheSink(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), binary, "serve", "--listen", "127.0.0.1:0", "--demo", "--audit-sink", "stdout:")
	cmd.Dir = t.TempDir()
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(line, `{"id":"`+demo+`/1",`), line)
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	_ = cmd.Wait()
	require.Zero(t, cmd.ProcessState.ExitCode())
}
