package system_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/commitment"
)

func TestSaltsAreNeverEqualAndNeverZero(t *testing.T) {
	const callers, each = 8, 2000
	drawn := make([][]commitment.Salt, callers)
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			for range each {
				drawn[i] = append(drawn[i], system.Random{}.Salt())
			}
		})
	}
	all.Wait()
	seen := map[commitment.Salt]bool{{}: true}
	ones := 0
	for _, list := range drawn {
		for _, salt := range list {
			require.False(t, seen[salt])
			seen[salt] = true
			for _, b := range salt {
				ones += int(b & 1)
			}
		}
	}
	require.InDelta(t, 0.5, float64(ones)/(callers*each*16), 0.02, "the bits are random")
}

func BenchmarkSalt(b *testing.B) {
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			system.Random{}.Salt()
		}
	})
}
