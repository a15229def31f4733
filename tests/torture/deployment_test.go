package torture

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // database/sql on PostgreSQL
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/tests/containers"
)

// deployment is one or several services on one database, with all that an attack needs.
type deployment struct {
	t        *testing.T
	dir      string
	flags    []string // of procedo serve, but for its address
	direct   string   // URL of the database that no attack is on the way to
	replicas []*service

	node    *containers.Node // the PostgreSQL server, if it is attacked
	valkey  *containers.Valkey
	proxies []*proxy // before PostgreSQL and Valkey
	disk    *disk
	clock   *jumpingClock
}

// deploy returns a deployment of some services that were not started yet. The database has the URL database for the
// services and direct for the checks.
func deploy(t *testing.T, replicas int, database, direct string, flags ...string) *deployment {
	t.Helper()
	d := &deployment{t: t, dir: t.TempDir(), direct: direct}
	d.flags = append([]string{"--database-url", database, "--migrate", "--refusal-limit", "0"}, flags...)
	for range replicas {
		d.replicas = append(d.replicas, &service{deployment: d, address: freeAddress(t)})
	}
	return d
}

// restless returns a URL of a PostgreSQL database with settings by which unused connections are closed soon.
func restless(database string) string {
	separator := "?"
	if strings.Contains(database, "?") {
		separator = "&"
	}
	return database + separator + "pool_max_conn_idle_time=1s&pool_health_check_period=250ms"
}

func onSQLite(t *testing.T, replicas int, flags ...string) *deployment {
	t.Helper()
	file := "sqlite:" + filepath.Join(t.TempDir(), "procedo.db")
	return deploy(t, replicas, file, file, flags...)
}

func onPostgres(t *testing.T, replicas int, flags ...string) *deployment {
	t.Helper()
	c, err := cluster()
	require.NoError(t, err)
	database := c.Owned(t)
	return deploy(t, replicas, restless(database), database, flags...)
}

// withValkey gives the services a Valkey server of their own.
func (d *deployment) withValkey() *deployment {
	d.t.Helper()
	v, err := containers.StartValkey(context.WithoutCancel(d.t.Context()), nil)
	require.NoError(d.t, err)
	d.t.Cleanup(v.Stop)
	d.valkey, d.flags = v, append(d.flags, "--cache-url", v.URL())
	return d
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// service is a process of the program. It has the same address whenever it is started.
type service struct {
	deployment *deployment
	address    string // host:port
	cmd        *exec.Cmd
	errors     bytes.Buffer // what the process prints to standard error; read only after its end
}

var announced = regexp.MustCompile(`Procedo is listening at (http://\S+) \(`)

// start starts the process and waits until it has printed its address.
func (s *service) start() {
	d := s.deployment
	d.t.Helper()
	args := append([]string{"serve", "--listen", s.address, "--log-level", "error"}, d.flags...)
	s.cmd = exec.Command(binary, args...)
	s.cmd.Dir, s.cmd.Stderr = d.dir, &s.errors
	out, err := s.cmd.StdoutPipe()
	require.NoError(d.t, err)
	require.NoError(d.t, s.cmd.Start())
	cmd := s.cmd
	d.t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	lines, listens := bufio.NewScanner(out), false
	for !listens && lines.Scan() {
		listens = announced.MatchString(lines.Text())
	}
	require.True(d.t, listens, "the service did not print its address")
	go func() { _, _ = io.Copy(io.Discard, out) }() // so that the pipe does not fill up
}

// signal sends a signal to the process and waits for its end.
func (s *service) signal(sig syscall.Signal) {
	s.deployment.t.Helper()
	require.NoError(s.deployment.t, s.cmd.Process.Signal(sig))
	_ = s.cmd.Wait()
}

// startAll starts the services and loads the procedure.
func (d *deployment) startAll() {
	d.t.Helper()
	for _, s := range d.replicas {
		s.start()
	}
	d.waitUntilReady()
	file := filepath.Join(d.dir, "torture.yaml")
	require.NoError(d.t, os.WriteFile(file, []byte(procedureYAML), 0o600))
	out, err := exec.Command(binary, "load", "--server", d.url(0), file).CombinedOutput()
	require.NoError(d.t, err, string(out))
}

// url returns the address of the service that request n should use.
func (d *deployment) url(n int) string {
	if d.clock != nil {
		return d.clock.url
	}
	return "http://" + d.replicas[n%len(d.replicas)].address
}

func (d *deployment) services() int { return max(1, len(d.replicas)) }

// asking has connections of its own, so that checks do not depend on those of the load.
var asking = &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}

