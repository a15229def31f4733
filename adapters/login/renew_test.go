package login_test

import (
	"maps"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/login"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/tests/issuer"
)

func TestATokenIsRenewedAMinuteBeforeItExpires(t *testing.T) {
	w := newWorld(t)
	b := w.signedIn(w.replica())
	w.advance(4*time.Minute - time.Second)
	b.requireSignedIn()
	require.Zero(t, w.provider.renewed())
	for n := range 5 {
		w.advance(time.Second)
		b.requireSignedIn()
		require.Equal(t, n+1, w.provider.renewed())
		w.advance(4*time.Minute - time.Second)
		b.requireSignedIn()
		require.Equal(t, n+1, w.provider.renewed())
	}
}

func TestATokenThatLivesShortlyIsNotRenewedAtEachRequest(t *testing.T) {
	w := newWorld(t)
	w.provider.set(func(p *provider) { p.life = time.Minute })
	b := w.signedIn(w.replica())
	w.advance(44 * time.Second)
	b.requireSignedIn()
	require.Zero(t, w.provider.renewed())
	w.advance(time.Second)
	b.requireSignedIn()
	b.requireSignedIn()
	require.Equal(t, 1, w.provider.renewed())
}

// parallel calls requireSignedIn in many tabs of the browser, at the given replicas in turn.
func (b *browser) parallel(n int, replicas ...*login.Login) {
	b.Helper()
	var all sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		other := b.tab(replicas[i%len(replicas)])
		all.Go(func() { _, errs[i] = other.principal() })
	}
	all.Wait()
	for _, err := range errs {
		require.NoError(b, err, b.log)
	}
}

// tab returns another tab of the browser, at a replica.
func (b *browser) tab(at *login.Login) *browser {
	other := b.browser(at)
	maps.Copy(other.cookies, b.cookies)
	return other
}

func TestOfManyRequestsOneRenewsTheToken(t *testing.T) {
	const tabs = 50
	for name, passed := range map[string]time.Duration{"that still holds": 4 * time.Minute, "that has expired": 20 * time.Minute} {
		for replicas := 1; replicas <= 2; replicas++ {
			t.Run(name, func(t *testing.T) {
				w := newWorld(t)
				b := w.signedIn(w.replica())
				at := []*login.Login{b.at, w.replica()}[:replicas]
				for n := range 3 {
					w.advance(passed)
					b.parallel(tabs, at...)
					require.Eventually(t, func() bool { return w.provider.renewed() == n+1 }, 10*time.Second, time.Millisecond)
					b.parallel(tabs, at...)
					require.Equal(t, n+1, w.provider.renewed())
				}
			})
		}
	}
}

func TestOthersDoNotWaitForARenewalWhileTheirTokenHolds(t *testing.T) {
	w := newWorld(t)
	b := w.signedIn(w.replica())
	w.advance(4 * time.Minute)
	asked, release := make(chan struct{}), make(chan struct{})
	w.provider.set(func(p *provider) {
		p.tokens = func(rw http.ResponseWriter, r *http.Request) {
			close(asked)
			<-release
			p.set(func(p *provider) { p.tokens = nil })
			p.token(rw, r)
		}
	})
	done := make(chan error, 1)
	first := b.tab(b.at)
	go func() { _, err := first.principal(); done <- err }()
	<-asked
	began, other := time.Now(), w.replica()
	for range 10 {
		b.requireSignedIn()
		b.tab(other).requireSignedIn()
	}
	require.Less(t, time.Since(began), 10*login.Patience)
	close(release)
	require.NoError(t, <-done)
	require.Eventually(t, func() bool { return w.provider.renewed() == 1 }, 10*time.Second, time.Millisecond)
}

func TestARenewalThatDiedIsTakenOverSoon(t *testing.T) {
	w := newWorld(t)
	b := w.signedIn(w.replica())
	w.advance(4 * time.Minute)
	r, err := w.db.Exec("UPDATE sessions SET refresh_at = ?",
		w.now().Add(login.ClaimTime).UTC().Format("2006-01-02T15:04:05.000000Z"))
	require.NoError(t, err)
	n, err := r.RowsAffected()
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
	b.requireSignedIn()
	require.Zero(t, w.provider.renewed(), "somebody else has claimed it")
	w.advance(login.ClaimTime)
	b.requireSignedIn()
	require.Equal(t, 1, w.provider.renewed())
}

func TestARefusedRenewalEndsTheSession(t *testing.T) {
	w := newWorld(t)
	b := w.signedIn(w.replica())
	w.provider.set(func(p *provider) { clear(p.refresh) }) // the person was locked out
	w.advance(4 * time.Minute)
	b.requireEnded()
	require.Zero(t, w.count())
	require.Contains(t, w.log.String(), "session ended by the issuer")
}

