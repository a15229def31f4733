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
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/docs"
)

// countingRuns counts the calls that reach the storage behind the cache.
type countingRuns struct {
	app.Runs
	heads, loads, appends atomic.Int64
}

func (c *countingRuns) Head(ctx context.Context, id string) (audit.Head, error) {
	c.heads.Add(1)
	return c.Runs.Head(ctx, id)
}

func (c *countingRuns) Load(ctx context.Context, id string) (app.RunRecord, error) {
	c.loads.Add(1)
	return c.Runs.Load(ctx, id)
}

func (c *countingRuns) Append(ctx context.Context, change app.RunChange) error {
	c.appends.Add(1)
	return c.Runs.Append(ctx, change)
}

// calls returns how often Head, Load and Append were called since the last call of calls.
func (c *countingRuns) calls() string {
	return fmt.Sprintf("heads %d, loads %d, appends %d", c.heads.Swap(0), c.loads.Swap(0), c.appends.Swap(0))
}

// fixture is two replicas that share a database with one procedure and one run of it. The embedded Service is a replica
// with caches; run is the id of the run.
type fixture struct {
	*app.UseCases
	other    *app.UseCases // the replica without caches
	ports    app.Ports
	storage  *countingRuns
	registry *prometheus.Registry
	run      string
}

var ann = app.Request{}

const twoSteps = `{"id":"p","name":"P","steps":[
	{"key":"s","title":"S","slots":[{"name":"a","type":"string"}]},{"key":"t","title":"T"}]}`

func newFixture(t testing.TB, caches caching.Caches) *fixture {
	t.Helper()
	return newFixtureOf(t, caches, "p", twoSteps)
}

// newFixtureOf returns a fixture with the given procedure.
func newFixtureOf(t testing.TB, caches caching.Caches, id, definition string) *fixture {
	t.Helper()
	f := &fixture{registry: prometheus.NewRegistry()}
	p := uncached(t).App
	p.Clock, p.Random = system.Clock{}, system.Random{}
	f.other = apptest.New(p)
	f.storage = &countingRuns{Runs: p.Runs}
	p.Runs = f.storage
	p, err := caching.Decorate(p, caches, f.registry)
	require.NoError(t, err)
	f.UseCases, f.ports = apptest.New(p), p
	doc, err := jsondoc.Parse([]byte(definition))
	require.NoError(t, err)
	_, err = f.CreateProcedure(t.Context(), ann, doc)
	require.NoError(t, err)
	started, err := f.StartRun(t.Context(), ann, app.StartInput{ProcedureID: id})
	require.NoError(t, err)
	f.run = started.ID
	f.storage.calls()
	return f
}

// submissionOf returns a submission for step s with a value, written in JSON, for its slot.
func submissionOf(value string) run.Submission {
	return run.Submission{Step: "s", Slots: map[string][]byte{"a": []byte(value)}}
}

