// Package torture starts the built program, attacks it and its databases while clients write, and checks afterwards
// that the trail says what the clients were answered: every acknowledged write once, every refusal, and nothing that
// nobody asked for. The design follows the robustness suite of etcd and Jepsen: a load, a record of its answers, a
// table of attacks and one check after each of them.
//
// Without PROCEDO_TORTURE, a few attacks of two seconds each run. With a duration such as PROCEDO_TORTURE=2m, all
// attacks run for that time each, one after another (make torture).
package torture

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/testcontainers/testcontainers-go/log"

	"github.com/procedo/procedo/tests/containers"
)

// binary is the path of the program, which TestMain builds.
var binary string

func TestMain(m *testing.M) {
	log.SetDefault(quiet{}) // the figures are not lost among the messages about containers
	go cluster()            //nolint:errcheck // the first test that needs it reports the error
	status := build(m.Run)
	if c, err := cluster(); err == nil {
		c.Stop()
	}
	os.Exit(status)
}

// build builds the program in a folder that is removed after the tests have run.
func build(run func() int) (status int) {
	dir, err := os.MkdirTemp("", "procedo-torture-")
	if err == nil {
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "procedo")
		build := exec.Command("go", "build", "-o", binary, "../../cmd/procedo")
		build.Stderr = os.Stderr
		err = build.Run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		return 1
	}
	return run()
}

// quiet is a logger that writes nothing.
type quiet struct{}

// Printf writes nothing.
func (quiet) Printf(string, ...any) {}

// cluster starts a PostgreSQL server for all tests that need one and do not attack it.
var cluster = sync.OnceValues(func() (*containers.Cluster, error) { return containers.Postgres(context.Background()) })

const (
	short      = 2 * time.Second
	waitAtMost = 2 * time.Minute
	tick       = 20 * time.Millisecond
)

// length returns how long an attack lasts, and whether all attacks are asked for.
func length(t *testing.T) (time.Duration, bool) {
	t.Helper()
	given := os.Getenv("PROCEDO_TORTURE")
	if given == "" {
		return short, false
	}
	d, err := time.ParseDuration(given)
	require.NoError(t, err, "PROCEDO_TORTURE")
	return d, true
}

func TestTorture(t *testing.T) {
	require.NoError(t, statSources())
	lasts, all := length(t)
	for _, a := range attacks {
		if all || a.short {
			t.Run(a.name, func(t *testing.T) { carryOut(t, a, lasts) })
		}
	}
}

// carryOut lets clients write to a service while it is attacked, and checks what is left.
func carryOut(t *testing.T, a attack, lasts time.Duration) {
	d := a.deploy(t)
	d.startAll()
	base := d.atRest()
	l := startLoad(t, d)
	deadline, part := time.Now().Add(lasts), min(lasts/2, max(time.Second, lasts/8))
	for n := 0; n == 0 || time.Now().Before(deadline); n++ {
		wait(part)
		a.strike(t, d, n, part)
		l.goOn(t)
	}
	d.waitUntilReady()
	l.goOn(t) // the service has recovered: it writes again
	l.stop()
	l.settle(t)
	t.Log(l.figures())
	violations := append(l.violations(), d.checkAll(l.record())...)
	violations = append(violations, d.checkRest(base, waitAtMost)...)
	for i, v := range violations {
		if i == 20 {
			t.Errorf("… %d violations", len(violations))
			break
		}
		t.Error(v)
	}
	if t.Failed() {
		t.Log(d.lastWords())
	}
}

// statSources makes cached test results depend on the source files of the binary. It calls Stat on each, because the go
// command tracks the files that a test accesses, but not those that a build in the test reads.
var statSources = sync.OnceValue(func() error {
	for _, dir := range []string{"api", "adapters", "cmd", "core", "docs", "schema"} {
		err := filepath.WalkDir(filepath.Join("../..", dir), func(path string, _ os.DirEntry, err error) error {
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
