package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

const (
	clockCheckEvery = 5 * time.Second // time between checks whether the system clock was set
	clockFloorEvery = time.Minute     // time between reads of the time of the newest checkpoint
)

// raiseClock keeps the clock from going below the time of the newest checkpoint: an event that follows a checkpoint
// must not seem to come before it.
func raiseClock(ctx context.Context, clock *system.SteadyClock, s *app.Service, log *slog.Logger) {
	last, err := s.LatestCheckpoint(ctx)
	if err != nil {
		if ctx.Err() == nil {
			log.WarnContext(ctx, "cannot read the time of the last checkpoint", "error", forLog(err))
		}
		return
	}
	clock.NotBefore(last.Time)
	if behind := clock.Behind(); behind >= audit.ClockTolerance {
		log.WarnContext(ctx, "the system clock is behind the newest checkpoint; events get the time of the checkpoint",
			"seconds", behind.Round(time.Second).Seconds())
	}
}

// watchClock checks the clock and reads the time of the newest checkpoint periodically until ctx is done.
func watchClock(ctx context.Context, clock *system.SteadyClock, s *app.Service, log *slog.Logger) {
	check, floor := time.NewTicker(clockCheckEvery), time.NewTicker(clockFloorEvery)
	defer check.Stop()
	defer floor.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-check.C:
			clock.Check()
		case <-floor.C:
			raiseClock(ctx, clock, s, log)
		}
	}
}
