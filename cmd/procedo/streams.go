package main

import (
	"context"
	"log/slog"
	"time"

	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/adapters/live"
)

const (
	pollEvery      = 250 * time.Millisecond // time between queries for new events of followed runs
	heartbeatEvery = 15 * time.Second       // time between the comments that keep an event stream open
)

// eventFeed returns the source of the event streams, which works until ctx is done.
func eventFeed(ctx context.Context, w *wired, log *slog.Logger) *live.Hub {
	return live.NewHub(ctx, live.Config{
		Heads: w.heads, Events: w.As(servicePrincipal()).EventsAfter, Render: httpadapter.RenderStreamEvent,
		Interval: pollEvery, Heartbeat: heartbeatEvery, Log: log,
	})
}