func TestARenewalThatNeedsThePersonEndsTheSession(t *testing.T) {
	for code, ends := range map[string]bool{
		"invalid_grant": true, "interaction_required": true, "login_required": true, "consent_required": true,
		"account_selection_required": true, "access_denied": true,
		"invalid_client": false, "temporarily_unavailable": false, "server_error": false, "slow_down": false,
	} {
		t.Run(code, func(t *testing.T) {
			w := newWorld(t)
			b := w.signedIn(w.replica())
			w.provider.set(func(p *provider) {
				p.tokens = func(rw http.ResponseWriter, _ *http.Request) { answer(rw, 400, issuer.Claims{"error": code}) }
			})
			w.advance(5 * time.Minute)
			if ends {
				b.requireEnded()
				require.Zero(t, w.count())
				return
			}
			_, err := b.principal()
			require.True(t, fault.Is(err, fault.Unavailable), "%v", err)
			w.provider.set(func(p *provider) { p.tokens = nil })
			w.advance(10 * time.Second)
			b.requireSignedIn()
		})
	}
}

func TestASessionGoesOnAfterKeysThatCouldNotBeFetched(t *testing.T) {
	for name, change := range map[string]func(w *world){
		"the issuer of the keys is down": func(w *world) { w.provider.SetDown(true) },
		"somebody has just invented a key": func(w *world) {
			_, err := w.options.Authenticator.Authenticate(t.Context(), w.provider.Signed(
				w.provider.Header(issuer.Claims{"kid": "invented"}), w.provider.Claims(nil)))
			require.ErrorIs(t, err, access.ErrUnknownKey)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			b := w.signedIn(w.replica())
			w.advance(4 * time.Minute)
			change(w)
			w.provider.Rotate()
			b.requireSignedIn()
			require.Equal(t, 1, w.provider.renewed())
			w.provider.SetDown(false)
			w.advance(time.Minute)
			b.requireSignedIn()
			require.Equal(t, 2, w.provider.renewed(), "with the refresh token of the first renewal")
		})
	}
}

func TestTokensOfSomebodyElseEndTheSession(t *testing.T) {
	w := newWorld(t)
	b := w.signedIn(w.replica())
	w.provider.set(func(p *provider) { p.person = "eve" })
	w.advance(4 * time.Minute)
	b.requireEnded()
	require.Zero(t, w.count())
}

func TestARenewedTokenIsCheckedLikeAnyOther(t *testing.T) {
	w := newWorld(t)
	b := w.signedIn(w.replica())
	w.provider.set(func(p *provider) { p.claims = issuer.Claims{"aud": "other"} })
	w.advance(4 * time.Minute)
	b.requireEnded()
}

func TestAProviderThatIsDownLeavesTheTokenThatHolds(t *testing.T) {
	w := newWorld(t)
	b := w.signedIn(w.replica())
	w.provider.set(func(p *provider) {
		p.tokens = func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusBadGateway) }
	})
	w.advance(4 * time.Minute)
	b.requireSignedIn()
	w.advance(time.Minute)
	_, err := b.principal()
	require.True(t, fault.Is(err, fault.Unavailable), "it has expired, but the session has not ended: %v", err)
	w.provider.set(func(p *provider) { p.tokens = nil })
	w.advance(10 * time.Second)
	b.requireSignedIn()
	require.Equal(t, 1, w.count())
}

func TestARefreshTokenThatIsNotReplacedStays(t *testing.T) {
	w := newWorld(t)
	b := w.signedIn(w.replica())
	w.provider.set(func(p *provider) { p.noRefresh = true })
	w.advance(4 * time.Minute)
	b.requireSignedIn()
	w.provider.set(func(p *provider) { clear(p.spent) })
	w.advance(4 * time.Minute)
	b.requireSignedIn()
	require.Equal(t, 2, w.provider.renewed())
}

func TestARefreshTokenThatCannotBeUsedLeavesTheAccessToken(t *testing.T) {
	for name, change := range map[string]func(w *world){
		"under a lost key":  func(w *world) { w.options.Secrets = newWorld(t).options.Secrets },
		"of another client": func(w *world) { w.options.ClientID = "another" },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			b := w.signedIn(w.replica())
			change(w)
			b.at = w.replica()
			w.advance(4 * time.Minute)
			b.requireSignedIn()
			w.advance(time.Minute)
			b.requireEnded()
			require.Zero(t, w.provider.renewed(), "the issuer does not get it")
		})
	}
}

func TestASignOutDuringARenewalWins(t *testing.T) {
	w := newWorld(t)
	b := w.signedIn(w.replica())
	w.advance(20 * time.Minute)
	w.provider.set(func(p *provider) {
		p.tokens = func(rw http.ResponseWriter, r *http.Request) {
			p.set(func(p *provider) { p.tokens = nil })
			p.token(rw, r) // the answer is sent when this function returns
			if _, err := b.tab(w.replica()).send("POST", "/logout"); err != nil {
				t.Error(err)
			}
		}
	})
	b.requireEnded()
	require.Zero(t, w.count())
	w.provider.set(func(p *provider) {
		require.Equal(t, 1, p.renewals)
		require.Len(t, p.revoked, 2)
		require.Empty(t, p.refresh, "the new refresh token was revoked as well")
	})
}
