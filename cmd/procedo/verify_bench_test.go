package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/encoding"
	"github.com/procedo/procedo/core/verify"
	"github.com/procedo/procedo/tests/containers"
)

// fiveSteps returns a procedure of five steps with four slots and two items each, and the input for each step.
func fiveSteps() (document string, steps []run.Submission) {
	all := make([]string, 5)
	for i := range all {
		key := fmt.Sprintf("step%d", i)
		all[i] = `{"key":"` + key + `","title":"S","slots":[
			{"name":"ref","type":"string","validate":"^REF-[0-9]{6}$"},{"name":"day","type":"date"},
			{"name":"grade","type":"enum","options":["low","high"]},{"name":"amount","type":"number"}],
			"checklist_items":[{"key":"a","label":"A","required":true},{"key":"b","label":"B"}]}`
		steps = append(steps, run.Submission{Step: key, Slots: map[string][]byte{
			"ref": []byte(`"REF-000001"`), "day": []byte(`"2026-11-23"`),
			"grade": []byte(`"high"`), "amount": []byte("12.50"),
		}, Ticks: []checklist.Tick{{Key: "a", Completed: true}, {Key: "b", Completed: true}}})
	}
	return `{"id":"five-steps","name":"Five steps","steps":[` + strings.Join(all, ",") + `]}`, steps
}

// newDatabase fills a database with completed runs and signs a checkpoint.
func newDatabase(b *testing.B, url string, runs int) database {
	b.Helper()
	d := database{DatabaseURL: url}
	w, err := d.open(b.Context(), true, wiring{})
	require.NoError(b, err)
	defer w.close()
	if db, done, err := w.schemaDB(); err == nil && w.embedded {
		_, err = db.ExecContext(b.Context(), "PRAGMA synchronous = OFF") // makes the writes below faster
		require.NoError(b, err)
		done()
	}
	document, steps := fiveSteps()
	node, err := jsondoc.Parse([]byte(document))
	require.NoError(b, err)
	_, err = apptest.As(w.Service, apptest.Actor).SaveDefinition(b.Context(), app.Request{}, node)
	require.NoError(b, err)
	executeRuns(b, w, runs, steps)
	private, _, err := audit.GenerateKey(strings.NewReader(strings.Repeat("k", 32)), "bench")
	require.NoError(b, err)
	keys, err := audit.ParseKeys(private)
	require.NoError(b, err)
	_, err = w.MakeCheckpoints(b.Context(), keys, "")
	require.NoError(b, err)
	return d
}

// executeRuns executes runs of the procedure to their end, eight at a time.
func executeRuns(b *testing.B, w *wired, runs int, steps []run.Submission) {
	b.Helper()
	var workers sync.WaitGroup
	queue := make(chan struct{}, runs)
	for range runs {
		queue <- struct{}{}
	}
	close(queue)
	request := app.Request{ID: "request"}
	for range 8 {
		workers.Go(func() {
			for range queue {
				r, err := apptest.As(w.Service, apptest.Actor).StartRun(b.Context(), app.Request{}, app.StartInput{ProcedureID: "five-steps"})
				for i := 0; i < len(steps) && err == nil; i++ {
					_, err = apptest.As(w.Service, apptest.Actor).Execute(b.Context(), request, r.ID, run.Commit{Submission: steps[i]})
				}
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	workers.Wait()
}

// benchmarkVerification measures how many events per second are verified.
func benchmarkVerification(b *testing.B, c verifyCmd) {
	b.Helper()
	events := 0
	for b.Loop() {
		v, err := c.options(b.Context())
		require.NoError(b, err)
		done, err := c.verify(b.Context(), v, func(f audit.Finding) { b.Error(f) })
		require.NoError(b, err)
		events += done.Events
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkVerify verifies 2,000 runs of five steps in databases and in an export, and a run with a long trail in a
// bundle.
func BenchmarkVerify(b *testing.B) {
	const runs = 2000
	cluster, err := containers.Postgres(b.Context())
	require.NoError(b, err)
	b.Cleanup(cluster.Stop)
	dir := b.TempDir()
	sqlite := newDatabase(b, "sqlite:"+filepath.Join(dir, "procedo.db"), runs)
	b.Run("SQLite", func(b *testing.B) { benchmarkVerification(b, verifyCmd{database: sqlite}) })
	b.Run("SQLite-rules", func(b *testing.B) { benchmarkVerification(b, verifyCmd{database: sqlite, Rules: true}) })
	postgres := newDatabase(b, cluster.Database(b), runs)
	b.Run("PostgreSQL", func(b *testing.B) { benchmarkVerification(b, verifyCmd{database: postgres}) })
	file := filepath.Join(dir, "export.jsonl")
	export := exportCmd{database: sqlite, Format: "jsonl", Output: file}
	require.NoError(b, export.Run(b.Context(), &Main{Stdout: &bytes.Buffer{}, Stderr: os.Stderr}))
	b.Run("export", func(b *testing.B) { benchmarkVerification(b, verifyCmd{Files: []string{file}}) })
	bundle := filepath.Join(dir, "bundle.json")
	require.NoError(b, os.WriteFile(bundle, longBundle(b, sqlite), 0o600))
	b.Run("bundle", func(b *testing.B) { benchmarkVerification(b, verifyCmd{Files: []string{bundle}}) })
}

// longBundle returns the bundle of a run that was amended ten thousand times.
func longBundle(b *testing.B, d database) []byte {
	b.Helper()
	w, err := d.open(b.Context(), true, wiring{})
	require.NoError(b, err)
	defer w.close()
	_, steps := fiveSteps()
	started, err := apptest.As(w.Service, apptest.Actor).StartRun(b.Context(), app.Request{}, app.StartInput{ProcedureID: "five-steps"})
	require.NoError(b, err)
	id := started.ID
	_, err = apptest.As(w.Service, apptest.Actor).Execute(b.Context(), app.Request{ID: "request"}, id, run.Commit{Submission: steps[0]})
	require.NoError(b, err)
	before, err := apptest.As(w.Service, apptest.Actor).Run(b.Context(), id)
	require.NoError(b, err)
	var document bytes.Buffer
	require.NoError(b, apptest.As(w.Service, apptest.Actor).WriteBundle(b.Context(), &document, id))
	bundle, err := verify.ReadBundle(document.Bytes(), inParallel)
	require.NoError(b, err)
	for i, head := 0, bundle.Events[len(bundle.Events)-1].Head(); i < 10_000; i++ {
		stamp := run.Stamp{By: access.Unproven("ann"), At: before.UpdatedAt}
		amount := run.Submission{Step: "step0", Slots: map[string][]byte{"amount": fmt.Append(nil, i)}}
		d, err := run.Decide(context.Background(), before, run.Amend{Submission: amount, Reason: "again"}, stamp)
		require.NoError(b, err)
		for _, e := range d.Events {
			typed := audit.NewCommitter(func() commitment.Salt { return commitment.Salt{byte(i), byte(i >> 8)} })
			payload, err := encoding.Marshal(before.Version, e.Fact, typed)
			require.NoError(b, err)
			sealed, err := audit.Seal(audit.Run(id), head, audit.Entry{
				Action: string(e.Fact.Action()), Actor: stamp.By.ID, OccurredAt: stamp.At, Payload: payload,
				Typed: typed, RequestID: "request",
			})
			require.NoError(b, err)
			bundle.Events, head = append(bundle.Events, sealed), sealed.Head()
		}
		before, err = run.Fold(before, d.Events)
		require.NoError(b, err)
	}
	data, err := json.Marshal(bundle)
	require.NoError(b, err)
	return data
}
