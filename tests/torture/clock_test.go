package torture

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/adapters/live"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/docs"
)

// jumpingClock is the wall clock of a service in this process. The program links no C library that would give it
// another time, and the machine's clock must be left alone.
type jumpingClock struct {
	url    string
	offset atomic.Int64
}

func (c *jumpingClock) now() time.Time { return time.Now().Add(time.Duration(c.offset.Load())) }

// jumps are the offsets of the clock, one after another. An event that is over a day before the one before it would be
// a finding, if it were written.
var jumps = []time.Duration{
	time.Hour, -time.Hour, 20 * time.Hour, 0, -90 * time.Second, 30 * time.Hour, -30 * time.Hour, time.Millisecond,
}

func jump(_ *testing.T, d *deployment, n int, _ time.Duration) {
	d.clock.offset.Store(int64(jumps[n%len(jumps)]))
}

// withJumpingClock serves SQLite from this process.
func withJumpingClock(t *testing.T) *deployment {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	file, log := "sqlite:"+filepath.Join(t.TempDir(), "procedo.db"), slog.New(slog.DiscardHandler)
	db, err := sqlite.Open(file)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err = migrate.SQLite.Apply(ctx, db.Writer())
	require.NoError(t, err)
	clock, start := &jumpingClock{}, time.Now()
	storage := sqlite.Storage(db, cel.Language{}, memory.KeepDefinitions(10))
	storage.App.Clock = system.NewSteadyClockOf(clock.now, func() time.Duration { return time.Since(start) }, log)
	storage.App.Random = system.Random{}
	service := apptest.New(storage.App)
	key, err := storage.Keys.ServiceKey(ctx, app.HMACKey)
	require.NoError(t, err)
	handler, err := httpadapter.New(httpadapter.Config{
		Service: service.Service, Ready: db.Ping, Schemas: docs.Schemas, HMACKey: key, Log: log,
		Feed: live.NewHub(ctx, live.Config{
			Heads: storage.Heads, Events: service.EventsAfter, Render: httpadapter.RenderStreamEvent,
			Interval: 5 * time.Millisecond, Heartbeat: time.Second, Log: log,
		}),
	})
	require.NoError(t, err)
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	clock.url = s.URL
	return &deployment{t: t, dir: t.TempDir(), direct: file, clock: clock}
}
