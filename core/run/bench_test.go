package run_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/encoding"
	"github.com/procedo/procedo/core/run/runtest"
)

// typical is a step with four slots and two items, and a commit of all of them.
func typical(tb testing.TB) (run.Run, run.Command) {
	v := runtest.MustVersion(tb, []byte(`{"id":"typical","name":"Typical","steps":[
		{"key":"receive","title":"Receive","slots":[
			{"name":"ref","type":"string","validate":"^REF-[0-9]{6}$"},{"name":"on","type":"date"},
			{"name":"grade","type":"enum","options":["gold","silver","bronze"]},{"name":"ok","type":"boolean"}],
		 "checklist_items":[{"key":"seen","label":"Seen","required":true},{"key":"told","label":"Told"}]},
		{"key":"next","title":"Next"}]}`), cel.Language{})
	r, _ := runtest.Begin(tb, v)
	return r, run.Commit{Submission: run.Submission{Step: "receive", Slots: map[string][]byte{
		"ref": []byte(`"REF-123456"`), "on": []byte(`"2025-03-14"`), "grade": []byte(`"gold"`), "ok": []byte("true"),
	}, Ticks: []checklist.Tick{{Key: "seen", Completed: true}, {Key: "told", Completed: true}}}}
}

var stamp = run.Stamp{Actor: "bench", At: runtest.Epoch}

func TestDecidingATypicalCommitTakesFewerThan20Allocations(t *testing.T) {
	r, c := typical(t)
	allocations := testing.AllocsPerRun(100, func() {
		if _, err := run.Decide(r, c, stamp); err != nil {
			t.Fatal(err)
		}
	})
	require.Less(t, allocations, 20.0)
}

func BenchmarkDecideCommit(b *testing.B) {
	r, c := typical(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := run.Decide(r, c, stamp); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEvolveCommit(b *testing.B) {
	r, c := typical(b)
	d, err := run.Decide(r, c, stamp)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := run.Fold(r, d.Events); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSealCommit(b *testing.B) {
	r, c := typical(b)
	d, err := run.Decide(r, c, stamp)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		for _, e := range d.Events {
			payload, err := encoding.Marshal(r.Version, e.Fact)
			require.NoError(b, err)
			_, err = audit.Seal(
				audit.Run(r.ID), audit.Head{},
				audit.Entry{Action: string(e.Fact.Action()), Actor: e.Actor, OccurredAt: e.At, Payload: payload},
			)
			require.NoError(b, err)
		}
	}
}
