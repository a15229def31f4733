package identity_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/identity"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/tests/issuer"
)

// opened returns an issuer, an Authenticator of its tokens, and the clock of the Authenticator.
func opened(t *testing.T) (*issuer.Issuer, *identity.Authenticator, *clock) {
	t.Helper()
	i, c := issuer.New(t), newClock()
	o := options(i)
	o.Now = c.Now
	return i, open(t, o), c
}

// forged returns a token with an invented key id.
func forged(i *issuer.Issuer, n int) string {
	return i.Signed(i.Header(issuer.Claims{"kid": fmt.Sprint("forged-", n)}), i.Claims(nil))
}

func TestNothingIsFetchedBeforeTheFirstToken(t *testing.T) {
	i, a, _ := opened(t)
	a.Refresh(t.Context())
	require.Zero(t, i.Documents()+i.Fetches())
	accept(t, a, i.Token(nil))
	require.Equal(t, []int{1, 1}, []int{i.Documents(), i.Fetches()})
	for n := range 10 {
		accept(t, a, i.Token(issuer.Claims{"sub": fmt.Sprint("user-", n)}))
	}
	require.Equal(t, []int{1, 1}, []int{i.Documents(), i.Fetches()})
}

func TestRotationRefusesNoRequest(t *testing.T) {
	i, a, _ := opened(t)
	accept(t, a, i.Token(nil))
	for range 5 { // without time between
		i.Rotate()
		token := i.Token(nil)
		var all sync.WaitGroup
		for n := range 20 {
			all.Go(func() {
				_, err := a.Authenticate(t.Context(), i.Token(issuer.Claims{"jti": fmt.Sprint(n)}))
				if err != nil {
					t.Error(err)
				}
			})
		}
		accept(t, a, token)
		all.Wait()
	}
	require.LessOrEqual(t, i.Fetches(), 6)
}

func TestARequestDuringAFetchThatBeganBeforeTheRotationIsNotRefused(t *testing.T) {
	i, a, _ := opened(t)
	accept(t, a, i.Token(nil))
	before := i.Fetches()
	release := i.Hold() // answers with the keys as they are at the end, but the fetch begins here
	refreshed := make(chan struct{})
	go func() { a.Refresh(t.Context()); close(refreshed) }()
	for i.Documents() < 2 {
		time.Sleep(time.Millisecond) // until the fetch has begun
	}
	i.Rotate()
	done := make(chan error, 1)
	token := i.Token(nil)
	go func() { _, err := a.Authenticate(t.Context(), token); done <- err }()
	release()
	require.NoError(t, <-done)
	<-refreshed
	require.LessOrEqual(t, i.Fetches()-before, 2)
}

func TestTokensOfAWithdrawnKeyAreRefusedAfterTheNextFetch(t *testing.T) {
	i, a, _ := opened(t)
	token := i.Token(nil)
	accept(t, a, token)
	i.Rotate()
	accept(t, a, token) // nobody knows yet
	a.Refresh(t.Context())
	refuse(t, a, token) // although it was verified within the last minute
}

func TestTokensWithoutAKeyIdSurviveRotation(t *testing.T) {
	i, a, c := opened(t)
	i.Rename("")
	accept(t, a, i.Token(nil))
	for range 3 {
		c.Add(identity.RefetchAfter)
		i.Rotate()
		i.Rename("")
		accept(t, a, i.Token(nil))
	}
}

func TestTenThousandForgedKeyIdsCauseAtMostOneFetchInTenSeconds(t *testing.T) {
	const forgeries = 10_000
	for name, warm := range map[string]bool{"with known keys": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			i, a, c := opened(t)
			if warm {
				accept(t, a, i.Token(nil))
			}
			before := i.Fetches()
			var all sync.WaitGroup
			for w := range 4 {
				all.Go(func() {
					for n := range forgeries / 4 {
						if w > 0 && n == 0 && !warm {
							continue // so that the first fetch is over before the others begin
						}
						_, err := a.Authenticate(t.Context(), forged(i, w*forgeries+n))
						if err == nil {
							t.Error("accepted")
						}
					}
				})
			}
			all.Wait()
			require.LessOrEqual(t, i.Fetches()-before, map[bool]int{true: 1, false: 2}[warm])
			before = i.Fetches()
			c.Add(identity.RefetchAfter - time.Second)
			refuse(t, a, forged(i, 1))
			require.Equal(t, before, i.Fetches())
			c.Add(time.Second)
			refuse(t, a, forged(i, 2))
			refuse(t, a, forged(i, 3))
			require.Equal(t, before+1, i.Fetches())
			accept(t, a, i.Token(nil))
		})
	}
}

