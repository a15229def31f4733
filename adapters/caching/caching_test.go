package caching_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/caching"
	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/run"
)

// counted counts what reaches the storage behind the cache.
type counted struct {
	app.Runs
	heads, loads, appends atomic.Int64
}

func (c *counted) Head(ctx context.Context, id string) (audit.Head, error) {
	c.heads.Add(1)
	return c.Runs.Head(ctx, id)
}

func (c *counted) Load(ctx context.Context, id string) (app.RunRecord, error) {
	c.loads.Add(1)
	return c.Runs.Load(ctx, id)
}

func (c *counted) Append(ctx context.Context, change app.RunChange) error {
	c.appends.Add(1)
	return c.Runs.Append(ctx, change)
}

// took is how many heads, loads and appends there were since it was last asked.
func (c *counted) took() string {
	return fmt.Sprintf("%d heads, %d loads, %d appends", c.heads.Swap(0), c.loads.Swap(0), c.appends.Swap(0))
}

// world is two replicas over one storage: one with the cache, one without.
type world struct {
	*app.Service
	other    *app.Service
	ports    app.Ports
	storage  *counted
	registry *prometheus.Registry
	run      string
}

var ann = app.Request{Actor: "ann"}

func newWorld(t testing.TB, caches caching.Caches) *world {
	t.Helper()
	w := &world{registry: prometheus.NewRegistry()}
	p := plain(t).App
	p.Clock, p.Random = system.Clock{}, system.Random{}
	w.other = app.New(p)
	w.storage = &counted{Runs: p.Runs}
	p.Runs = w.storage
	p, err := caching.Decorate(p, caches, w.registry)
	require.NoError(t, err)
	w.Service, w.ports = app.New(p), p
	doc, err := jsondoc.Parse([]byte(`{"id":"p","name":"P","steps":[{"key":"s","title":"S","slots":[{"name":"a","type":"string"}]},{"key":"t","title":"T"}]}`))
	require.NoError(t, err)
	_, err = w.CreateProcedure(t.Context(), ann, doc)
	require.NoError(t, err)
	started, err := w.StartRun(t.Context(), ann, app.StartInput{ProcedureID: "p"})
	require.NoError(t, err)
	w.run = started.ID
	w.storage.took()
	return w
}

func say(value string) run.Submission {
	return run.Submission{Step: "s", Slots: map[string][]byte{"a": []byte(value)}}
}

func TestWhatReachesTheStorage(t *testing.T) {
	w := newWorld(t, inMemory())
	ctx := t.Context()
	_, err := w.Execute(ctx, ann, w.run, run.Draft{Submission: say(`"x"`)})
	require.NoError(t, err)
	require.Equal(t, "0 heads, 0 loads, 1 appends", w.storage.took(), "a change of a run that was seen before")
	got, err := w.Run(ctx, w.run)
	require.NoError(t, err)
	require.EqualValues(t, 2, got.Revision)
	require.Equal(t, "1 heads, 0 loads, 0 appends", w.storage.took(), "a read of it")

	_, err = w.other.Execute(ctx, ann, w.run, run.Draft{Submission: say(`"y"`)})
	require.NoError(t, err)
	got, err = w.Run(ctx, w.run)
	require.NoError(t, err)
	require.EqualValues(t, 3, got.Revision)
	require.Equal(t, "1 heads, 1 loads, 0 appends", w.storage.took(), "a read after another replica's change")

	_, err = w.other.Execute(ctx, ann, w.run, run.Draft{Submission: say(`"z"`)})
	require.NoError(t, err)
	_, err = w.Execute(ctx, ann, w.run, run.Commit{Submission: say(`"w"`)})
	require.NoError(t, err)
	require.Equal(t, "1 heads, 1 loads, 2 appends", w.storage.took(), "a change after another replica's: overtaken, decided again")
	_, err = w.Execute(ctx, ann, w.run, run.Commit{Submission: say(`"v"`)})
	require.Equal(t, "step.already_committed", fault.From(err).Code)
	require.Equal(t, "1 heads, 0 loads, 1 appends", w.storage.took(), "a refusal is decided on the run as it is, and recorded")
}

func TestProceduresAndPagesAreGivenOutAsLongAsTheyStand(t *testing.T) {
	w := newWorld(t, inMemory())
	look := func() string {
		t.Helper()
		rec, err := w.ports.Procedures.Load(t.Context(), "p")
		require.NoError(t, err)
		page, err := w.ListProcedures(t.Context(), app.ProcedureFilter{Limit: 10})
		require.NoError(t, err)
		require.Equal(t, rec, page[0])
		return string(rec.Status)
	}
	for range 3 {
		require.Equal(t, "active", look())
	}
	_, err := w.other.ArchiveProcedure(t.Context(), ann, "p")
	require.NoError(t, err)
	for range 3 {
		require.Equal(t, "archived", look())
	}
	for key, n := range map[string]float64{"procedure hit": 5, "procedure stale": 1, "procedure miss": 2, "procedure_page hit": 4, "procedure_page stale": 1, "procedure_page miss": 1} {
		require.InDelta(t, n, w.reads(t, key), 0, key)
	}
}

// reads is a count of reads, by resource and outcome.
func (w *world) reads(t testing.TB, key string) float64 {
	t.Helper()
	families, err := w.registry.Gather()
	require.NoError(t, err)
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == "procedo_cache_reads_total" && m.GetLabel()[1].GetValue()+" "+m.GetLabel()[0].GetValue() == key {
				return m.GetCounter().GetValue()
			}
		}
	}
	t.Fatalf("no count %q", key)
	return 0
}

func TestMetricsAreByResource(t *testing.T) {
	w := newWorld(t, inMemory())
	problems, err := testutil.GatherAndLint(w.registry)
	require.NoError(t, err)
	require.Empty(t, problems)
	n, err := testutil.GatherAndCount(w.registry, "procedo_cache_reads_total", "procedo_cache_stores_total", "procedo_cache_seconds")
	require.NoError(t, err)
	require.Equal(t, 3*(4+3+2), n, "three resources by outcome or operation; nothing by id")
	_, err = caching.Decorate(app.Ports{}, inMemory(), w.registry)
	require.Error(t, err, "one set of caches to a registry")
}
