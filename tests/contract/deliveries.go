package contract

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/run"
)

func deliveriesAreLeased(fx *fixture) {
	hold := func(holder string, lease time.Duration) (app.Delivery, bool) {
		d, held, err := fx.Deliveries.Hold(fx.ctx(), "file:x", holder, lease)
		require.NoError(fx, err)
		return d, held
	}
	d, err := fx.Deliveries.Delivery(fx.ctx(), "file:x")
	require.NoError(fx, err)
	require.Equal(fx, app.Delivery{Sink: "file:x"}, d)

	d, held := hold("a", time.Hour)
	require.True(fx, held)
	require.Equal(fx, app.Delivery{Sink: "file:x"}, d)
	_, held = hold("b", time.Hour)
	require.False(fx, held, "another holder has it")
	_, held = hold("a", time.Hour)
	require.True(fx, held, "the holder renews its lease")
	_, held, err = fx.Deliveries.Hold(fx.ctx(), "file:y", "b", time.Hour)
	require.NoError(fx, err)
	require.True(fx, held, "another sink")

	d.Cursor = audit.Cursor{Position: 7, Entity: audit.Run("r"), Seq: 3}
	require.ErrorIs(fx, fx.Deliveries.Release(fx.ctx(), d, "b"), app.ErrMoved)
	require.NoError(fx, fx.Deliveries.Release(fx.ctx(), d, "a"))
	stored, err := fx.Deliveries.Delivery(fx.ctx(), "file:x")
	require.NoError(fx, err)
	require.Equal(fx, d, stored)

	clockSetBack(fx)

	_, held = hold("b", -time.Second) // the lease expires immediately
	require.True(fx, held)
	got, held := hold("a", time.Hour)
	require.True(fx, held)
	require.Equal(fx, d, got)
	require.ErrorIs(fx, fx.Deliveries.Release(fx.ctx(), d, "b"), app.ErrMoved, "its lease has expired")

	d.Failures, d.FailingSince, d.LastError, d.RetryIn = 2, fx.Now(), "down", time.Hour
	require.NoError(fx, fx.Deliveries.Release(fx.ctx(), d, "a"))
	_, held = hold("a", time.Hour)
	require.False(fx, held, "too soon after a failure")
	stored, err = fx.Deliveries.Delivery(fx.ctx(), "file:x")
	require.NoError(fx, err)
	stored.RetryIn = d.RetryIn // Delivery does not return RetryIn, which is input of Release only
	require.Equal(fx, d, stored)
}

// clockSetBack checks that times which the clock wrote before it was set back hold no delivery up.
func clockSetBack(fx *fixture) {
	_, held, err := fx.Deliveries.Hold(fx.ctx(), "file:z", "a", 365*24*time.Hour) // as if by a clock a year ahead
	require.NoError(fx, err)
	require.True(fx, held)
	d, held, err := fx.Deliveries.Hold(fx.ctx(), "file:z", "b", time.Minute)
	require.NoError(fx, err)
	require.True(fx, held, "no lease is that long")
	d.Failures, d.FailingSince, d.LastError, d.RetryIn = 2, fx.Now(), "down", 365*24*time.Hour
	require.NoError(fx, fx.Deliveries.Release(fx.ctx(), d, "b"))
	_, held, err = fx.Deliveries.Hold(fx.ctx(), "file:z", "a", time.Minute)
	require.NoError(fx, err)
	require.True(fx, held, "no retry is that far away")
}

// flakySink collects records. Every third delivery fails halfway.
type flakySink struct {
	mu         sync.Mutex
	got        []audit.FeedRecord
	deliveries int
}

func (s *flakySink) Name() string { return "flaky" }

var errConcurrent = errors.New("two deliveries at once")

func (s *flakySink) Deliver(_ context.Context, records []audit.FeedRecord) (int, error) {
	if !s.mu.TryLock() {
		return 0, errConcurrent
	}
	defer s.mu.Unlock()
	if s.deliveries++; s.deliveries%3 == 0 {
		n := len(records) / 2
		s.got = append(s.got, records[:n]...)
		return n, errors.New("failed halfway")
	}
	s.got = append(s.got, records...)
	return len(records), nil
}

func replicasShareDeliveries(fx *fixture) {
	fx.save(definition("p", oneStep))
	var ids []string
	for range 5 {
		ids = append(ids, fx.start("p").ID)
		fx.mustExecute(ids[len(ids)-1], run.Draft{Submission: submission("s", "a", `"x"`)})
	}
	fx.waitForRun(ids[4])
	whole, end := fx.readFeed(audit.Cursor{}, app.PageSize{Items: 1000})
	var sink flakySink
	var replicas errgroup.Group
	for _, holder := range []string{"a", "b"} {
		replicas.Go(func() error {
			for {
				out, err := fx.service.Deliver(fx.ctx(), &sink, holder, func(int, error) time.Duration { return 0 })
				if err != nil {
					return err
				}
				if errors.Is(out.Err, errConcurrent) {
					return out.Err
				}
				d, err := fx.Deliveries.Delivery(fx.ctx(), sink.Name())
				if err != nil || d.Cursor == end {
					return err
				}
			}
		})
	}
	require.NoError(fx, replicas.Wait())
	require.Equal(fx, whole, sink.got)
}