func TestForgedKeyIdsInTurnCauseOneFetchAlsoWithoutKnownKeys(t *testing.T) {
	i, a, _ := opened(t)
	for n := range 100 {
		refuse(t, a, forged(i, n))
	}
	require.Equal(t, 1, i.Fetches())
}

func TestForgedTokensWithoutAKeyIdCauseAtMostOneFetchInTenSeconds(t *testing.T) {
	i, a, c := opened(t)
	accept(t, a, i.Token(nil))
	before, token := i.Fetches(), i.Hostile()["no kid, the key of a stranger"]
	for range 100 {
		refuse(t, a, token)
	}
	require.Equal(t, before+1, i.Fetches())
	c.Add(identity.RefetchAfter)
	refuse(t, a, token)
	require.Equal(t, before+2, i.Fetches())
}

func TestAnIssuerThatIsDownMakesNewTokensUnavailable(t *testing.T) {
	i, a, c := opened(t)
	i.SetDown(true)
	for range 100 {
		unavailable(t, a, i.Token(nil))
	}
	require.Equal(t, 1, i.Documents(), "it is not asked for each token")
	i.SetDown(false)
	c.Add(identity.RefetchAfter)
	accept(t, a, i.Token(nil))
}

func TestAnIssuerThatIsDownChangesNothingForKnownKeys(t *testing.T) {
	i, a, c := opened(t)
	token := i.Token(nil)
	accept(t, a, token)
	i.SetDown(true)
	a.Refresh(t.Context())
	for range 3 {
		c.Add(identity.CacheTime)
		accept(t, a, token)
	}
	accept(t, a, i.Token(issuer.Claims{"sub": "bob"}))
	i.Rotate()
	unavailable(t, a, i.Token(nil)) // the new key may be a good one
	unavailable(t, a, i.Token(nil))
	refuse(t, a, i.Token(issuer.Claims{"exp": 1}))
	i.SetDown(false)
	c.Add(identity.RefetchAfter)
	accept(t, a, i.Token(nil))
}

func TestAVerifiedTokenIsKnownForAMinuteButNotLongerThanItIsValid(t *testing.T) {
	i, a, c := opened(t)
	end := c.Now().Add(identity.CacheTime / 2)
	token := i.Token(issuer.Claims{"exp": end.Unix()})
	accept(t, a, token)
	c.Add(end.Sub(c.Now()) + identity.Leeway - 2*time.Second)
	accept(t, a, token) // within the leeway, it is verified again
	c.Add(5 * time.Second)
	refuse(t, a, token)
}

func TestOneBadKeyDoesNotHideTheOthers(t *testing.T) {
	good := issuer.New(t)
	good.Sign(jwt.SigningMethodRS256)
	document := fetchText(t, good.URL+"/keys")
	for name, other := range map[string]string{
		"an unknown type": `{"kty":"XX","kid":"x"}`, "a secret": `{"kty":"oct","kid":"x","k":"AAAA","alg":"HS256"}`,
		"no key": `7`, "null": `null`, "a weak RSA key": `{"kty":"RSA","kid":"x","n":"AQAB","e":"AQAB"}`,
		"a curve that is not accepted": `{"kty":"EC","crv":"P-521","kid":"x","x":"AA","y":"AA"}`,
		"a point that is not on it":    `{"kty":"EC","crv":"P-256","kid":"x","x":"AA","y":"AA"}`,
		"a certificate that is none":   `{"kty":"OKP","crv":"Ed25519","x":"AA","x5c":["?"],"kid":"x"}`,
		"a key for encryption":         strings.Replace(strings.TrimSuffix(document[len(`{"keys":[`):], "]}\n"), `"sig"`, `"enc"`, 1),
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, strings.Replace(document, "[", "["+other+",", 1))
		}))
		good.Discover(issuer.Claims{"jwks_uri": server.URL})
		_, err := open(t, options(good)).Authenticate(t.Context(), good.Token(nil))
		require.NoError(t, err, name)
		server.Close()
	}
}

func fetchText(t *testing.T, address string) string {
	t.Helper()
	response, err := http.Get(address)
	require.NoError(t, err)
	defer response.Body.Close()
	var text bytes.Buffer
	_, err = text.ReadFrom(response.Body)
	require.NoError(t, err)
	return text.String()
}

