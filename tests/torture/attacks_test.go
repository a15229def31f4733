package torture

import (
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	driver "github.com/valkey-io/valkey-go"

	"github.com/procedo/procedo/tests/containers"
)

// attack is something that happens to a service while clients write to it. Strike is called again and again, with the
// number of earlier calls, until the time is over; between two calls the service has the given time for itself. Each
// call does its damage for about this time and ends with everything repaired: the service must recover without help.
type attack struct {
	name   string
	short  bool // a part of make test
	deploy func(t *testing.T) *deployment
	strike func(t *testing.T, d *deployment, n int, lasts time.Duration)
}

var attacks = []attack{
	{"the service is killed on SQLite", true, one(onSQLite), killAService},
	{"the service is killed on PostgreSQL", true, one(onPostgres), killAService},
	{"two processes on one SQLite file are killed in turn", false, func(t *testing.T) *deployment {
		return onSQLite(t, 2)
	}, killAService},
	{"three replicas are restarted in turn", false, func(t *testing.T) *deployment {
		return onPostgres(t, 3).withValkey()
	}, rollReplicas},
	{"three replicas are killed in turn", false, func(t *testing.T) *deployment {
		return onPostgres(t, 3).withValkey()
	}, killAService},

	{"PostgreSQL is paused", false, onNode, func(t *testing.T, d *deployment, _ int, lasts time.Duration) {
		d.node.Pause(t)
		wait(lasts)
		d.node.Unpause(t)
	}},
	{"PostgreSQL is restarted", false, onNode, func(t *testing.T, d *deployment, _ int, _ time.Duration) {
		d.node.Stop(t)
		d.node.Start(t)
	}},
	{"PostgreSQL is killed", false, onNode, func(t *testing.T, d *deployment, _ int, _ time.Duration) {
		d.node.Kill(t)
		d.node.Start(t)
	}},
	{"PostgreSQL fails over to a synchronous standby", false, behindOneProxy, failOver},
	{"the disk of PostgreSQL is full", false, onSmallNode, func(t *testing.T, d *deployment, _ int, lasts time.Duration) {
		d.disk.fill(t)
		wait(lasts)
		d.disk.free(t)
		if running, err := d.node.Running(t.Context()); err != nil || !running {
			t.Log("PostgreSQL had ended by itself")
			d.node.Start(t)
		}
	}},
	{"the disk of SQLite is full", false, onSmallDisk, func(t *testing.T, d *deployment, _ int, lasts time.Duration) {
		d.disk.fill(t)
		wait(lasts)
		d.disk.free(t)
	}},

	{"Valkey is flushed", true, cached, func(t *testing.T, d *deployment, _ int, lasts time.Duration) {
		for range 4 {
			wait(lasts / 4)
			d.valkey.Run(t, "FLUSHALL")
		}
	}},
	{"Valkey is paused", false, cached, func(t *testing.T, d *deployment, _ int, lasts time.Duration) {
		d.valkey.Pause(t)
		wait(lasts)
		d.valkey.Unpause(t)
	}},
	{"Valkey is killed", false, cached, func(t *testing.T, d *deployment, _ int, lasts time.Duration) {
		d.valkey.Kill(t)
		wait(lasts)
		d.valkey.Start(t)
	}},
	{"Valkey is poisoned", false, cached, poisonValkey},

	{"connections are reset", true, behindProxies, toxic(
		`{"type":"reset_peer","stream":"downstream","toxicity":0.3,"attributes":{"timeout":30}}`,
		`{"type":"reset_peer","stream":"upstream","toxicity":0.3,"attributes":{"timeout":30}}`)},
	{"the network is slow", false, behindProxies, toxic(
		`{"type":"latency","stream":"downstream","attributes":{"latency":150,"jitter":140}}`)},
	{"answers of the databases are lost", false, behindProxies, toxic(
		`{"type":"timeout","stream":"downstream","attributes":{"timeout":0}}`)},
	{"commands to the databases are lost", false, behindProxies, toxic(
		`{"type":"timeout","stream":"upstream","attributes":{"timeout":0}}`)},
	{"connections end in the middle and close slowly", false, behindProxies, toxic(
		`{"type":"slow_close","stream":"downstream","attributes":{"delay":1500}}`,
		`{"type":"slow_close","stream":"upstream","attributes":{"delay":1500}}`,
		`{"type":"limit_data","stream":"downstream","attributes":{"bytes":30000}}`)},

	{"the clock jumps", false, withJumpingClock, jump},
}

