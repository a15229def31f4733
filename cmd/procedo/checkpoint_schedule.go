package main

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
)

// tryAgain is the time until a checkpoint that could not be made, or cosigned by a witness, is tried again.
const tryAgain = time.Minute

// delayPart says that up to 1/20 of a period is added to it at random.
const delayPart = 20

// makeCheckpoints makes checkpoints periodically until ctx is done, and lets witnesses cosign them. A checkpoint is due
// when the latest one, perhaps made by another replica, is older than the period. A random delay of up to 5 % of the
// period keeps the replicas from starting at the same time.
func makeCheckpoints(
	ctx context.Context, s *app.Service, with checkpointing, every time.Duration, metrics checkpointMetrics,
	log *slog.Logger,
) {
	schedule, failures := checkpointSchedule{every: every}, map[string]string{}
	failedAfter := int64(-1) // the latest checkpoint when the next one could not be made; -1 if none failed
	for {
		last, err := s.LatestCheckpoint(ctx)
		number, wait, done := last.Number, every, err == nil
		if err != nil && ctx.Err() == nil {
			metrics.setFailing(true)
			log.WarnContext(ctx, "cannot read the last checkpoint", "error", forLog(err))
		} else {
			if wait = schedule.wait(number, time.Since(last.Time), time.Now()); wait <= 0 {
				number, err = makeCheckpoint(ctx, s, with, number, log)
				if done, failedAfter = err == nil, -1; done {
					wait = schedule.restart(number, time.Now())
				} else {
					failedAfter = number
				}
			}
			metrics.setFailing(failedAfter == number) // not if another replica has made one since
		}
		done = cosign(ctx, s, with.witnesses, failures, metrics, log) && done
		delay := every / delayPart
		if next := min(every, tryAgain); !done && (wait <= 0 || wait > next) {
			wait, delay = next, next/delayPart
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait + rand.N(delay+1)): //nolint:gosec // a delay, not a secret
		}
	}
}

// makeCheckpoint makes the checkpoints that are due after the one with the given number. It returns the number of the
// latest one.
func makeCheckpoint(
	ctx context.Context, s *app.Service, with checkpointing, number int64, log *slog.Logger,
) (latest int64, err error) {
	made, err := s.MakeCheckpoints(ctx, with.keys, with.origin)
	if err != nil && ctx.Err() == nil {
		log.WarnContext(ctx, "cannot make a checkpoint", "error", forLog(err))
	}
	for _, n := range made {
		log.InfoContext(ctx, "checkpoint", "number", n.Number)
		number = n.Number
	}
	return number, err
}

// cosign lets witnesses cosign the latest checkpoint. It returns false if one of them has failed to. The map holds the
// last failure of each witness; the same one is logged once.
func cosign(
	ctx context.Context, s *app.Service, witnesses []app.Witness, failures map[string]string, metrics checkpointMetrics,
	log *slog.Logger,
) bool {
	all := true
	for _, w := range witnesses {
		cosigned, err := s.Cosign(ctx, w)
		if err == nil {
			delete(failures, w.Name())
			metrics.witnesses.WithLabelValues(w.Name()).Set(0)
			if cosigned.Number > 0 {
				log.InfoContext(ctx, "checkpoint cosigned", "number", cosigned.Number, "witness", w.Name())
			}
			continue
		}
		if all = false; ctx.Err() != nil {
			continue
		}
		if !fault.Is(err, fault.Unavailable) { // that is the database
			metrics.witnesses.WithLabelValues(w.Name()).Set(1)
		}
		if failures[w.Name()] == err.Error() {
			continue
		}
		failures[w.Name()] = err.Error()
		level := slog.LevelWarn
		if _, fork := errors.AsType[app.ForkError](err); fork {
			level = slog.LevelError
		}
		log.Log(ctx, level, "a witness has not cosigned the last checkpoint", "witness", w.Name(), "error", forLog(err))
	}
	return all
}

// checkpointSchedule tells when the next checkpoint is due. It measures the period with the monotonic clock, from the
// moment when this process first saw the latest checkpoint: a wall clock that is set back does not delay checkpoints.
type checkpointSchedule struct {
	every  time.Duration
	number int64     // of the latest checkpoint
	due    time.Time // with a monotonic reading; zero before the first call
}

// wait returns the time until the next checkpoint is due. The result is 0 or less if one is due now. The age of the
// latest checkpoint is by the wall clock, which may be wrong: it only shortens the wait after a checkpoint that this
// process has not seen before, and never lengthens it beyond the period.
func (c *checkpointSchedule) wait(number int64, age time.Duration, now time.Time) time.Duration {
	if c.due.IsZero() || number != c.number {
		c.number, c.due = number, now.Add(c.every-min(max(age, 0), c.every))
	}
	return c.due.Sub(now)
}

// restart begins a new period after a checkpoint was made, or was not needed.
func (c *checkpointSchedule) restart(number int64, now time.Time) time.Duration {
	c.number, c.due = number, now.Add(c.every)
	return c.every
}
