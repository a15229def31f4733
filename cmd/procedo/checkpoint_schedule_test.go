package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

// endlessTrail is a feed with a new event each minute, and the checkpoints over it.
type endlessTrail struct {
	app.Feed
	app.Checkpoints
	mu    sync.Mutex
	notes []audit.StoredNote
	nodes []audit.Hash
	full  error // of the next checkpoints
}

// fail lets checkpoints fail with an error, or succeed with nil.
func (e *endlessTrail) fail(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.full = err
}

func (e *endlessTrail) NextLeaves(_ context.Context, after audit.Cursor, _ int) (app.LeafPage, error) {
	minute := time.Now().Unix() / 60
	if after.Position >= minute {
		return app.LeafPage{Until: after}, nil
	}
	after.Position = minute
	leaf := audit.Leaf{Entity: audit.Run("r"), Head: audit.Head{Seq: minute, Hash: strings.Repeat("0", 64)}}
	return app.LeafPage{Leaves: []audit.Leaf{leaf}, Until: after}, nil
}

func (e *endlessTrail) Checkpoint(context.Context, int64) (audit.StoredNote, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.notes) == 0 {
		return audit.StoredNote{}, nil
	}
	return e.notes[len(e.notes)-1], nil
}

func (e *endlessTrail) AppendCheckpoint(_ context.Context, n app.NewCheckpoint) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.full != nil {
		return e.full
	}
	if int(n.Number) != len(e.notes)+1 {
		return app.ErrMoved
	}
	e.notes, e.nodes = append(e.notes, n.StoredNote), append(e.nodes, n.Nodes...)
	return nil
}

func (e *endlessTrail) Nodes(_ context.Context, positions []int64) ([]audit.Hash, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := make([]audit.Hash, len(positions))
	for i, p := range positions {
		all[i] = e.nodes[p]
	}
	return all, nil
}

func (e *endlessTrail) made() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.notes)
}

// settableClock is the wall clock of the test, set by an amount.
type settableClock struct {
	mu sync.Mutex
	by time.Duration
}

func (c *settableClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return system.Clock{}.Now().Add(c.by)
}

func (c *settableClock) set(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.by = by
}

// TestCheckpointsAreMadeWhateverTheWallClockSays sets the clock of a service between checkpoints. The loop that makes
// checkpoints sees latest checkpoints from the future and from long ago.
func TestCheckpointsAreMadeWhateverTheWallClockSays(t *testing.T) {
	const year = 365 * 24 * time.Hour
	private, _, err := audit.GenerateKey(strings.NewReader(strings.Repeat("k", 32)), "test")
	require.NoError(t, err)
	keys, err := audit.ParseKeys(private)
	require.NoError(t, err)
	for _, set := range []time.Duration{0, time.Hour, -time.Hour, 50 * year, -20 * year} {
		for replicas := 1; replicas <= 3; replicas++ {
			t.Run(fmt.Sprint(set, replicas), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					ctx, stop := context.WithCancel(t.Context())
					trail, clock := &endlessTrail{}, &settableClock{}
					s := app.New(app.Ports{Feed: trail, Checkpoints: trail, Clock: clock})
					var all sync.WaitGroup
					for range replicas {
						all.Go(func() {
							with := checkpointing{keys: keys, origin: "o"}
							makeCheckpoints(ctx, s, with, time.Hour, unshown(t), slog.New(slog.DiscardHandler))
						})
					}
					time.Sleep(10*time.Hour + time.Minute)
					before := trail.made()
					require.GreaterOrEqual(t, before, 9)
					clock.set(set)
					time.Sleep(10 * time.Hour)
					made := trail.made() - before
					require.GreaterOrEqual(t, made, 9, "the periods go on")
					require.LessOrEqual(t, made, 10*replicas)
					clock.set(0) // corrected: the newest checkpoint may now be years ahead
					before = trail.made()
					time.Sleep(10 * time.Hour)
					require.GreaterOrEqual(t, trail.made()-before, 9)
					stop()
					all.Wait()

					before = trail.made()
					ctx, stop = context.WithCancel(t.Context())
					all.Go(func() {
						with := checkpointing{keys: keys, origin: "o"}
						makeCheckpoints(ctx, s, with, time.Hour, unshown(t), slog.New(slog.DiscardHandler))
					})
					time.Sleep(10 * time.Hour)
					require.GreaterOrEqual(t, trail.made()-before, 8, "a new process begins with any newest checkpoint")
					stop()
					all.Wait()
				})
			})
		}
	}
}

