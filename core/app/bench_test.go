package app_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
	"github.com/procedo/procedo/docs"
)

// benchRuns remembers one run and derives the rows of each change, as a database does, but writes nothing.
type benchRuns struct {
	app.Runs
	rec    app.RunRecord
	change app.RunChange // the last one
	row    projection.RunRow
	rows   projection.Changes
}

func (b *benchRuns) Recall(context.Context, string) (app.RunRecord, bool) { return b.rec, true }

func (*benchRuns) Forget(context.Context, string, int64) error { return nil }

func (b *benchRuns) Append(_ context.Context, c app.RunChange) error {
	b.change = c
	b.row = projection.RunRowOf(c.After, c.Head().Hash)
	b.rows = projection.Diff(c.Before, c.After, c.PlainValues)
	return nil
}

// demoCommit returns a service that remembers a new run of the demo procedure, the commit of its first step, which has
// four slots, and the request of the commit.
func demoCommit(tb testing.TB) (*app.UseCases, *benchRuns, func() app.Request, run.Command) {
	tb.Helper()
	v := runtest.MustVersion(tb, docs.Demo, cel.Language{})
	begun, _ := runtest.Begin(tb, v)
	runs := &benchRuns{rec: app.RunRecord{Run: begun}}
	runs.rec.Head.Seq, runs.rec.Head.Hash = begun.Seq, "5d41402abc4b2a76b9719d911017c5925d41402abc4b2a76b9719d911017c592"
	command := run.Commit{Submission: run.Submission{
		Step: "alert",
		Slots: map[string][]byte{
			"incident_id": []byte(`"INC-450123"`), "detected_at": []byte(`"2026-11-23T09:30:00+01:00"`),
			"severity": []byte(`"high"`), "reporter_email": []byte(`"ann@example.org"`),
		},
		Ticks: []checklist.Tick{{Key: "acknowledged", Completed: true}, {Key: "on_call_informed", Completed: true}},
	}}
	key, body := make([]byte, app.ServiceKeySize), make([]byte, 300)
	request := func() app.Request {
		return app.Request{
			ID: "0198c0de-0000-7000-8000-000000000000",
			RunReceipt: &app.NewReceipt[run.Run]{
				ReceiptKey:  app.ReceiptKey{Actor: "ann", Operation: "commitStep", Key: "7b0e"},
				Fingerprint: app.NewFingerprint(key, nil, body),
				Reply: func(run.Run) app.Reply {
					return app.Reply{Status: http.StatusOK, Language: "en"}
				},
			},
		}
	}
	s := apptest.New(app.Ports{
		Runs: runs, RecentRuns: runs, Clock: system.Clock{}, Random: system.Random{}, Language: cel.Language{},
	})
	return s, runs, request, command
}

// BenchmarkExecute measures the core's part of the commit of a step with four slots: the decision, its sealed events,
// the receipt and the changed rows.
func BenchmarkExecute(b *testing.B) {
	s, runs, request, command := demoCommit(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Execute(b.Context(), request(), "r", command); err != nil {
			b.Fatal(err)
		}
	}
	require.Len(b, runs.change.Events, 4)
}
