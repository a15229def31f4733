package main

import (
	"context"
	"io/fs"
	"math"
	"os"
	"path"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
)

// The server collects garbage seldom while it needs little memory, and keeps to a limit otherwise. Both are soft: the
// server never fails for lack of memory because of them.
const (
	garbagePercent = 400      // the heap may grow to five times what is in use
	memoryLimit    = 96 << 20 // bytes of the Go runtime; pages of the program file and memory of SQLite come on top
	memoryOverhead = 16 << 20 // what the Go runtime needs besides the heap
)

// tuneMemory sets how often the server collects garbage until ctx is done. It leaves that alone if the operator has set
// GOGC or GOMEMLIMIT.
func tuneMemory(ctx context.Context) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	keepMemoryBelow(ctx, containerLimit(os.DirFS("/")))
}

// keepMemoryBelow lets the memory limit follow the heap until ctx is done. The ceiling is the highest limit, in bytes.
func keepMemoryBelow(ctx context.Context, ceiling int64) {
	debug.SetGCPercent(garbagePercent)
	limit := limitFor(0, ceiling)
	debug.SetMemoryLimit(limit)
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	afterEachCollection(ctx, func() {
		metrics.Read(live)
		next := limitFor(int64(live[0].Value.Uint64()), ceiling) //nolint:gosec // far less than 1<<63
		if change := next - limit; change > limit/16 || change < -limit/16 {
			limit = next
			debug.SetMemoryLimit(limit)
		}
	})
}

// limitFor returns the memory limit when live bytes of the heap are in use. It leaves as much room for garbage, as
// GOGC=100 does: with a third of that room, collecting garbage took a fifth of the processor time. With caches of the
// default size, memoryLimit leaves that much. The limit never exceeds the ceiling.
func limitFor(live, ceiling int64) int64 {
	return min(max(memoryLimit, 2*live+memoryOverhead), ceiling)
}

// afterEachCollection calls fn after each garbage collection until ctx is done. fn must return quickly.
func afterEachCollection(ctx context.Context, fn func()) {
	type marker struct{ _ *int } // has a pointer, so that the runtime does not allocate it together with other values
	var again func(*marker)
	again = func(m *marker) {
		if ctx.Err() == nil {
			fn()
			runtime.SetFinalizer(m, again)
		}
	}
	runtime.SetFinalizer(new(marker), again)
}

// containerLimit returns nine tenths of the memory that the control group of this process and those above it may use,
// and math.MaxInt64 if that is not limited. root is the root of the file system.
func containerLimit(root fs.FS) int64 {
	limit := int64(math.MaxInt64)
	groups, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil { // not Linux
		return limit
	}
	for line := range strings.Lines(string(groups)) {
		// The line is NUMBER:CONTROLLERS:PATH. The unified hierarchy, version 2, has no controllers.
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 {
			continue
		}
		mount, file := "sys/fs/cgroup", "memory.max"
		if parts[1] == "memory" {
			mount, file = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
		} else if parts[1] != "" {
			continue
		}
		// In a container, the path may be that of the host; the limit is then the one of the mount itself.
		for dir := path.Clean("/" + parts[2]); ; dir = path.Dir(dir) {
			text, err := fs.ReadFile(root, path.Join(mount, dir, file))
			if bytes, bad := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && bad == nil {
				limit = min(limit, bytes/10*9)
			}
			if dir == "/" {
				break
			}
		}
	}
	return limit
}
