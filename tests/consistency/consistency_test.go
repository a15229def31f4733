// Package consistency checks what the cache promises: three replicas share one database and one Valkey that is paused, killed and
// flushed while they write and read, and no read is older than a write that was acknowledged before it began, and none fails.
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
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/postgres"
	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/adapters/valkey"
	"github.com/procedo/procedo/core/app"
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
	replicas = 3
	readers  = 8       // goroutines that read, on any replica
	reads    = 100_000 // at least
	runs     = 6       // that are written and read
	perWrite = 200     // reads of anything, between two writes of one
	harms    = 12      // blows that Valkey takes while that goes on
)

// replica is one process's worth of Procedo.
type replica struct {
	*app.Service
	registry *prometheus.Registry
}

func newReplica(t *testing.T, database, cacheURL string) replica {
	t.Helper()
	db, err := postgres.Open(t.Context(), database)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	server, err := valkey.Open(cacheURL, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(server.Close)
	p := postgres.Storage(db, cel.Language{}, memory.KeepDefinitions(10)).App
	p.Clock, p.Random = system.Clock{}, system.Random{}
	r := replica{registry: prometheus.NewRegistry()}
	p, err = caching.Decorate(p, caching.Caches{
		Runs:       valkey.NewCache(server, "run", caching.RunCodec{Definitions: p.Definitions}),
		Procedures: valkey.NewCache(server, "procedure", caching.Codec[procedure.Record]{}),
		Pages:      valkey.NewCache(server, "procedures", caching.Codec[caching.Page]{}),
	}, r.registry)
	require.NoError(t, err)
	r.Service = app.New(p)
	return r
}

// subject is something that one writer counts up, and that anybody reads.
type subject struct {
	acknowledged atomic.Int64
	write        func(ctx context.Context, r replica, n int64) error
	read         func(ctx context.Context, r replica) (int64, error)
}

// look reads on a replica and compares with what had been acknowledged before.
func (s *subject) look(ctx context.Context, r replica) error {
	least := s.acknowledged.Load()
	n, err := s.read(ctx, r)
	if err == nil && n < least {
		err = fmt.Errorf("read %d when %d had been acknowledged", n, least)
	}
	return err
}

var ann = app.Request{Actor: "ann"}

// aRun is a run whose draft holds the count.
func aRun(t *testing.T, r replica) *subject {
	t.Helper()
	started, err := r.StartRun(t.Context(), ann, app.StartInput{ProcedureID: "counted"})
	require.NoError(t, err)
	id := started.ID
	return &subject{
		write: func(ctx context.Context, r replica, n int64) error {
			_, err := r.Execute(ctx, ann, id, run.Draft{Submission: run.Submission{Step: "s", Slots: map[string][]byte{"n": []byte(strconv.FormatInt(n, 10))}}})
			return err
		},
		read: func(ctx context.Context, r replica) (int64, error) {
			got, err := r.Run(ctx, id)
			if err != nil || got.Steps[0].Slots[0].Value.IsAbsent() {
				return 0, err
			}
			return strconv.ParseInt(got.Steps[0].Slots[0].Value.Text(), 10, 64)
		},
	}
}

// aProcedure is one whose versions are the count: read by itself, or on a page of the list.
func aProcedure(id string, read func(ctx context.Context, r replica, id string) (procedure.Record, error)) *subject {
	return &subject{
		write: func(ctx context.Context, r replica, n int64) error {
			doc, err := jsondoc.Parse(fmt.Appendf(nil, `{"id":%q,"name":"Version %d","steps":[{"key":"s","title":"S"}]}`, id, n))
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

func TestNoReadIsOldAndNoneFailsWhateverHappensToTheCache(t *testing.T) {
	database := cluster.Database(t)
	all := make([]replica, replicas)
	for i := range all {
		all[i] = newReplica(t, database, cache.URL())
	}
	doc, err := jsondoc.Parse([]byte(`{"id":"counted","name":"Counted","steps":[{"key":"s","title":"S","slots":[{"name":"n","type":"integer"}]}]}`))
	require.NoError(t, err)
	_, err = all[0].CreateProcedure(t.Context(), ann, doc)
	require.NoError(t, err)

	subjects := []*subject{
		aProcedure("alone", func(ctx context.Context, r replica, id string) (procedure.Record, error) {
			view, err := r.Procedure(ctx, id)
			return view.Record, err
		}),
		aProcedure("listed", func(ctx context.Context, r replica, id string) (procedure.Record, error) {
			page, err := r.ListProcedures(ctx, app.ProcedureFilter{Query: id, Limit: 10})
			if err != nil || len(page) != 1 {
				return procedure.Record{}, errors.Join(err, fmt.Errorf("%d procedures", len(page)))
			}
			return page[0], nil
		}),
	}
	for _, s := range subjects {
		require.NoError(t, s.write(t.Context(), all[0], 1))
		s.acknowledged.Store(1)
	}
	for range runs {
		subjects = append(subjects, aRun(t, all[0]))
	}

	var p progress
	var working errgroup.Group
	for range readers {
		working.Go(func() error {
			for !p.over.Load() {
				if err := subjects[rand.IntN(len(subjects))].look(t.Context(), all[rand.IntN(replicas)]); err != nil {
					p.over.Store(true)
					return fmt.Errorf("read: %w", err)
				}
				p.reads.Add(1)
			}
			return nil
		})
	}
	for _, s := range subjects {
		working.Go(func() error {
			for n := s.acknowledged.Load() + 1; p.reach(n * perWrite); n++ {
				if err := s.write(t.Context(), all[rand.IntN(replicas)], n); err != nil {
					p.over.Store(true)
					return fmt.Errorf("write: %w", err)
				}
				s.acknowledged.Store(n)
			}
			return nil
		})
	}
	p.harm(t)
	p.over.Store(true)
	require.NoError(t, working.Wait())
	require.GreaterOrEqual(t, p.reads.Load(), int64(reads))
	report(t, all)
}

// progress is how many reads are done, and whether it is over.
type progress struct {
	reads atomic.Int64
	over  atomic.Bool
}

// reach waits until so many reads are done; false where it is over.
func (p *progress) reach(n int64) bool {
	for p.reads.Load() < n && !p.over.Load() {
		time.Sleep(100 * time.Microsecond)
	}
	return !p.over.Load()
}

// harm lets Valkey take its blows, each in the middle of its share of the reads, and waits for the last read.
func (p *progress) harm(t *testing.T) {
	t.Helper()
	const share = reads / harms
	for i := range int64(harms) {
		if !p.reach(i*share + share/2) {
			return
		}
		switch i % 3 {
		case 0:
			cache.Run(t, "FLUSHALL")
		case 1:
			cache.Pause(t)
			p.reach(i*share + share*2/3)
			cache.Unpause(t)
		case 2:
			cache.Kill(t)
			p.reach(i*share + share*2/3)
			cache.Start(t)
		}
	}
	p.reach(reads)
}

// report holds that the check was one: the cache was hit, found old, and lost.
func report(t *testing.T, all []replica) {
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
	t.Log(outcomes)
	for _, outcome := range []string{"hit", "stale", "error"} {
		require.Greater(t, outcomes[outcome], 100.0, outcome)
	}
}
