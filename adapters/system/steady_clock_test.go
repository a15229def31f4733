package system_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/system"
)

// machine has a wall clock that can be set, and a time since its start that cannot.
type machine struct {
	wall    time.Time
	elapsed time.Duration
	log     bytes.Buffer
}

func newMachine() (*machine, *system.SteadyClock) {
	m := &machine{wall: time.Date(2026, 11, 28, 12, 0, 0, 123_456_789, time.Local), elapsed: 7 * time.Hour}
	return m, system.NewSteadyClockOf(
		func() time.Time { return m.wall }, func() time.Duration { return m.elapsed },
		slog.New(slog.NewTextHandler(&m.log, nil)),
	)
}

// pass lets time pass, during which the wall clock is also set by the given amount.
func (m *machine) pass(d, set time.Duration) {
	m.elapsed += d
	m.wall = m.wall.Add(d + set)
}

// logged returns the number of log records since the last call.
func (m *machine) logged() int {
	defer m.log.Reset()
	return strings.Count(m.log.String(), "\n")
}

const year = 365 * 24 * time.Hour

var jumps = []time.Duration{3 * time.Second, time.Hour, 20 * year}

func TestTheClockNeverGoesBelowTheGivenTime(t *testing.T) {
	m, c := newMachine()
	require.Equal(t, m.wall.UTC().Truncate(time.Microsecond), c.Now())
	checkpoint := c.Now().Add(time.Minute)
	c.NotBefore(checkpoint)
	c.NotBefore(checkpoint.Add(-time.Hour))
	require.Equal(t, checkpoint, c.Now())
	require.Equal(t, time.Minute, c.Behind())
	for _, jump := range jumps {
		m.pass(0, -jump)
		require.Equal(t, checkpoint, c.Now())
		require.Equal(t, time.Minute+jump, c.Behind())
		m.pass(time.Minute+time.Second, jump)
		require.Equal(t, m.wall.UTC().Truncate(time.Microsecond), c.Now(), "it has caught up")
		require.Negative(t, c.Behind())
		m.pass(-time.Minute-time.Second, 0)
	}
}

func TestAClockThatIsSetIsLoggedOnce(t *testing.T) {
	for _, jump := range jumps {
		for _, set := range []time.Duration{jump, -jump} {
			m, c := newMachine()
			m.pass(year, 0)
			for range 1000 {
				m.pass(time.Hour, time.Millisecond) // the time service slows it down or speeds it up
				c.Check()
			}
			require.Zero(t, m.logged())
			m.pass(5*time.Second, set)
			c.Check()
			require.Equal(t, 1, m.logged())
			c.Check()
			m.pass(year, 0)
			c.Check()
			require.Zero(t, m.logged())
		}
	}
}

func TestAForwardJumpExpiresNothingEarly(t *testing.T) {
	for _, jump := range jumps {
		m, c := newMachine()
		stored := c.Now()
		m.pass(time.Hour, jump)
		require.Equal(t, time.Hour, c.Steady().Sub(stored))
		m.pass(22*time.Hour, 0)
		require.Equal(t, 23*time.Hour, c.Steady().Sub(stored))
		m.pass(3*time.Hour, 0)
		require.Equal(t, c.Now(), c.Steady(), "after a day, what was stored before has expired by any clock")

		m.pass(time.Hour, -jump)
		require.Equal(t, c.Now(), c.Steady(), "a clock that is set back is not steadied")
	}
}

// What was stored while the clock was behind has a time before the correction, and must not expire by it.
func TestACorrectionExpiresNothingEarly(t *testing.T) {
	for _, jump := range jumps {
		m, c := newMachine()
		before := c.Now()
		m.pass(time.Hour, -jump)
		behind := c.Steady()
		require.Equal(t, c.Now(), behind)
		m.pass(time.Hour, jump)
		require.Equal(t, time.Hour, c.Steady().Sub(behind))
		require.Equal(t, 2*time.Hour, c.Now().Sub(before))
		m.pass(time.Hour, jump)
		require.Equal(t, 2*time.Hour, c.Steady().Sub(behind), "both jumps count")
		m.pass(25*time.Hour, 0)
		require.Equal(t, c.Now(), c.Steady(), "after a day, what was stored before has expired by any clock")
	}
}

func TestTheMachinesClocksAgree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		c := system.NewSteadyClock(slog.New(slog.NewTextHandler(&log, nil)))
		time.Sleep(year)
		c.Check()
		require.Equal(t, c.Now(), c.Steady())
		require.Empty(t, log.String())
	})
}
