package run_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
)

// typicalCommit returns a run whose open step has four slots and two checklist items, and a commit of that step.
func typicalCommit(tb testing.TB) (run.Run, run.Command) {
	tb.Helper()
	v := runtest.MustVersion(tb, []byte(`{"id":"typical","name":"Typical","steps":[
		{"key":"receive","title":"Receive","slots":[
			{"name":"ref","type":"string","validate":"^REF-[0-9]{6}$"},
			{"name":"on","type":"date"},
			{"name":"grade","type":"enum","options":["gold","silver","bronze"]},
			{"name":"ok","type":"boolean"}],
		 "checklist_items":[{"key":"seen","label":"Seen","required":true},{"key":"sent","label":"Sent"}]},
		{"key":"next","title":"Next"}]}`), cel.Language{})
	r, _ := runtest.Begin(tb, v)
	slots := map[string][]byte{
		"ref": []byte(`"REF-123456"`), "on": []byte(`"2025-03-14"`), "grade": []byte(`"gold"`), "ok": []byte("true"),
	}
	ticks := []checklist.Tick{{Key: "seen", Completed: true}, {Key: "sent", Completed: true}}
	return r, run.Commit{Submission: run.Submission{Step: "receive", Slots: slots, Ticks: ticks}}
}

var stamp = run.Stamp{By: access.Unproven("bench"), At: runtest.Epoch}

func TestDecidingACommitTakesFewAllocations(t *testing.T) {
	for _, c := range []struct {
		name   string
		commit func(testing.TB) (run.Run, run.Command)
		most   float64
	}{
		{"without conditions", typicalCommit, 11},
		{"with two conditions", decimalCommit, 49}, // 48 without the race detector
	} {
		t.Run(c.name, func(t *testing.T) {
			r, command := c.commit(t)
			allocations := testing.AllocsPerRun(100, func() {
				if _, err := run.Decide(context.Background(), r, command, stamp); err != nil {
					t.Fatal(err)
				}
			})
			require.LessOrEqual(t, allocations, c.most)
		})
	}
}

// BenchmarkDecideCommit must stay below 2 µs.
func BenchmarkDecideCommit(b *testing.B) {
	r, c := typicalCommit(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := run.Decide(context.Background(), r, c, stamp); err != nil {
			b.Fatal(err)
		}
	}
}

// decimalCommit is like typicalCommit, with two conditions on decimals: one of a slot and one of a transition.
func decimalCommit(tb testing.TB) (run.Run, run.Command) {
	tb.Helper()
	v := runtest.MustVersion(tb, []byte(`{"id":"decimals","name":"Decimals","steps":[
		{"key":"receive","title":"Receive","slots":[
			{"name":"price","type":"number"},
			{"name":"paid","type":"number"},
			{"name":"grade","type":"enum","options":["gold","silver","bronze"]},
			{"name":"why","type":"string","required_when":"price - paid > 0.05"}],
		 "checklist_items":[{"key":"seen","label":"Seen","required":true},{"key":"sent","label":"Sent"}],
		 "transitions":[{"when":"price + paid <= 99.9","to":"end"}]},
		{"key":"next","title":"Next"}]}`), cel.Language{})
	r, _ := runtest.Begin(tb, v)
	slots := map[string][]byte{
		"price": []byte("99.95"), "paid": []byte("99.90"), "grade": []byte(`"gold"`), "why": []byte(`"cash"`),
	}
	ticks := []checklist.Tick{{Key: "seen", Completed: true}, {Key: "sent", Completed: true}}
	return r, run.Commit{Submission: run.Submission{Step: "receive", Slots: slots, Ticks: ticks}}
}

// BenchmarkDecideDecimalCommit must stay below 10 µs.
func BenchmarkDecideDecimalCommit(b *testing.B) {
	r, c := decimalCommit(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := run.Decide(context.Background(), r, c, stamp); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEvolveCommit(b *testing.B) {
	r, c := typicalCommit(b)
	d, err := run.Decide(context.Background(), r, c, stamp)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := run.Fold(r, d.Events); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSealCommit(b *testing.B) {
	r, c := typicalCommit(b)
	d, err := run.Decide(context.Background(), r, c, stamp)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		for _, e := range d.Events {
			runtest.Sealed(b, r, audit.Head{}, e, new(runtest.Secrets).Salt)
		}
	}
}
