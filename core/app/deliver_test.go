package app_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

// taking is a sink that takes so many records and then fails.
type taking struct {
	got  []string
	most int
	err  error
}

func (s *taking) Name() string { return "taking" }

func (s *taking) Deliver(_ context.Context, records []audit.FeedRecord) (int, error) {
	n := min(len(records), s.most)
	for _, r := range records[:n] {
		s.got = append(s.got, r.ID())
	}
	if n == len(records) {
		return n, nil
	}
	return n, s.err
}

func TestADeliveryGoesOnWhereItStoppedAndWaitsLongerAfterEachFailure(t *testing.T) {
	w := newWorld(t)
	id := w.started()
	_, err := w.MakeCheckpoints(t.Context(), []audit.Key{auditKey(t, "alice")})
	require.NoError(t, err)
	var failures []int
	deliver := func(s *taking) app.Delivered {
		out, err := w.Deliver(t.Context(), s, "me", func(n int, err error) time.Duration {
			require.ErrorIs(t, err, s.err)
			failures = append(failures, n)
			return 0
		})
		require.NoError(t, err)
		return out
	}
	sink := &taking{most: 1, err: errBoom}
	out := deliver(sink)
	require.Equal(t, 1, out.Records)
	require.ErrorIs(t, out.Refused, errBoom)
	require.Positive(t, out.Lag)
	d, err := w.ports.Deliveries.Delivery(t.Context(), "taking")
	require.NoError(t, err)
	require.Equal(t, "boom", d.LastError)
	require.False(t, d.FailingSince.IsZero())
	since := d.FailingSince

	sink.err = errBoom
	sink.most = 0
	deliver(sink)
	require.Equal(t, []int{1, 2}, failures)
	d, err = w.ports.Deliveries.Delivery(t.Context(), "taking")
	require.NoError(t, err)
	require.Equal(t, since, d.FailingSince, "since the first of them")

	sink.most = 100
	require.Equal(t, app.Delivered{Records: 3}, deliver(sink))
	require.Equal(t, []string{"p/1", id + "/1", id + "/2", "checkpoint/1"}, sink.got)
	d, err = w.ports.Deliveries.Delivery(t.Context(), "taking")
	require.NoError(t, err)
	require.Zero(t, d.Failures)
	require.Empty(t, d.LastError)
	require.Equal(t, app.Delivered{}, deliver(sink), "nothing is left")
}

func TestWhatASinkSaysIsCutAndAnEndingProgramIsNoFailureOfIt(t *testing.T) {
	w := newWorld(t)
	w.started()
	long := &taking{err: errLong}
	_, err := w.Deliver(t.Context(), long, "me", func(int, error) time.Duration { return time.Hour })
	require.NoError(t, err)
	d, err := w.ports.Deliveries.Delivery(t.Context(), "taking")
	require.NoError(t, err)
	require.Equal(t, strings.Repeat("é", app.MaxDeliveryError/2), d.LastError)
	out, err := w.Deliver(t.Context(), &taking{most: 100}, "me", nil)
	require.NoError(t, err)
	require.Zero(t, out.Records, "it is left alone")
	require.Positive(t, out.Lag)
}

var errLong = textError("\x00" + strings.Repeat("é", app.MaxDeliveryError))

type textError string

func (e textError) Error() string { return string(e) }

func auditKey(t testing.TB, name string) audit.Key {
	t.Helper()
	private, _, err := audit.GenerateKey(strings.NewReader(strings.Repeat(name[:1], 32)), name)
	require.NoError(t, err)
	keys, err := audit.ParseKeys(private)
	require.NoError(t, err)
	return keys[0]
}