func TestCallsThatReachTheStorage(t *testing.T) {
	f := newFixture(t, inMemory())
	ctx := t.Context()
	_, err := f.Execute(ctx, ann, f.run, run.Draft{Submission: submissionOf(`"x"`)})
	require.NoError(t, err)
	require.Equal(t, "heads 0, loads 0, appends 1", f.storage.calls(), "a change of a cached run")
	got, err := f.Run(ctx, f.run)
	require.NoError(t, err)
	require.EqualValues(t, 2, got.Revision)
	require.Equal(t, "heads 1, loads 0, appends 0", f.storage.calls(), "a read of a cached run")

	_, err = f.other.Execute(ctx, ann, f.run, run.Draft{Submission: submissionOf(`"y"`)})
	require.NoError(t, err)
	got, err = f.Run(ctx, f.run)
	require.NoError(t, err)
	require.EqualValues(t, 3, got.Revision)
	require.Equal(t, "heads 1, loads 0, appends 0", f.storage.calls(),
		"a read after a change by the other replica, of which the event is read")

	for i := range app.MaxCatchUp + 1 {
		_, err = f.other.Execute(ctx, ann, f.run, run.Draft{Submission: submissionOf(fmt.Sprintf(`"%d"`, i))})
		require.NoError(t, err)
	}
	_, err = f.Run(ctx, f.run)
	require.NoError(t, err)
	require.Equal(t, "heads 1, loads 1, appends 0", f.storage.calls(), "a read after many such changes")

	_, err = f.other.Execute(ctx, ann, f.run, run.Draft{Submission: submissionOf(`"z"`)})
	require.NoError(t, err)
	_, err = f.Execute(ctx, ann, f.run, run.Commit{Submission: submissionOf(`"w"`)})
	require.NoError(t, err)
	require.Equal(t, "heads 1, loads 0, appends 2", f.storage.calls(),
		"a change after a change by the other replica is rejected, then decided again")
	_, err = f.Execute(ctx, ann, f.run, run.Commit{Submission: submissionOf(`"v"`)})
	require.Equal(t, "step.already_committed", fault.From(err).Code)
	require.Equal(t, "heads 0, loads 0, appends 1", f.storage.calls(),
		"a refusal is decided on the cached run, and recorded if it is the current one")
}

func TestProceduresAndPagesAreCachedUntilTheyChange(t *testing.T) {
	f := newFixture(t, inMemory())
	status := func() string {
		t.Helper()
		rec, err := f.ports.Procedures.Load(t.Context(), "p")
		require.NoError(t, err)
		page, err := f.ListProcedures(t.Context(), app.ProcedureFilter{Size: app.PageSize{Items: 10}})
		require.NoError(t, err)
		require.Equal(t, rec, page.Items[0])
		return string(rec.Status)
	}
	for range 3 {
		require.Equal(t, "active", status())
	}
	_, err := f.other.ArchiveProcedure(t.Context(), ann, "p")
	require.NoError(t, err)
	for range 3 {
		require.Equal(t, "archived", status())
	}
	for series, want := range map[string]float64{
		"procedure hit": 5, "procedure stale": 1, "procedure miss": 2,
		"procedure_page hit": 4, "procedure_page stale": 1, "procedure_page miss": 1,
	} {
		t.Run(series, func(t *testing.T) { require.InDelta(t, want, f.reads(t, series), 0) })
	}
}

// reads returns the counter of cache reads for a series: a resource and an outcome, such as "procedure hit".
func (f *fixture) reads(t testing.TB, series string) float64 {
	t.Helper()
	families, err := f.registry.Gather()
	require.NoError(t, err)
	for _, family := range families {
		for _, m := range family.GetMetric() {
			if family.GetName() == "procedo_cache_reads_total" &&
				m.GetLabel()[1].GetValue()+" "+m.GetLabel()[0].GetValue() == series {
				return m.GetCounter().GetValue()
			}
		}
	}
	t.Fatalf("there is no series %q", series)
	return 0
}

func TestMetricsAreByResource(t *testing.T) {
	f := newFixture(t, inMemory())
	problems, err := testutil.GatherAndLint(f.registry)
	require.NoError(t, err)
	require.Empty(t, problems)
	n, err := testutil.GatherAndCount(f.registry,
		"procedo_cache_reads_total", "procedo_cache_stores_total", "procedo_cache_seconds")
	require.NoError(t, err)
	require.Equal(t, 3*(6+3+3), n, "three resources by outcome or operation; nothing by id")
	_, err = caching.Decorate(app.Ports{}, inMemory(), f.registry)
	require.Error(t, err, "a registry takes the metrics of one set of caches")
}

func BenchmarkReadRun(b *testing.B) {
	f := newFixtureOf(b, inMemory(), "incident-paiement-instantane", string(docs.Demo))
	for name, service := range map[string]*app.UseCases{"not cached": f.other, "cached": f.UseCases} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := service.Run(b.Context(), f.run)
				require.NoError(b, err)
			}
		})
	}
}
