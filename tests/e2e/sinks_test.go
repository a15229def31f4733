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
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/api/apitest"
)

// key generates a signing key in a directory. It returns the file of the signing key, and the verifier key.
func key(t *testing.T, dir, name string) (file, public string) {
	t.Helper()
	file = filepath.Join(dir, name)
	out, stderr, status := procedo(t, dir, "audit", "keygen", "--name", name, "-o", file)
	require.Zero(t, status, stderr)
	return file, strings.TrimSpace(out)
}

// waitForText waits until a file contains a text.
func waitForText(t *testing.T, file, text string) {
	t.Helper()
	require.Eventually(t, func() bool {
		data, err := os.ReadFile(file)
		return err == nil && bytes.Contains(data, []byte(text))
	}, waitAtMost, tick, "%s in %s", text, file)
}

// checkDelivery returns an error if the contract does not declare a request to a receiver.
func checkDelivery(header http.Header, body []byte) error {
	checker, err := apitest.New()
	if err != nil {
		return err
	}
	if strings.HasPrefix(header.Get("webhook-id"), "checkpoint/") {
		return checker.CheckDelivery("checkpoint", header, body)
	}
	return checker.CheckDelivery("auditEvent", header, body)
}

func TestSinksReceiveTheWholeTrailDespiteCrashesAndOutages(t *testing.T) {
	for name, flags := range deployments(t) {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			private, public := key(t, dir, "alice")
			file := filepath.Join(dir, "trail.jsonl")
			var up atomic.Bool
			var posted atomic.Int64
			hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err != nil || !up.Load() {
					w.WriteHeader(http.StatusServiceUnavailable)
					return
				}
				if err := checkDelivery(r.Header, body); err != nil {
					t.Error(err)
				}
				posted.Add(1)
			}))
			defer hook.Close()
			secret := base64.StdEncoding.EncodeToString([]byte("twenty-four bytes of key"))
			t.Setenv("PROCEDO_AUDIT_SINK_SECRET", "whsec_"+secret)
			flags = append([]string{
				"--demo", "--audit-key-file", private, "--checkpoint-every", "1s", "--audit-sink", "file:" + file,
				"--audit-sink", strings.Replace(hook.URL, "http://", "http://u:hidden@", 1) + "/hook",
				"--audit-sink-allow-private",
			}, flags...)

			began := time.Now()
			server := serve(t, dir, flags...)
			waitForText(t, file, server.startRun(demo)+"/2")
			waitForText(t, file, `{"checkpoint":1,`)
			last := server.startRun(demo)
			server.signal(syscall.SIGKILL) // possibly while a line is written
			server = serve(t, dir, flags...)
			waitForText(t, file, last+"/2")
			up.Store(true)
			// The waits between attempts double, so the next one is at most twice as long as the receiver was down.
			longestWait := 2 * time.Since(began)
			require.Eventually(t, func() bool { return posted.Load() >= 5 }, waitAtMost+longestWait, tick,
				"records are posted once the receiver is up")
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
			for _, args := range [][]string{
				{file}, {file, "--checkpoint", file}, append([]string{"--checkpoint", file}, database...),
			} {
				out, stderr, status := procedo(t, dir, append([]string{"audit", "verify", "--key", public}, args...)...)
				require.Zero(t, status, "%v: %s%s", args, out, stderr)
			}
		})
	}
}

func TestStandardOutputHasOnlyTheRecordsOfItsSink(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), binary,
		"serve", "--listen", "127.0.0.1:0", "--demo", "--audit-sink", "stdout:")
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
