package release

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// docker runs a command of Docker, which must succeed, and returns its output.
func docker(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("docker", args...).CombinedOutput()
	require.NoError(t, err, "docker %s: %s", strings.Join(args, " "), out)
	return strings.TrimSpace(string(out))
}

// image is the name of the image of this machine.
const image = "procedo:" + version

// loadImage loads the image into Docker. TestMain removes it.
var loadImage = sync.OnceValue(func() error {
	file := filepath.Join(built, "procedo-"+version+"-linux-"+runtime.GOARCH+"-image.tar.gz")
	out, err := exec.Command("docker", "load", "--input", file).CombinedOutput()
	if err == nil && !strings.Contains(string(out), image) {
		err = errors.New(string(out))
	}
	return err
})

// start starts a container and removes it with its volumes when the test ends.
func start(t *testing.T, args ...string) (container string) {
	t.Helper()
	container = docker(t, append([]string{"run", "--detach"}, args...)...)
	t.Cleanup(func() { _ = exec.Command("docker", "rm", "--force", "--volumes", container).Run() })
	return container
}

// inspect returns what Docker knows about a container or an image.
func inspect(t *testing.T, name, format string) string {
	t.Helper()
	return docker(t, "inspect", "--format", format, name)
}

func TestTheImageHoldsTheProgramAloneAndRunsAsNobodyInParticular(t *testing.T) {
	require.NoError(t, loadImage())
	require.Equal(t, "65532:65532", inspect(t, image, "{{.Config.User}}"))
	require.Equal(t, "SIGTERM", inspect(t, image, "{{.Config.StopSignal}}"))
	require.Contains(t, inspect(t, image, "{{json .Config.ExposedPorts}}"), "8080/tcp")
	require.Contains(t, inspect(t, image, "{{json .Config.Volumes}}"), "/data")
	labels := inspect(t, image, "{{json .Config.Labels}}")
	require.Contains(t, labels, version)
	require.Contains(t, labels, commit)
	container := docker(t, "create", image)
	defer docker(t, "rm", "--volumes", container)
	listing, err := exec.Command("sh", "-c", "docker export "+container+" | tar t").Output()
	require.NoError(t, err)
	for name := range strings.FieldsSeq(string(listing)) {
		top, _, _ := strings.Cut(name, "/")
		require.Contains(t, []string{"procedo", "data", "etc", "tmp", "dev", "proc", "sys", ".dockerenv"}, top)
	}

	// Other machines could reach the container, so the program wants to be asked for it outright.
	out, err := exec.Command("docker", "run", "--rm", image).CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "--allow-anonymous")
}

func TestTheImageServesFromAReadOnlyRootUntilItIsStopped(t *testing.T) {
	require.NoError(t, loadImage())
	volume := docker(t, "volume", "create")
	t.Cleanup(func() { _ = exec.Command("docker", "volume", "rm", "--force", volume).Run() })
	serve := func() (container, url string) {
		container = start(t, "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--user=65532:65532",
			"--volume="+volume+":/data", "--health-interval=1s", image, "serve", "--allow-anonymous", "--demo")
		require.Eventually(t, func() bool {
			return inspect(t, container, "{{.State.Health.Status}}") == "healthy"
		}, time.Minute, 100*time.Millisecond, "docker logs %s", container)
		return container, "http://" + inspect(t, container, "{{.NetworkSettings.IPAddress}}") + ":8080"
	}
	container, url := serve()
	run := post(t, url+"/runs", `{"procedure_id":"incident-paiement-instantane"}`)
	id, _ := run["id"].(string)
	committed := post(t, url+"/runs/"+id+"/steps/alert/commit", `{"slots":{"incident_id":"INC-450123",
		"detected_at":"2026-11-23T09:30:00+01:00","severity":"high"},
		"checklist":[{"key":"acknowledged","completed":true},{"key":"on_call_informed","completed":true}]}`)
	require.Equal(t, "diagnosis", committed["current_step"])

	began := time.Now()
	docker(t, "stop", "--time", "30", container)
	require.Equal(t, "0", inspect(t, container, "{{.State.ExitCode}}"), "it ends in order")
	require.Less(t, time.Since(began), 20*time.Second)

	out := docker(t, "run", "--rm", "--read-only", "--volume="+volume+":/data", image, "audit", "verify")
	require.Contains(t, out, "1 run")
	require.Contains(t, out, "0 findings")
	_, url = serve() // the data outlives the container
	answer, err := http.Get(url + "/runs/" + id)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode)
}

// post sends a request that must succeed.
func post(t *testing.T, url, body string) (decoded map[string]any) {
	t.Helper()
	answer, err := http.Post(url, "application/json", strings.NewReader(body))
	require.NoError(t, err)
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Less(t, answer.StatusCode, 300, "%s", data)
	require.NoError(t, json.Unmarshal(data, &decoded))
	return decoded
}

func TestTheHealthCheckFailsWhereNothingListens(t *testing.T) {
	require.NoError(t, loadImage())
	out, err := exec.Command("docker", "run", "--rm", "--network=none", image, "health").CombinedOutput()
	require.Error(t, err, "%s", out)
}
