package http

import (
	"log/slog"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
)

// TestTheParsedContractIsNotKept bounds the memory that a server needs before the first request. The parsed document of
// the contract alone takes several MiB.
func TestTheParsedContractIsNotKept(t *testing.T) {
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	config := Config{HMACKey: make([]byte, app.ServiceKeySize), Log: slog.New(slog.DiscardHandler)}
	_, err := New(config)
	require.NoError(t, err)
	before := heap()
	handler, err := New(config)
	require.NoError(t, err)
	after := heap()
	t.Logf("%d KiB", (after-before)>>10)
	require.Less(t, after-before, int64(1<<20))
	runtime.KeepAlive(handler)
}

func BenchmarkNew(b *testing.B) {
	config := Config{HMACKey: make([]byte, app.ServiceKeySize), Log: slog.New(slog.DiscardHandler)}
	b.ReportAllocs()
	for b.Loop() {
		_, err := New(config)
		require.NoError(b, err)
	}
}
