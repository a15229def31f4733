package system

import (
	"log/slog"
	"slices"
	"sync"
	"time"
)

const (
	minJump  = 2 * time.Second // smaller differences between the clocks are corrections by the time service
	jumpLife = 24 * time.Hour  // how long a jump is held against the wall clock; see SteadyClock.Steady
)

// SteadyClock is a clock that never goes below a given time, and that recognizes when the machine's wall clock is set:
// it compares the wall clock with the time that has passed since the start, which the system measures independently. It
// is safe for concurrent use.
type SteadyClock struct {
	wall    func() time.Time
	elapsed func() time.Duration
	log     *slog.Logger

	mu         sync.Mutex
	floor      time.Time // Now returns no earlier time
	start      time.Time
	lastOffset time.Duration // at the last check: time since start by the wall clock minus the elapsed time
	jumps      []jump        // in the last jumpLife
}

type jump struct {
	at time.Duration // elapsed time when it was noticed
	by time.Duration
}

// NewSteadyClock returns a clock that reads the machine's clocks. It logs when the wall clock jumps.
func NewSteadyClock(log *slog.Logger) *SteadyClock {
	start := time.Now()
	return NewSteadyClockOf(time.Now, func() time.Duration { return time.Since(start) }, log)
}

// NewSteadyClockOf returns a clock that reads the given wall clock, and the time that has passed since some moment.
func NewSteadyClockOf(wall func() time.Time, elapsed func() time.Duration, log *slog.Logger) *SteadyClock {
	c := &SteadyClock{wall: wall, elapsed: elapsed, log: log}
	c.start, c.lastOffset = c.read(), -elapsed()
	return c
}

// read returns the wall clock's time in UTC, truncated to whole microseconds and without a monotonic reading.
func (c *SteadyClock) read() time.Time { return c.wall().UTC().Truncate(time.Microsecond) }

// Now returns the current time in UTC, truncated to whole microseconds; if the wall clock is behind the time that was
// last given to NotBefore, it returns that time.
func (c *SteadyClock) Now() time.Time {
	now := c.read()
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Before(c.floor) {
		return c.floor
	}
	return now
}

// NotBefore keeps the clock from returning times before t from now on. Earlier calls with a later time stay in force.
func (c *SteadyClock) NotBefore(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.After(c.floor) {
		c.floor = t.UTC().Truncate(time.Microsecond)
	}
}

// Behind returns how far the wall clock is behind the time given to NotBefore; 0 or less if it is not.
func (c *SteadyClock) Behind() time.Duration {
	now := c.read()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.floor.Sub(now)
}

// Check compares the wall clock with the elapsed time. If the wall clock has jumped since the last check, Check logs by
// how much. It should be called every few seconds.
func (c *SteadyClock) Check() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.check()
}

func (c *SteadyClock) check() {
	elapsed := c.elapsed()
	offset := c.read().Sub(c.start) - elapsed
	by := offset - c.lastOffset
	c.lastOffset = offset
	for len(c.jumps) > 0 && elapsed-c.jumps[0].at > jumpLife {
		c.jumps = c.jumps[1:]
	}
	if by.Abs() < minJump {
		return
	}
	c.jumps = append(c.jumps, jump{elapsed, by})
	c.log.Warn("the system clock was set; periodic work is not affected", "seconds", by.Round(time.Second).Seconds())
}

// Steady returns the current time as Now does, but leaves out by how far the wall clock was set forward within the last
// day, since the moment for which that is most. What is kept for a period of at most a day must not be removed before
// this time has passed: otherwise, a clock that is set forward would remove everything at once, and a clock that was
// behind for a while and is set right would remove what was stored in that while.
func (c *SteadyClock) Steady() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.check()
	var since, forward time.Duration // set forward since before a jump, and the most of these
	for _, j := range slices.Backward(c.jumps) {
		since += j.by
		forward = max(forward, since)
	}
	return c.read().Add(-forward)
}
