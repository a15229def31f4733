package contract

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/session"
)

// newSession returns a session of ann that begins now, with a refresh token.
func (fx *fixture) newSession(secret string) session.Session {
	now := fx.Now()
	return session.New(session.IDOf([]byte(secret)), "corp:ann", now, session.Tokens{
		Access: []byte("access\x00\xff"), AccessExpires: now.Add(5 * time.Minute),
		Refresh: []byte("refresh\x00"), RefreshAt: now.Add(4 * time.Minute),
	})
}

func (fx *fixture) storedSession(id session.ID) session.Session {
	fx.Helper()
	s, found, err := fx.storage.Sessions.Find(fx.ctx(), id)
	require.NoError(fx, err)
	require.True(fx, found)
	return s
}

func sessionsAreStored(fx *fixture) {
	store := fx.storage.Sessions
	first, second := fx.newSession("first"), fx.newSession("second")
	second.Refresh, second.RefreshAt = nil, time.Time{}
	for _, s := range []session.Session{first, second} {
		_, found, err := store.Find(fx.ctx(), s.ID)
		require.NoError(fx, err)
		require.False(fx, found)
		require.NoError(fx, store.Add(fx.ctx(), s))
		require.Equal(fx, s, fx.storedSession(s.ID))
	}
	require.Error(fx, store.Add(fx.ctx(), first), "an id is given once")
	require.NoError(fx, store.Remove(fx.ctx(), first.ID))
	require.NoError(fx, store.Remove(fx.ctx(), first.ID))
	_, found, err := store.Find(fx.ctx(), first.ID)
	require.NoError(fx, err)
	require.False(fx, found)
	require.NoError(fx, store.See(fx.ctx(), first.ID, fx.Now()), "nothing happens")
	require.Equal(fx, second, fx.storedSession(second.ID))
}

func sessionsAreSeen(fx *fixture) {
	s := fx.newSession("seen")
	require.NoError(fx, fx.storage.Sessions.Add(fx.ctx(), s))
	later := s.SeenAt.Add(time.Minute)
	for _, at := range []time.Time{later, s.SeenAt, later.Add(-time.Microsecond)} {
		require.NoError(fx, fx.storage.Sessions.See(fx.ctx(), s.ID, at))
		s.SeenAt = later
		require.Equal(fx, s, fx.storedSession(s.ID))
	}
}

func sessionsAreRenewedOnce(fx *fixture) {
	store, s := fx.storage.Sessions, fx.newSession("renewed")
	require.NoError(fx, store.Add(fx.ctx(), s))
	claimed, err := store.Claim(fx.ctx(), s.ID, s.RefreshAt.Add(-time.Microsecond), s.RefreshAt.Add(time.Minute))
	require.NoError(fx, err)
	require.False(fx, claimed, "it is too early")

	const callers = 20
	until := s.RefreshAt.Add(time.Minute)
	var winners atomic.Int64
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			claimed, err := store.Claim(fx.ctx(), s.ID, s.RefreshAt, until)
			if err == nil && claimed {
				winners.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(fx, 1, winners.Load())

	renewed := session.Tokens{
		Access: []byte("next"), AccessExpires: until.Add(time.Hour), Refresh: []byte("other"), RefreshAt: until.Add(time.Minute),
	}
	ok, err := store.Renew(fx.ctx(), s.ID, until.Add(time.Microsecond), renewed)
	require.NoError(fx, err)
	require.False(fx, ok, "this is not the claim")
	require.Equal(fx, s.Access, fx.storedSession(s.ID).Access)
	ok, err = store.Renew(fx.ctx(), s.ID, until, renewed)
	require.NoError(fx, err)
	require.True(fx, ok)
	s.Tokens = renewed
	require.Equal(fx, s, fx.storedSession(s.ID))

	last := session.Tokens{Access: []byte("last"), AccessExpires: until}
	claimed, err = store.Claim(fx.ctx(), s.ID, renewed.RefreshAt, until.Add(time.Hour))
	require.NoError(fx, err)
	require.True(fx, claimed)
	ok, err = store.Renew(fx.ctx(), s.ID, until.Add(time.Hour), last)
	require.NoError(fx, err)
	require.True(fx, ok)
	claimed, err = store.Claim(fx.ctx(), s.ID, until.Add(2*time.Hour), until.Add(3*time.Hour))
	require.NoError(fx, err)
	require.False(fx, claimed, "there is nothing to renew it with")
}

func sessionsArePruned(fx *fixture) {
	store, now := fx.storage.Sessions, fx.Now()
	kept := map[string]bool{}
	for name, seen := range map[string]time.Time{
		"old": now.Add(-2 * time.Hour), "older": now.Add(-3 * time.Hour), "oldest": now.Add(-time.Hour - time.Microsecond),
		"just": now.Add(-time.Hour), "now": now, "soon": now.Add(time.Hour), "never": now.Add(time.Hour + time.Microsecond),
	} {
		s := fx.newSession(name)
		s.SeenAt = seen
		require.NoError(fx, store.Add(fx.ctx(), s))
		kept[name] = name == "just" || name == "now" || name == "soon"
	}
	for _, want := range []int{3, 1, 0} {
		n, err := store.Prune(fx.ctx(), now.Add(-time.Hour), now.Add(time.Hour), 3)
		require.NoError(fx, err)
		require.Equal(fx, want, n)
	}
	for name, want := range kept {
		_, found, err := store.Find(fx.ctx(), session.IDOf([]byte(name)))
		require.NoError(fx, err)
		require.Equal(fx, want, found, name)
	}
}