// wait lets the load run for a time. It waits for nothing to happen.
func wait(d time.Duration) { <-time.After(d) }

func one(on func(t *testing.T, replicas int, flags ...string) *deployment) func(t *testing.T) *deployment {
	return func(t *testing.T) *deployment { t.Helper(); return on(t, 1) }
}

// cached deploys two services with one Valkey server.
func cached(t *testing.T) *deployment {
	t.Helper()
	return onPostgres(t, 2).withValkey()
}

// onNode deploys a service with a PostgreSQL server of its own.
func onNode(t *testing.T) *deployment {
	t.Helper()
	node := containers.StartNode(t, containers.NodeConfig{})
	d := deploy(t, 1, restless(node.URL("postgres")), node.URL("postgres"))
	d.node = node
	return d
}

func behindOneProxy(t *testing.T) *deployment {
	t.Helper()
	node := containers.StartNode(t, containers.NodeConfig{})
	p, through := startProxy(t, node.URL("postgres"))
	d := deploy(t, 1, restless(through), node.URL("postgres"))
	d.node, d.proxies = node, []*proxy{p}
	return d
}

func killAService(_ *testing.T, d *deployment, n int, _ time.Duration) {
	s := d.replicas[n%len(d.replicas)]
	s.signal(syscall.SIGKILL)
	s.start()
}

func rollReplicas(_ *testing.T, d *deployment, _ int, lasts time.Duration) {
	for _, s := range d.replicas {
		wait(lasts / 3)
		s.signal(syscall.SIGTERM)
		s.start()
	}
}

// failOver makes a standby, kills the primary once the standby is synchronous, and sends the service to the standby.
func failOver(t *testing.T, d *deployment, _ int, lasts time.Duration) {
	standby := containers.StartNode(t, containers.NodeConfig{Primary: d.node})
	d.node.Follow(t)
	wait(lasts) // so that writes depend on the standby
	d.node.Kill(t)
	standby.Promote(t)
	d.proxies[0].moveTo(t, standby.Address)
	d.node, d.direct = standby, standby.URL("postgres")
}

// toxic puts toxics on all proxies for a while.
func toxic(toxics ...string) func(t *testing.T, d *deployment, n int, lasts time.Duration) {
	return func(t *testing.T, d *deployment, _ int, lasts time.Duration) {
		for _, p := range d.proxies {
			p.poison(t, toxics...)
		}
		wait(lasts)
		for _, p := range d.proxies {
			p.heal()
		}
	}
}

// poisonValkey writes other bytes under the keys of the service, and entries under the keys of others.
func poisonValkey(t *testing.T, d *deployment, _ int, lasts time.Duration) {
	c, err := driver.NewClient(driver.ClientOption{InitAddress: []string{d.valkey.Address}, DisableCache: true})
	require.NoError(t, err)
	defer c.Close()
	do := func(command ...string) driver.ValkeyResult {
		return c.Do(t.Context(), c.B().Arbitrary(command...).Build())
	}
	last := "nothing of the service"
	for deadline := time.Now().Add(lasts); time.Now().Before(deadline); wait(tick) {
		keys, err := do("KEYS", "*").AsStrSlice()
		require.NoError(t, err)
		for _, key := range keys[:min(len(keys), 200)] {
			entry, err := do("GET", key).ToString()
			if err != nil || entry == "" { // it has just expired or was evicted
				continue
			}
			require.NoError(t, do("SET", key, forged(entry, last), "KEEPTTL").Error())
			last = entry
		}
	}
	metrics, err := d.read(0, "/metrics")
	require.NoError(t, err)
	lines := strings.Split(string(metrics), "\n")
	require.True(t, slices.ContainsFunc(lines, func(line string) bool {
		return strings.HasPrefix(line, `procedo_cache_reads_total{outcome="forged",resource="run"}`) &&
			!strings.HasSuffix(line, " 0")
	}), "the service has read a forged entry")
}

func forged(entry, other string) string {
	switch b := []byte(entry); rand.IntN(5) {
	case 0:
		b[rand.IntN(len(b))] ^= byte(1 + rand.IntN(255))
		return string(b)
	case 1:
		return entry[:rand.IntN(len(entry))]
	case 2:
		return entry + "x"
	case 3:
		return strings.Repeat("garbage ", rand.IntN(1000))
	default:
		return other
	}
}
