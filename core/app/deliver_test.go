package app_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

// limitedSink accepts at most limit records of each delivery. If there are more, it returns err.
type limitedSink struct {
	received []string // ids
	limit    int
	err      error
}

func (s *limitedSink) Name() string { return "limited" }

func (s *limitedSink) Deliver(_ context.Context, records []audit.FeedRecord) (int, error) {
	n := min(len(records), s.limit)
	for _, r := range records[:n] {
		s.received = append(s.received, r.ID())
	}
	if n == len(records) {
		return n, nil
	}
	return n, s.err
}

func TestDeliverContinuesWhereItFailedAndCountsFailures(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	_, err := fx.MakeCheckpoints(t.Context(), []audit.Key{auditKey(t, "alice")}, "")
	require.NoError(t, err)
	var failures []int
	deliver := func(s *limitedSink) app.Delivered {
		out, err := fx.Deliver(t.Context(), s, "me", func(n int, err error) time.Duration {
			require.ErrorIs(t, err, s.err)
			failures = append(failures, n)
			return 0
		})
		require.NoError(t, err)
		return out
	}
	sink := &limitedSink{limit: 1, err: errBoom}
	out := deliver(sink)
	require.Equal(t, 1, out.Records)
	require.ErrorIs(t, out.Err, errBoom)
	require.Positive(t, out.Lag)
	d, err := fx.ports.Deliveries.Delivery(t.Context(), "limited")
	require.NoError(t, err)
	require.Equal(t, "boom", d.LastError)
	require.False(t, d.FailingSince.IsZero())
	since := d.FailingSince

	sink.limit = 0
	deliver(sink)
	require.Equal(t, []int{1, 2}, failures)
	d, err = fx.ports.Deliveries.Delivery(t.Context(), "limited")
	require.NoError(t, err)
	require.Equal(t, since, d.FailingSince, "the time of the first failure")

	sink.limit = 100
	require.Equal(t, app.Delivered{Records: 3}, deliver(sink))
	require.Equal(t, []string{"p/1", id + "/1", id + "/2", "checkpoint/1"}, sink.received)
	d, err = fx.ports.Deliveries.Delivery(t.Context(), "limited")
	require.NoError(t, err)
	require.Zero(t, d.Failures)
	require.Empty(t, d.LastError)
	require.Equal(t, app.Delivered{}, deliver(sink), "nothing is left to deliver")
}

func TestDeliverCutsTheStoredErrorAndWaitsBeforeTheNextAttempt(t *testing.T) {
	fx := newFixture(t)
	fx.startRun()
	failing := &limitedSink{err: errors.New("\x00" + strings.Repeat("é", app.MaxDeliveryError))}
	_, err := fx.Deliver(t.Context(), failing, "me", func(int, error) time.Duration { return time.Hour })
	require.NoError(t, err)
	d, err := fx.ports.Deliveries.Delivery(t.Context(), "limited")
	require.NoError(t, err)
	require.Equal(t, strings.Repeat("é", app.MaxDeliveryError/2), d.LastError)
	out, err := fx.Deliver(t.Context(), &limitedSink{limit: 100}, "me", nil)
	require.NoError(t, err)
	require.Zero(t, out.Records)
	require.Positive(t, out.Lag)
}

// auditKey returns a signing key that is derived from the first letter of its name.
func auditKey(t testing.TB, name string) audit.Key {
	t.Helper()
	private, _, err := audit.GenerateKey(strings.NewReader(strings.Repeat(name[:1], 32)), name)
	require.NoError(t, err)
	keys, err := audit.ParseKeys(private)
	require.NoError(t, err)
	return keys[0]
}
