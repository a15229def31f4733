package postgres_test

import "testing"

// BenchmarkLoneCommit commits a step while nothing else is written: the latency of an idle service.
func BenchmarkLoneCommit(b *testing.B) {
	fx := newGroupFixture(b, open(b))
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		id := fx.start(ann)
		b.StartTimer()
		if _, err := fx.service.Execute(b.Context(), ann, id, commitTwo()); err != nil {
			b.Fatal(err)
		}
	}
}