func TestAnIssuerThatAnswersBadlyIsUnavailable(t *testing.T) {
	elsewhere := issuer.New(t)
	redirects := httptest.NewServer(http.RedirectHandler(elsewhere.URL+"/keys", http.StatusFound))
	defer redirects.Close()
	large := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `{"keys":[`+strings.Repeat(" ", 1<<20)+`]}`)
	}))
	defer large.Close()
	for name, document := range map[string]issuer.Claims{
		"of another issuer": {"issuer": elsewhere.URL}, "without an issuer": {"issuer": nil},
		"with a longer issuer": {"issuer": elsewhere.URL + "/"}, "without keys": {"jwks_uri": nil},
		"keys over plain HTTP":      {"jwks_uri": "http://keys.example.com/"},
		"keys in a file":            {"jwks_uri": "file:///etc/passwd"},
		"keys that are redirected":  {"jwks_uri": redirects.URL},
		"keys that are too large":   {"jwks_uri": large.URL},
		"keys that are not found":   {"jwks_uri": elsewhere.URL + "/none"},
		"a document without keys":   {"jwks_uri": elsewhere.URL + "/.well-known/openid-configuration"},
		"an address that is number": {"jwks_uri": 7},
	} {
		i := issuer.New(t)
		i.Discover(document)
		o := options(i)
		o.Client = nil // the client that serve uses
		_, err := open(t, o).Authenticate(t.Context(), i.Token(nil))
		require.ErrorContains(t, err, "auth.unavailable", name)
		require.NotErrorIs(t, err, access.ErrInvalidToken, name)
	}
	require.Zero(t, elsewhere.Fetches(), "a redirect to another server is not followed")
}

func TestKeysAreLookedForAgainWhereTheDocumentSays(t *testing.T) {
	i, a, clock := opened(t)
	i.Discover(issuer.Claims{"jwks_uri": i.URL + "/none"})
	_, err := a.Authenticate(t.Context(), i.Token(nil))
	require.ErrorContains(t, err, "auth.unavailable")
	i.Discover(nil)
	clock.Add(time.Minute)
	accept(t, a, i.Token(nil))
}

func TestARequestThatLeavesDoesNotEndTheFetchOfOthers(t *testing.T) {
	i, a, _ := opened(t)
	release := i.Hold()
	ctx, leave := context.WithCancel(t.Context())
	first, second := make(chan error, 1), make(chan error, 1)
	token := i.Token(nil)
	go func() { _, err := a.Authenticate(ctx, token); first <- err }()
	for i.Documents() == 0 {
		time.Sleep(time.Millisecond) // until the fetch has begun
	}
	go func() { _, err := a.Authenticate(t.Context(), token); second <- err }()
	leave()
	require.ErrorIs(t, <-first, context.Canceled)
	release()
	require.NoError(t, <-second)
}

func TestTheLogSaysWhyKeysCannotBeFetched(t *testing.T) {
	i := issuer.New(t)
	i.SetDown(true)
	var log bytes.Buffer
	o := options(i)
	o.Log = slog.New(slog.NewTextHandler(&log, nil))
	a, err := identity.New(o)
	require.NoError(t, err)
	token := i.Token(nil)
	unavailable(t, a, token)
	a.Close()
	require.Contains(t, log.String(), "issuer=corp")
	require.Contains(t, log.String(), "status 503")
	require.NotContains(t, log.String(), token)
}

func TestABurstOfRequestsAtARotationCausesOneFetch(t *testing.T) {
	i, a, _ := opened(t)
	accept(t, a, i.Token(nil))
	for range 50 {
		before := i.Fetches()
		i.Rotate()
		token := i.Token(nil)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if _, err := a.Authenticate(t.Context(), token); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		require.Equal(t, before+1, i.Fetches())
	}
}

func TestConcurrentUseWhileEverythingChanges(t *testing.T) {
	secret, digest := identity.NewSecret()
	i, c := issuer.New(t), newClock()
	o := options(i)
	o.Now, o.TokenFile = c.Now, tokenFile(t, fmt.Sprintf(`[{"name":"ci","sha256":%q}]`, digest))
	a := open(t, o)
	ctx, stop := context.WithCancel(t.Context())
	var changes, users sync.WaitGroup
	for _, change := range []func(){
		func() { a.Refresh(ctx) }, func() { _ = a.Reload() }, func() { c.Add(time.Millisecond) },
		func() { _, _ = a.Authenticate(ctx, forged(i, 1)) },
	} {
		changes.Go(func() {
			for ctx.Err() == nil {
				change()
			}
		})
	}
	tokens := make([]string, 20)
	end := time.Now().AddDate(1, 0, 0).Unix() // longer than the clock goes
	for n := range tokens {
		tokens[n] = i.Token(issuer.Claims{"sub": fmt.Sprint("user-", n), "exp": end})
	}
	for w := range 8 {
		users.Go(func() {
			for n := range 200 {
				who := (w + n) % len(tokens)
				p, err := a.Authenticate(ctx, tokens[who])
				if err != nil || p.ID != fmt.Sprint("corp:user-", who) {
					t.Error(p.ID, err)
				}
				if p, err = a.Authenticate(ctx, secret); err != nil || p.ID != "token:ci" {
					t.Error(p.ID, err)
				}
			}
		})
	}
	users.Wait()
	stop()
	changes.Wait()
}