func TestTheClockIsRaisedToTheNewestCheckpointAndWarnedOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		trail, ahead := &endlessTrail{}, &settableClock{by: 30 * time.Minute}
		private, _, err := audit.GenerateKey(strings.NewReader(strings.Repeat("k", 32)), "test")
		require.NoError(t, err)
		keys, err := audit.ParseKeys(private)
		require.NoError(t, err)
		var log bytes.Buffer
		clock := system.NewSteadyClock(slog.New(slog.NewTextHandler(io.Discard, nil)))
		s := app.New(app.Ports{Feed: trail, Checkpoints: trail, Clock: clock})
		watching := make(chan struct{})
		go func() {
			watchClock(ctx, clock, s, slog.New(slog.NewTextHandler(&log, nil)))
			close(watching)
		}()
		_, err = app.New(app.Ports{Feed: trail, Checkpoints: trail, Clock: ahead}).MakeCheckpoints(ctx, keys, "o")
		require.NoError(t, err)
		last, err := s.LatestCheckpoint(ctx)
		require.NoError(t, err)
		at := last.Time
		time.Sleep(time.Minute + time.Second)
		require.Equal(t, at, clock.Now(), "the checkpoint of the other replica was read within a minute")
		require.Greater(t, clock.Behind(), 28*time.Minute)
		time.Sleep(time.Hour)
		require.True(t, clock.Now().After(at), "the clock has caught up")
		stop()
		<-watching
		require.Contains(t, log.String(), "the system clock is behind the newest checkpoint")
	})
}

// busyTrail is a feed in which something happens between any two reads.
type busyTrail struct {
	endlessTrail
	at int64
}

func (b *busyTrail) NextLeaves(context.Context, audit.Cursor, int) (app.LeafPage, error) {
	b.at++
	leaf := audit.Leaf{Entity: audit.Run("r"), Head: audit.Head{Seq: b.at, Hash: strings.Repeat("0", 64)}}
	return app.LeafPage{
		Leaves: []audit.Leaf{leaf}, Until: audit.Cursor{Position: b.at, Entity: audit.Run("r"), Seq: b.at}, More: b.at <= 3,
	}, nil
}

// TestCheckpointsDoNotFollowWhatIsRecordedMeanwhile makes checkpoints until the entries that were there are covered.
func TestCheckpointsDoNotFollowWhatIsRecordedMeanwhile(t *testing.T) {
	private, _, err := audit.GenerateKey(strings.NewReader(strings.Repeat("k", 32)), "k")
	require.NoError(t, err)
	keys, err := audit.ParseKeys(private)
	require.NoError(t, err)
	trail := &busyTrail{}
	s := app.New(app.Ports{Feed: trail, Checkpoints: trail, Clock: system.Clock{}})
	made, err := s.MakeCheckpoints(t.Context(), keys, "o")
	require.NoError(t, err)
	require.Len(t, made, 4)
}

// unshown returns metrics that nobody reads.
func unshown(t *testing.T) checkpointMetrics {
	t.Helper()
	m, err := newCheckpointMetrics(prometheus.NewRegistry(), nil)
	require.NoError(t, err)
	return m
}

// A failure shows until a checkpoint was made, here or by another replica, not until the next attempt to read one.
func TestFailingCheckpointsShowUntilOneIsMade(t *testing.T) {
	private, _, err := audit.GenerateKey(strings.NewReader(strings.Repeat("k", 32)), "test")
	require.NoError(t, err)
	keys, err := audit.ParseKeys(private)
	require.NoError(t, err)
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		trail, shown := &endlessTrail{}, unshown(t)
		s := app.New(app.Ports{Feed: trail, Checkpoints: trail, Clock: &settableClock{}})
		var running sync.WaitGroup
		running.Go(func() {
			makeCheckpoints(ctx, s, checkpointing{keys: keys, origin: "o"}, time.Hour, shown, slog.New(slog.DiscardHandler))
		})
		failing := func() float64 { return testutil.ToFloat64(shown.failing) }
		time.Sleep(3 * time.Hour)
		require.Zero(t, failing())
		trail.fail(errors.New("no space"))
		time.Sleep(2 * time.Hour)
		require.InDelta(t, 1, failing(), 0)
		trail.fail(nil)
		time.Sleep(tryAgain + tryAgain/delayPart)
		require.Zero(t, failing(), "it is tried again soon, not after another hour")
		stop()
		running.Wait()
	})
}
