// Package consistency tests that the cache never causes errors or stale reads. Three replicas write and read on one
// database and one Valkey server, which is paused, killed and flushed meanwhile. Every read must succeed and must
// include all writes that were acknowledged before it began.
package consistency

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/procedo/procedo/adapters/caching"
	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/headcheck"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/postgres"
	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/adapters/valkey"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/tests/containers"
)

var (
	cluster *containers.Cluster
	cache   *containers.Valkey
)

func TestMain(m *testing.M) {
	var err error
	status := 1
	if cluster, err = containers.Postgres(context.Background()); err == nil {
		if cache, err = containers.StartValkey(context.Background(), nil); err == nil {
			status = m.Run()
			cache.Stop()
		}
		cluster.Stop()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(status)
}

const (
	replicas      = 3
	readers       = 8       // number of goroutines that read
	reads         = 100_000 // minimum number of reads
	runs          = 6       // number of runs that are written and read
	readsPerWrite = 200     // each counter is incremented after every 200 reads of all counters together
	faults        = 12      // number of times that Valkey is flushed, paused or killed
)

// replica is a service with its own connections and caches, like a server process.
type replica struct {
	*app.UseCases
	registry *prometheus.Registry
}

func newReplica(t *testing.T, database, cacheURL string) replica {
	t.Helper()
	return newReplicaWith(t, database, cacheURL, system.Random{})
}

func newReplicaWith(t *testing.T, database, cacheURL string, random app.Random) replica {
	t.Helper()
	db, err := postgres.Open(t.Context(), database)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	server, err := valkey.Open(cacheURL, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(server.Close)
	storage := postgres.Storage(db, cel.Language{}, memory.KeepDefinitions(10))
	master, err := storage.Keys.ServiceKey(t.Context(), app.HMACKey)
	require.NoError(t, err)
	secret, err := app.CacheKey(master)
	require.NoError(t, err)
	p := headcheck.Share(storage)
	p.Clock, p.Random = system.Clock{}, random
	r := replica{registry: prometheus.NewRegistry()}
	p, err = caching.Decorate(p, caching.Caches{
		Runs:       valkey.NewCache(server, secret, "run", caching.RunCodec{Definitions: p.Definitions}),
		Procedures: valkey.NewCache(server, secret, "procedure", caching.Codec[procedure.Record]{}),
		Pages:      valkey.NewCache(server, secret, "procedures", caching.Codec[caching.Page]{}),
	}, r.registry)
	require.NoError(t, err)
	r.UseCases = apptest.New(p)
	return r
}

// counter is a number in the database. One goroutine increments it, and all readers read it.
type counter struct {
	acknowledged atomic.Int64
	write        func(ctx context.Context, r replica, n int64) error
	read         func(ctx context.Context, r replica) (int64, error)
}

// check reads the counter on a replica. It returns an error if the read fails, or if the number is less than one that
// was acknowledged before the read began.
func (c *counter) check(ctx context.Context, r replica) error {
	minimum := c.acknowledged.Load()
	n, err := c.read(ctx, r)
	if err == nil && n < minimum {
		err = fmt.Errorf("read %d when %d had been acknowledged", n, minimum)
	}
	return err
}

var ann = app.Request{}

// runCounter returns a counter that is the value of a slot in the draft of a new run.
func runCounter(t *testing.T, r replica) *counter {
	t.Helper()
	started, err := r.StartRun(t.Context(), ann, app.StartInput{ProcedureID: "counted"})
	require.NoError(t, err)
	id := started.ID
	var last atomic.Pointer[app.RunRecord] // the state that the last reader got, as a cache of answers knows it
	last.Store(&app.RunRecord{})
	return &counter{
		write: func(ctx context.Context, r replica, n int64) error {
			_, err := r.Execute(ctx, ann, id, run.Draft{Submission: run.Submission{
				Step: "s", Slots: map[string][]byte{"n": []byte(strconv.FormatInt(n, 10))},
			}})
			return err
		},
		read: func(ctx context.Context, r replica) (int64, error) {
			got := *last.Load()
			rec, changed, err := r.RunIfChanged(ctx, id, got.Head)
			if changed && err == nil {
				got = rec
				last.Store(&rec)
			}
			if err != nil || got.Run.Steps[0].Slots[0].Value.IsAbsent() {
				return 0, err
			}
			return strconv.ParseInt(got.Run.Steps[0].Slots[0].Value.Text(), 10, 64)
		},
	}
}

// procedureCounter returns a counter that is the version number of a procedure.
func procedureCounter(
	id string, read func(ctx context.Context, r replica, id string) (procedure.Record, error),
) *counter {
	return &counter{
		write: func(ctx context.Context, r replica, n int64) error {
			doc, err := jsondoc.Parse(fmt.Appendf(nil,
				`{"id":%q,"name":"Version %d","steps":[{"key":"s","title":"S"}]}`, id, n))
			if err == nil {
				_, err = r.SaveDefinition(ctx, ann, doc)
			}
			return err
		},
		read: func(ctx context.Context, r replica) (int64, error) {
			rec, err := read(ctx, r, id)
			return int64(rec.Version), err
		},
	}
}

func TestReadsAreCurrentAndSucceedWhateverHappensToTheCache(t *testing.T) {
	database := cluster.Database(t)
	all := make([]replica, replicas)
	for i := range all {
		all[i] = newReplica(t, database, cache.URL())
	}
	doc, err := jsondoc.Parse([]byte(`{"id":"counted","name":"Counted","steps":[
		{"key":"s","title":"S","slots":[{"name":"n","type":"integer"}]}]}`))
	require.NoError(t, err)
	_, err = all[0].CreateProcedure(t.Context(), ann, doc)
	require.NoError(t, err)

	counters := []*counter{
		procedureCounter("alone", func(ctx context.Context, r replica, id string) (procedure.Record, error) {
			view, err := r.Procedure(ctx, id)
			return view.Record, err
		}),
		procedureCounter("listed", func(ctx context.Context, r replica, id string) (procedure.Record, error) {
			page, err := r.ListProcedures(ctx, app.ProcedureFilter{Query: id, Size: app.PageSize{Items: 10}})
			if err != nil || len(page.Items) != 1 {
				return procedure.Record{}, errors.Join(err, fmt.Errorf("%d procedures", len(page.Items)))
			}
			return page.Items[0], nil
		}),
	}
	for _, c := range counters {
		require.NoError(t, c.write(t.Context(), all[0], 1))
		c.acknowledged.Store(1)
	}
	for range runs {
		counters = append(counters, runCounter(t, all[0]))
	}

	var p progress
	var goroutines errgroup.Group
	for range readers {
		goroutines.Go(func() error {
			for !p.stopped.Load() {
				c, r := counters[rand.IntN(len(counters))], all[rand.IntN(replicas)]
				if err := c.check(t.Context(), r); err != nil {
					p.stopped.Store(true)
					return fmt.Errorf("read: %w", err)
				}
				p.reads.Add(1)
			}
			return nil
		})
	}
	for _, c := range counters {
		goroutines.Go(func() error {
			for n := c.acknowledged.Load() + 1; p.wait(n * readsPerWrite); n++ {
				if err := c.write(t.Context(), all[rand.IntN(replicas)], n); err != nil {
					p.stopped.Store(true)
					return fmt.Errorf("write: %w", err)
				}
				c.acknowledged.Store(n)
			}
			return nil
		})
	}
	p.injectFaults(t)
	p.stopped.Store(true)
	require.NoError(t, goroutines.Wait())
	require.GreaterOrEqual(t, p.reads.Load(), int64(reads))
	requireCacheUse(t, all)
}

// progress holds the number of reads so far, and whether the goroutines must stop.
type progress struct {
	reads   atomic.Int64
	stopped atomic.Bool
}

// wait waits until the given number of reads is reached. It returns false if the goroutines must stop.
func (p *progress) wait(n int64) bool {
	for p.reads.Load() < n && !p.stopped.Load() {
		time.Sleep(100 * time.Microsecond)
	}
	return !p.stopped.Load()
}

// injectFaults flushes, pauses and kills Valkey in turn, each time after a fixed number of reads. It returns when all
// reads are done.
func (p *progress) injectFaults(t *testing.T) {
	t.Helper()
	const interval = reads / faults
	for i := range int64(faults) {
		if !p.wait(i*interval + interval/2) {
			return
		}
		switch i % 3 {
		case 0:
			cache.Run(t, "FLUSHALL")
		case 1:
			cache.Pause(t)
			p.wait(i*interval + interval*2/3)
			cache.Unpause(t)
		case 2:
			cache.Kill(t)
			p.wait(i*interval + interval*2/3)
			cache.Start(t)
		}
	}
	p.wait(reads)
}

// requireCacheUse requires that the replicas have found current and stale entries in the cache, and have had errors.
func requireCacheUse(t *testing.T, all []replica) {
	t.Helper()
	outcomes := outcomesOf(t, all...)
	t.Log(outcomes)
	for _, outcome := range []string{"hit", "stale", "error"} {
		require.Greater(t, outcomes[outcome], 100.0, outcome)
	}
}

// outcomesOf returns the number of cache reads of the replicas by outcome.
func outcomesOf(t *testing.T, all ...replica) map[string]float64 {
	t.Helper()
	outcomes := map[string]float64{}
	for _, r := range all {
		families, err := r.registry.Gather()
		require.NoError(t, err)
		for _, f := range families {
			if f.GetName() == "procedo_cache_reads_total" {
				for _, m := range f.GetMetric() {
					outcomes[m.GetLabel()[0].GetValue()] += m.GetCounter().GetValue()
				}
			}
		}
	}
	return outcomes
}
