// Package e2e tests the built program: its commands, and its API through the generated client.
package e2e

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/api/apitest"
	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/tests/containers"
)

// binary is the path of the program, which TestMain builds.
var binary string

// checked is a client that fails for answers that violate the contract. The tests that send raw requests use it, too:
// it is the default client.
var checked = &http.Client{Transport: apitest.Transport{Base: http.DefaultTransport}}

func TestMain(m *testing.M) {
	standIn()
	http.DefaultClient = checked
	dir, err := os.MkdirTemp("", "procedo-e2e-")
	if err == nil {
		binary = filepath.Join(dir, "procedo")
		build := exec.Command("go", "build", "-o", binary, "../../cmd/procedo")
		build.Stderr = os.Stderr
		err = build.Run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
	status := 1
	if cluster, err = containers.Postgres(context.Background()); err == nil {
		if valkeyServer, err = containers.StartValkey(context.Background(), nil); err == nil {
			status = m.Run()
			valkeyServer.Stop()
		}
		cluster.Stop()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.RemoveAll(dir)
	os.Exit(status)
}

var (
	cluster      *containers.Cluster
	valkeyServer *containers.Valkey
)

const (
	waitAtMost = time.Minute
	tick       = 10 * time.Millisecond
)

// startValkey starts a Valkey server for one test.
func startValkey(t *testing.T) *containers.Valkey {
	t.Helper()
	v, err := containers.StartValkey(t.Context(), nil)
	require.NoError(t, err)
	t.Cleanup(v.Stop)
	return v
}

// deployments returns the flags of a server in two configurations, each with an empty database.
func deployments(t *testing.T) map[string][]string {
	t.Helper()
	d, flags := databases(t), map[string][]string{}
	if sqlite := d["SQLite"]; sqlite != nil {
		flags["SQLite alone"] = append([]string{"--migrate"}, sqlite...)
	}
	flags["PostgreSQL and Valkey"] = append([]string{"--migrate", "--cache-url", valkeyServer.URL()}, d["PostgreSQL"]...)
	return flags
}

// databases returns the flags for an empty database of each kind. Behind PgBouncer, the one of PostgreSQL is migrated.
func databases(t *testing.T) map[string][]string {
	t.Helper()
	if containers.BehindPgBouncer() {
		return map[string][]string{"PostgreSQL": {"--database-url", cluster.Database(t)}}
	}
	return map[string][]string{
		"SQLite":     {"--database-url", "sqlite:" + filepath.Join(t.TempDir(), "procedo.db")},
		"PostgreSQL": {"--database-url", cluster.Blank(t)},
	}
}

// statSources makes cached test results depend on the source files of the binary. It calls Stat on each, because the go
// command tracks the files that a test accesses, but not those that a build in the test reads.
var statSources = sync.OnceValue(func() error {
	for _, dir := range []string{"api", "adapters", "cmd", "core", "docs", "schema"} {
		err := filepath.WalkDir(filepath.Join("../..", dir), func(path string, _ fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			_, err = os.Stat(path)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
})

// procedo runs the program in a directory and returns its output and exit status.
func procedo(t *testing.T, dir string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	return procedoIn(t, dir, "C", args...)
}

// procedoIn is like procedo, with a value of LC_ALL.
func procedoIn(t *testing.T, dir, lang string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	require.NoError(t, statSources())
	cmd := exec.CommandContext(t.Context(), binary, args...)
	var out, errs bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.Env = dir, &out, &errs, append(os.Environ(), "LC_ALL="+lang)
	err := cmd.Run()
	if err != nil {
		require.IsType(t, &exec.ExitError{}, err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// server is a server process.
type server struct {
	t   *testing.T
	cmd *exec.Cmd
	url string
}

var announced = regexp.MustCompile(`Procedo is listening at (http://\S+) \(`)

// serve starts a server on a free port in a directory and waits until it has printed its URL.
func serve(t *testing.T, dir string, args ...string) *server {
	t.Helper()
	return serveAt(t, dir, "127.0.0.1:0", args...)
}

// serveAt is like serve but listens on the given address.
func serveAt(t *testing.T, dir, address string, args ...string) *server {
	t.Helper()
	require.NoError(t, statSources())
	args = append([]string{"serve", "--listen", address, "--log-level", "warn"}, args...)
	cmd := exec.Command(binary, args...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	s := &server{t: t, cmd: cmd}
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			s.signal(syscall.SIGKILL)
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if found := announced.FindStringSubmatch(lines.Text()); found != nil {
			s.url = found[1]
			break
		}
	}
	require.NotEmpty(t, s.url, "the server did not print its URL")
	go func() { // continue to read, so that the pipe does not fill up
		for lines.Scan() {
		}
	}()
	return s
}

// signal sends a signal to the process, waits for its end and returns its exit status.
func (s *server) signal(sig syscall.Signal) (status int) {
	s.t.Helper()
	require.NoError(s.t, s.cmd.Process.Signal(sig))
	_ = s.cmd.Wait()
	return s.cmd.ProcessState.ExitCode()
}

// client returns a client of the server with the actor claire.
func (s *server) client() *client.ClientWithResponses {
	s.t.Helper()
	asClaire := func(_ context.Context, req *http.Request) error {
		req.Header.Set("X-Actor", "claire")
		return nil
	}
	c, err := client.NewClientWithResponses(s.url, client.WithRequestEditorFn(asClaire), client.WithHTTPClient(checked))
	require.NoError(s.t, err)
	return c
}

// startRun starts a run of a procedure and returns its id.
func (s *server) startRun(procedure string) (id string) {
	s.t.Helper()
	r, err := s.client().StartRunWithResponse(s.t.Context(), nil, client.RunStart{ProcedureID: procedure})
	require.NoError(s.t, err)
	require.Equal(s.t, 201, r.StatusCode(), string(r.Body))
	return r.JSON201.ID
}

// write writes a file and returns its path.
func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	file := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}