// get reads a JSON document from a service.
func (d *deployment) get(n int, path string, into any) error {
	body, err := d.read(n, path)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}

func (d *deployment) read(n int, path string) ([]byte, error) {
	r, err := asking.Get(d.url(n) + path)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err == nil && r.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %d %.200s", path, r.StatusCode, body)
	}
	return body, err
}

// waitUntilReady waits until all services say that they are ready.
func (d *deployment) waitUntilReady() {
	d.t.Helper()
	for i := range d.services() {
		var err error
		require.Eventually(d.t, func() bool { _, err = d.read(i, "/readyz"); return err == nil }, waitAtMost, tick,
			"service %d is ready", i)
	}
}

// rest is what a deployment uses while nobody uses it.
type rest struct{ goroutines, connections int }

// slack is by how much a deployment may use more than before the load. Timers and idle workers come and go.
var slack = rest{goroutines: 8, connections: 4}

// atRest returns the number of goroutines of the busiest service and the number of connections to the database.
func (d *deployment) atRest() rest {
	d.t.Helper()
	var r rest
	for i := range d.replicas {
		r.goroutines = max(r.goroutines, d.goroutines(i))
	}
	r.connections = d.connections()
	return r
}

func (d *deployment) goroutines(replica int) int {
	metrics, err := d.read(replica, "/metrics")
	if err != nil {
		return 1 << 30
	}
	for line := range strings.Lines(string(metrics)) {
		if n, found := strings.CutPrefix(line, "go_goroutines "); found {
			count, err := strconv.Atoi(strings.TrimSpace(n))
			require.NoError(d.t, err)
			return count
		}
	}
	return 1 << 30
}

// connections returns the number of connections to the database, but its own. SQLite has none.
func (d *deployment) connections() (n int) {
	if !strings.HasPrefix(d.direct, "postgres:") {
		return 0
	}
	db, err := sql.Open("pgx", d.direct)
	require.NoError(d.t, err)
	defer db.Close()
	err = db.QueryRow(`SELECT count(*) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid()`).Scan(&n)
	if err != nil {
		return 1 << 30
	}
	return n
}

// checkRest waits until the deployment uses about as much as before the load, for at most the given time.
func (d *deployment) checkRest(base rest, most time.Duration) (violations []string) {
	var now rest
	for deadline := time.Now().Add(most); ; <-time.After(10 * tick) {
		now = d.atRest()
		if now.goroutines <= base.goroutines+slack.goroutines && now.connections <= base.connections+slack.connections {
			d.t.Logf("at rest: goroutines %d, before %d; connections %d, before %d",
				now.goroutines, base.goroutines, now.connections, base.connections)
			return nil
		}
		if time.Now().After(deadline) {
			return []string{fmt.Sprintf("what the service holds at rest has grown from %+v to %+v", base, now)}
		}
	}
}

// lastWords ends the services and returns the ends of what they printed to standard error.
func (d *deployment) lastWords() string {
	var all strings.Builder
	for i, s := range d.replicas {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		text := s.errors.String()
		fmt.Fprintf(&all, "service %d:\n%s\n", i, text[max(0, len(text)-3000):])
	}
	return all.String()
}
