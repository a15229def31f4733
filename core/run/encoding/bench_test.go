package encoding_test

import (
	"testing"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/encoding"
	"github.com/procedo/procedo/core/run/runtest"
	"github.com/procedo/procedo/core/slot"
)

// BenchmarkUnmarshalCommit reads the payload of a commit of four slots and two items.
func BenchmarkUnmarshalCommit(b *testing.B) {
	v := runtest.MustVersion(b, []byte(`{"id":"p","name":"P","steps":[{"key":"s","title":"S","slots":[
		{"name":"ref","type":"string"},{"name":"on","type":"date"},
		{"name":"grade","type":"enum","options":["gold","silver"]},{"name":"ok","type":"boolean"}],
		"checklist_items":[{"key":"seen","label":"Seen"},{"key":"told","label":"Told"}]}]}`), cel.Language{})
	data := runtest.Payload(b, v, run.StepCommitted{Content: run.Content{
		Visit: 1,
		Slots: []run.Entry{
			{Slot: 0, SlotValue: run.SlotValue{Value: slot.TextValue("REF-123456")}},
			{Slot: 1, SlotValue: run.SlotValue{Value: slot.DateValue("2025-03-14")}},
			{Slot: 2, SlotValue: run.SlotValue{Value: slot.TextValue("gold")}},
			{Slot: 3, SlotValue: run.SlotValue{Value: slot.BooleanValue(true)}},
		},
		Ticks: []checklist.Tick{{Key: "seen", Completed: true}, {Key: "told"}},
	}})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := encoding.Unmarshal(v, "r", string(run.ActionCommitted), audit.Opened{Payload: data}); err != nil {
			b.Fatal(err)
		}
	}
}
