package session_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/core/session"
)

var epoch = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func newSession(refresh []byte, access time.Duration) session.Session {
	return session.New(session.IDOf([]byte("secret")), "corp:ann", epoch, session.Tokens{
		Access: []byte("a"), AccessExpires: epoch.Add(access), Refresh: refresh, RefreshAt: epoch.Add(access - time.Minute),
	})
}

func TestASessionEndsInFourWays(t *testing.T) {
	renewable, fixed := newSession([]byte("r"), time.Minute), newSession(nil, time.Minute)
	for _, c := range []struct {
		session session.Session
		passed  time.Duration
		seen    time.Duration
		live    bool
	}{
		{renewable, 0, 0, true},
		{renewable, session.Idle - 1, 0, true},
		{renewable, session.Idle, 0, false},
		{renewable, session.Life - 1, session.Life - time.Minute, true},
		{renewable, session.Life, session.Life - time.Minute, false},
		{renewable, -session.Skew, 0, true}, // another replica's clock is ahead
		{renewable, -session.Skew - 1, 0, false},
		{fixed, time.Minute - 1, 0, true},
		{fixed, time.Minute, 0, false},
	} {
		c.session.SeenAt = epoch.Add(c.seen)
		require.Equal(t, c.live, c.session.IsLive(epoch.Add(c.passed)), c.passed)
	}
}

func TestNoSessionLivesLongerThanItsLife(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hours := rapid.IntRange(-100, 100)
		s := newSession([]byte("r"), time.Duration(hours.Draw(t, "access"))*time.Hour)
		s.SeenAt = epoch.Add(time.Duration(hours.Draw(t, "seen")) * time.Hour)
		now := epoch.Add(time.Duration(hours.Draw(t, "now")) * time.Hour)
		if s.IsLive(now) {
			require.False(t, now.Before(epoch))
			require.Less(t, now.Sub(epoch), session.Life)
			require.Less(t, now.Sub(s.SeenAt), session.Idle)
		}
	})
}

func TestTokensAreRenewedAMinuteOrAQuarterAhead(t *testing.T) {
	for life, ahead := range map[time.Duration]time.Duration{
		time.Hour: time.Minute, 4 * time.Minute: time.Minute, 2 * time.Minute: 30 * time.Second, 4 * time.Second: time.Second,
		0: 0, -time.Hour: 0,
	} {
		require.Equal(t, epoch.Add(life-ahead), session.RenewalOf(epoch, epoch.Add(life)), life)
	}
	s := newSession([]byte("r"), 5*time.Minute)
	require.False(t, s.MayRenew(s.RefreshAt.Add(-1)))
	require.True(t, s.MayRenew(s.RefreshAt))
	s.Refresh = nil
	require.False(t, s.MayRenew(s.RefreshAt))
}
