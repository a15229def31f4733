package groupcommit_test

import (
	"context"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/procedo/procedo/adapters/groupcommit"
)

// instantly returns a writer over a database that takes no time.
func instantly() *groupcommit.Writer[change] {
	return groupcommit.New(groupcommit.Options[change]{
		Write:     func(_ context.Context, changes []change) ([]error, error) { return make([]error, len(changes)), nil },
		Separable: func(error) bool { return true },
		Keys:      func(c change) []string { return c.keys },
		Size:      func(c change) int { return c.size },
		Parallel:  parallel, Company: company,
	})
}

// BenchmarkLone writes one change at a time: what a request pays for the groups when it is alone.
func BenchmarkLone(b *testing.B) {
	w, c := instantly(), change{keys: []string{"run", "receipt"}, size: 10}
	b.ReportAllocs()
	for b.Loop() {
		if err := w.Write(context.Background(), c); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCrowd writes changes of different entities from many goroutines.
func BenchmarkCrowd(b *testing.B) {
	w := instantly()
	var number atomic.Int64
	b.SetParallelism(32)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		c := change{keys: []string{strconv.FormatInt(number.Add(1), 10)}, size: 10}
		for pb.Next() {
			if err := w.Write(context.Background(), c); err != nil {
				b.Error(err)
			}
		}
	})
}
