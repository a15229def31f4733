package main

import (
	"context"
	"math"
	"runtime"
	"runtime/debug"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheMemoryLimitGrowsWithWhatIsInUseUpToThatOfTheContainer(t *testing.T) {
	const mib = 1 << 20
	for _, c := range []struct{ live, ceiling, want int64 }{
		{0, math.MaxInt64, 96 * mib},
		{(defaultMemoryMegabytes + 8) * mib, math.MaxInt64, 96 * mib}, // the caches, and 8 MiB for the rest
		{100 * mib, math.MaxInt64, 216 * mib},
		{1000 * mib, math.MaxInt64, 2016 * mib},
		{10 * mib, 57 * mib, 57 * mib},
		{1000 * mib, 500 * mib, 500 * mib},
	} {
		require.Equal(t, c.want, limitFor(c.live, c.ceiling), c)
	}
}

func TestTheMemoryLimitOfTheContainerIsFound(t *testing.T) {
	const v2 = "0::/\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"another system":   {nil, math.MaxInt64},
		"no limit":         {map[string]string{"proc/self/cgroup": v2, "sys/fs/cgroup/memory.max": "max\n"}, math.MaxInt64},
		"no memory file":   {map[string]string{"proc/self/cgroup": v2}, math.MaxInt64},
		"lines of no use":  {map[string]string{"proc/self/cgroup": "x\n3:cpu:/\n\n"}, math.MaxInt64},
		"of the container": {map[string]string{"proc/self/cgroup": v2, "sys/fs/cgroup/memory.max": "1000\n"}, 900},
		"of a group above": {map[string]string{
			"proc/self/cgroup":              "0::/a/b\n",
			"sys/fs/cgroup/a/b/memory.max":  "max\n",
			"sys/fs/cgroup/a/memory.max":    "2000\n",
			"sys/fs/cgroup/memory.max":      "3000\n",
			"sys/fs/cgroup/else/memory.max": "10\n",
		}, 1800},
		"a path of the host": {map[string]string{
			"proc/self/cgroup": "0::/../../host/path\n", "sys/fs/cgroup/memory.max": "1000\n",
		}, 900},
		"version 1": {map[string]string{
			"proc/self/cgroup": "5:cpu,cpuacct:/x\n4:memory:/docker/1\n0::/\n",
			"sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes": "5000\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes":          "9223372036854771712\n",
		}, 4500},
	} {
		t.Run(name, func(t *testing.T) {
			root := fstest.MapFS{}
			for file, text := range c.files {
				root[file] = &fstest.MapFile{Data: []byte(text)}
			}
			require.Equal(t, c.want, containerLimit(root))
		})
	}
}

// restoreMemory restores the settings of the garbage collector at the end of the test.
func restoreMemory(t *testing.T) {
	t.Helper()
	percent, limit := debug.SetGCPercent(100), debug.SetMemoryLimit(-1)
	t.Cleanup(func() { debug.SetGCPercent(percent); debug.SetMemoryLimit(limit) })
}

func TestTheMemoryLimitFollowsTheHeap(t *testing.T) {
	restoreMemory(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	keepMemoryBelow(ctx, math.MaxInt64)
	require.Equal(t, int64(memoryLimit), debug.SetMemoryLimit(-1))
	kept := make([]byte, 200<<20)
	require.Eventually(t, func() bool {
		runtime.GC()
		return debug.SetMemoryLimit(-1) >= 400<<20
	}, 10*time.Second, time.Millisecond)
	runtime.KeepAlive(kept)
	require.Eventually(t, func() bool { // it falls again
		runtime.GC()
		return debug.SetMemoryLimit(-1) < 200<<20
	}, 10*time.Second, time.Millisecond)
	require.Equal(t, garbagePercent, debug.SetGCPercent(100))
}

func TestTheGarbageCollectorIsTheOperators(t *testing.T) {
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		t.Run(name, func(t *testing.T) {
			restoreMemory(t)
			t.Setenv("GOGC", "")
			t.Setenv("GOMEMLIMIT", "")
			t.Setenv(name, "200")
			before := debug.SetMemoryLimit(-1)
			tuneMemory(t.Context())
			require.Equal(t, 100, debug.SetGCPercent(100))
			require.Equal(t, before, debug.SetMemoryLimit(-1))
		})
	}
}
