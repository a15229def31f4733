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

func deliveriesAreHeld(w *world) {
	hold := func(holder string, lease time.Duration) (app.Delivery, bool) {
		d, held, err := w.Deliveries.Hold(w.ctx(), "file:x", holder, lease)
		require.NoError(w, err)
		return d, held
	}
	d, err := w.Deliveries.Delivery(w.ctx(), "file:x")
	require.NoError(w, err)
	require.Equal(w, app.Delivery{Sink: "file:x"}, d)

	d, held := hold("a", time.Hour)
	require.True(w, held)
	require.Equal(w, app.Delivery{Sink: "file:x"}, d)
	_, held = hold("b", time.Hour)
	require.False(w, held, "another holder has it")
	_, held = hold("a", time.Hour)
	require.True(w, held, "the holder renews its lease")
	_, held, err = w.Deliveries.Hold(w.ctx(), "file:y", "b", time.Hour)
	require.NoError(w, err)
	require.True(w, held, "another sink")

	d.Cursor = audit.Cursor{Position: 7, Entity: audit.Run("r"), Seq: 3}
	require.ErrorIs(w, w.Deliveries.Release(w.ctx(), d, "b"), app.ErrMoved)
	require.NoError(w, w.Deliveries.Release(w.ctx(), d, "a"))
	stored, err := w.Deliveries.Delivery(w.ctx(), "file:x")
	require.NoError(w, err)
	require.Equal(w, d, stored)

	_, held = hold("b", -time.Second) // the lease expires immediately
	require.True(w, held)
	got, held := hold("a", time.Hour)
	require.True(w, held)
	require.Equal(w, d, got)
	require.ErrorIs(w, w.Deliveries.Release(w.ctx(), d, "b"), app.ErrMoved, "its lease has expired")

	d.Failures, d.FailingSince, d.LastError, d.RetryIn = 2, w.Now(), "down", time.Hour
	require.NoError(w, w.Deliveries.Release(w.ctx(), d, "a"))
	_, held = hold("a", time.Hour)
	require.False(w, held, "too soon after a failure")
	stored, err = w.Deliveries.Delivery(w.ctx(), "file:x")
	require.NoError(w, err)
	stored.RetryIn = d.RetryIn // is not stored
	require.Equal(w, d, stored)
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

func deliveriesAreShared(w *world) {
	w.save(plain("p", oneStep))
	var ids []string
	for range 5 {
		ids = append(ids, w.start("p").ID)
		w.must(ids[len(ids)-1], run.Draft{Submission: say("s", "a", `"x"`)})
	}
	w.settleRun(ids[4])
	whole, end := w.follow(audit.Cursor{}, 1000)
	var sink flakySink
	var replicas errgroup.Group
	for _, holder := range []string{"a", "b"} {
		replicas.Go(func() error {
			for {
				out, err := w.service.Deliver(w.ctx(), &sink, holder, func(int, error) time.Duration { return 0 })
				if err != nil {
					return err
				}
				if errors.Is(out.Err, errConcurrent) {
					return out.Err
				}
				d, err := w.Deliveries.Delivery(w.ctx(), sink.Name())
				if err != nil || d.Cursor == end {
					return err
				}
			}
		})
	}
	require.NoError(w, replicas.Wait())
	require.Equal(w, whole, sink.got)
}
