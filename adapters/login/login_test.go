package login_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/login"
	"github.com/procedo/procedo/core/session"
	"github.com/procedo/procedo/tests/issuer"
)

const sessionCookie = "__Host-procedo"

func TestSomebodySignsInAndOut(t *testing.T) {
	w := newWorld(t)
	b := w.signedIn(w.replica())
	b.requireSignedIn()
	require.Len(t, b.cookies, 1, "that of the attempt is gone")
	w.provider.set(func(p *provider) { require.Len(t, p.refresh, 1) })

	answer, err := b.send("POST", "/logout")
	require.NoError(t, err)
	var body map[string]string
	require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &body))
	end, err := url.Parse(body["continue"])
	require.NoError(t, err)
	require.Equal(t, "/end", end.Path)
	require.Equal(t, url.Values{
		"tenant": {"a"}, "client_id": {clientID}, "post_logout_redirect_uri": {public + "/ui/"},
	}, end.Query())
	require.Empty(t, b.cookies)
	require.Zero(t, w.count())
	w.provider.set(func(p *provider) { require.Len(t, p.revoked, 1); require.Empty(t, p.refresh) })
	_, err = b.principal()
	require.EqualError(t, err, "no session")
	for _, text := range []string{`msg="signed in" actor=corp:ann`, `msg="signed out" actor=corp:ann`} {
		require.Contains(t, w.log.String(), text)
	}
}

func TestAPublicClientShowsNoSecret(t *testing.T) {
	w := newWorld(t, func(o *login.Options) { o.ClientSecret = "" })
	w.provider.set(func(p *provider) { p.public = true })
	b := w.signedIn(w.replica())
	w.advance(4 * time.Minute)
	b.requireSignedIn()
	require.Equal(t, 1, w.provider.renewed())
	_, err := b.send("POST", "/logout")
	require.NoError(t, err)
	w.provider.set(func(p *provider) { require.Len(t, p.revoked, 1) })
}

func TestWithoutSessionOrProviderSignOutStillAnswers(t *testing.T) {
	w := newWorld(t)
	w.provider.SetDown(true)
	answer, err := w.browser(w.replica()).send("POST", "/logout")
	require.NoError(t, err)
	require.JSONEq(t, `{"continue":"`+public+`/ui/"}`, answer.Body.String())
}

func TestTheAddressAtTheProviderHasEverythingThatProtectsTheCode(t *testing.T) {
	w := newWorld(t)
	b := w.browser(w.replica())
	first, second := b.begin("/ui/"), b.begin("/ui/")
	q := first.Query()
	for name, want := range map[string]string{
		"response_type": "code", "client_id": clientID, "redirect_uri": public + "/auth/callback",
		"scope": "openid profile offline_access", "code_challenge_method": "S256", "resource": issuer.Audience, "tenant": "a",
	} {
		require.Equal(t, []string{want}, q[name], name)
	}
	for _, name := range []string{"state", "code_challenge"} {
		require.Len(t, q.Get(name), 43, "256 bits")
		require.NotEqual(t, q.Get(name), second.Query().Get(name), name)
	}
}

// attributes returns a cookie without its name and value, as it is sent.
func attributes(c *http.Cookie) string {
	_, rest, _ := strings.Cut(c.Raw, "; ")
	return rest
}

func TestOnlyAURIIsAskedForAsTheResource(t *testing.T) {
	for name, c := range map[string]struct {
		audience []string
		want     string
	}{
		"a name":                     {[]string{"procedo"}, ""},
		"a URI":                      {[]string{"procedo", "https://api.example.com"}, "https://api.example.com"},
		"a URN":                      {[]string{"urn:procedo:api"}, "urn:procedo:api"},
		"a fragment":                 {[]string{"https://api.example.com#a"}, ""},
		"an application of Entra ID": {[]string{"0000-1", "api://0000-1"}, ""},
	} {
		w := newWorld(t)
		w.options.Audience = c.audience
		query := w.browser(w.replica()).begin("/ui/").Query()
		require.Equal(t, c.want, query.Get("resource"), name)
		require.Equal(t, c.want != "", query.Has("resource"), name)
	}
}

func TestCookiesAreForThisServerOnlyAndNoScript(t *testing.T) {
	w := newWorld(t)
	b := w.browser(w.replica())
	address := b.begin("/ui/")
	require.Len(t, b.set, 1)
	attempt := b.set[0].Name
	require.Equal(t, login.AttemptName(address.Query().Get("state")), attempt)
	require.True(t, strings.HasPrefix(attempt, "__Host-procedo-login-"), attempt)
	require.Equal(t, "Path=/; Max-Age=600; HttpOnly; Secure; SameSite=Lax", attributes(b.set[0]))
	_, err := b.callback(b.visit(address))
	require.NoError(t, err)
	require.Len(t, b.set, 2)
	require.Equal(t, attempt, b.set[0].Name)
	require.Equal(t, "Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax", attributes(b.set[0]))
	require.Equal(t, sessionCookie, b.set[1].Name)
	require.Equal(t, "Path=/; HttpOnly; Secure; SameSite=Lax", attributes(b.set[1]))
	secret, err := base64.RawURLEncoding.DecodeString(b.set[1].Value)
	require.NoError(t, err)
	require.Len(t, secret, 32, "256 bits")
	_, err = b.send("POST", "/logout")
	require.NoError(t, err)
	require.Equal(t, "Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax", attributes(b.set[0]))
}

func TestEachSignInHasANewSessionAndEndsTheOneBefore(t *testing.T) {
	w := newWorld(t)
	b := w.browser(w.replica())
	planted := base64.RawURLEncoding.EncodeToString(make([]byte, 32))
	b.cookies[sessionCookie] = planted
	b.signIn("/ui/")
	first := b.cookies[sessionCookie]
	require.NotEqual(t, planted, first)
	thief := w.browser(b.at)
	thief.cookies[sessionCookie] = planted
	thief.requireEnded()

	b.signIn("/ui/")
	require.NotEqual(t, first, b.cookies[sessionCookie])
	b.requireSignedIn()
	thief.cookies[sessionCookie] = first
	thief.requireEnded()
	require.Equal(t, 1, w.count())
	w.advance(4 * time.Minute)
	b.requireSignedIn()
	require.Equal(t, 1, w.provider.renewed())
	w.provider.set(func(p *provider) { require.Empty(t, p.revoked, "it would have ended the new session as well") })

	w.provider.set(func(p *provider) { p.person = "eve" })
	b.signIn("/ui/")
	require.Equal(t, 1, w.count())
	w.provider.set(func(p *provider) { require.Len(t, p.revoked, 1, "nobody uses the session of somebody else again") })
}

func TestASignOutDoesNotWaitForAnIssuerThatHangs(t *testing.T) {
	w := newWorld(t)
	b := w.signedIn(w.replica())
	b.at = w.replica() // which does not know the issuer's document yet
	release := w.provider.Hold()
	done := make(chan struct{})
	go func() {
		defer close(done)
		if _, err := b.send("POST", "/logout"); err != nil {
			t.Error(err)
		}
	}()
	<-done // before the issuer answers
	release()
	require.Contains(t, w.log.String(), "did not revoke a refresh token")
	require.NotContains(t, w.log.String(), "Client.Timeout", "the limit of a sign-out is lower than that of a request")
	require.Zero(t, w.count())
	require.Empty(t, b.cookies)
}

func TestTwoTabsLogInAtOnce(t *testing.T) {
	w := newWorld(t)
	b := w.browser(w.replica())
	first, second := b.begin("/ui/runs/1"), b.begin("/ui/runs/2")
	end, err := b.callback(b.visit(second))
	require.NoError(t, err)
	require.Equal(t, public+"/ui/runs/2", end)
	end, err = b.callback(b.visit(first))
	require.NoError(t, err)
	require.Equal(t, public+"/ui/runs/1", end)
	b.requireSignedIn()
}

func TestTheAttemptsOfABrowserAreBounded(t *testing.T) {
	w := newWorld(t)
	b := w.browser(w.replica())
	var last *url.URL
	for range 4 * login.MaxAttempts {
		last = b.begin("/ui/" + strings.Repeat("x", 500))
		require.LessOrEqual(t, len(b.cookies), login.MaxAttempts)
		size := 0
		for name, value := range b.cookies {
			size += len(name) + len(value)
		}
		require.Less(t, size, 8<<10)
	}
	_, err := b.callback(b.visit(last))
	require.NoError(t, err)
}

func TestAnotherReplicaEndsTheLogin(t *testing.T) {
	w := newWorld(t)
	b := w.browser(w.replica())
	query := b.visit(b.begin("/ui/"))
	b.at = w.replica()
	_, err := b.callback(query)
	require.NoError(t, err)
	b.requireSignedIn()
	b.at = w.replica()
	_, err = b.send("POST", "/logout")
	require.NoError(t, err)
	b.at = w.replica()
	_, err = b.principal()
	require.EqualError(t, err, "no session")
}

func TestASignOutEndsOtherTabsOnAllReplicas(t *testing.T) {
	w := newWorld(t)
	b := w.signedIn(w.replica())
	other := w.browser(w.replica())
	other.cookies[sessionCookie] = b.cookies[sessionCookie]
	other.requireSignedIn()
	_, err := b.send("POST", "/logout")
	require.NoError(t, err)
	other.requireEnded()
}

func TestWithoutAKeysetASessionEndsWithItsAccessToken(t *testing.T) {
	w := newWorld(t, func(o *login.Options) { o.Secrets = nil })
	b := w.signedIn(w.replica())
	w.advance(5*time.Minute - time.Second)
	b.requireSignedIn()
	w.advance(time.Second)
	b.requireEnded()
	require.Zero(t, w.provider.renewed())
	require.Zero(t, w.count())
}

func TestASessionIsIdleForAnHourAtMost(t *testing.T) {
	w := newWorld(t)
	b := w.signedIn(w.replica())
	w.advance(session.Idle - time.Second)
	b.requireSignedIn()
	w.advance(session.Idle - time.Second)
	b.requireSignedIn()
	w.advance(session.Idle)
	b.requireEnded()
	require.Zero(t, w.count())
}

func TestASessionLastsForTwelveHoursAtMost(t *testing.T) {
	w := newWorld(t)
	w.provider.set(func(p *provider) { p.life = 24 * time.Hour })
	b := w.signedIn(w.replica())
	for passed := time.Duration(0); passed < session.Life; passed += 30 * time.Minute {
		b.requireSignedIn()
		w.advance(30 * time.Minute)
	}
	b.requireEnded()
	w.advance(-time.Hour) // it stays ended
	b.requireEnded()
}

func TestASessionFromTheFutureHasEnded(t *testing.T) {
	w := newWorld(t)
	w.provider.set(func(p *provider) { p.life = 1000 * time.Hour })
	b := w.signedIn(w.replica())
	w.advance(-time.Minute)
	b.requireEnded()
}

func TestTheUseOfASessionIsWrittenOnceAMinute(t *testing.T) {
	w := newWorld(t)
	b := w.signedIn(w.replica())
	seen := func() (at string) {
		require.NoError(t, w.db.QueryRow("SELECT seen_at FROM sessions").Scan(&at))
		return at
	}
	first := seen()
	w.advance(session.SeenEvery - time.Second)
	b.requireSignedIn()
	require.Equal(t, first, seen())
	w.advance(time.Second)
	b.requireSignedIn()
	require.Equal(t, w.now().UTC().Format("2006-01-02T15:04:05.000000Z"), seen())
}

func TestMalformedAndAlteredCookiesAreRefused(t *testing.T) {
	w := newWorld(t)
	b := w.signedIn(w.replica())
	good := b.cookies[sessionCookie]
	for _, bad := range []string{
		"", "x", good[:42], good + "A", good + "=", strings.Repeat("A", 43), strings.Repeat("_", 4000),
		base64.StdEncoding.EncodeToString([]byte(good)),
	} {
		b.cookies[sessionCookie] = bad
		b.requireEnded()
	}
	r := b.request("GET", "/me")
	r.Header.Set("Cookie", sessionCookie+"="+good+"; "+sessionCookie+"="+good)
	_, err := b.at.Token(r)
	require.Error(t, err, "two cookies of the name cannot come from a browser")
	b.cookies[sessionCookie] = good
	b.requireSignedIn()

	// Somebody who can write to the database gives a session the token of another one.
	_, err = w.db.Exec("UPDATE sessions SET access_token = randomblob(length(access_token))")
	require.NoError(t, err)
	b.requireEnded()
}

func TestTheDatabaseAndTheLogShowNoSecret(t *testing.T) {
	w := newWorld(t)
	b := w.signedIn(w.replica())
	w.advance(4 * time.Minute)
	token, err := b.at.Token(b.request("GET", "/me"))
	require.NoError(t, err)
	require.Equal(t, 1, w.provider.renewed())
	query := b.visit(b.begin("/ui/"))
	_, err = b.callback(url.Values{"state": query["state"], "code": {"wrong"}, "iss": query["iss"]})
	require.Error(t, err)
	secret, err := base64.RawURLEncoding.DecodeString(b.cookies[sessionCookie])
	require.NoError(t, err)
	texts := []string{token, string(secret), b.cookies[sessionCookie], clientSecret, query.Get("state"), query.Get("code")}
	w.provider.set(func(p *provider) {
		for refresh := range p.refresh {
			texts = append(texts, refresh)
		}
	})
	texts = append(texts, strings.Split(token, ".")...)
	file := filepath.Join(t.TempDir(), "copy.db")
	_, err = w.db.Exec("VACUUM INTO ?", file)
	require.NoError(t, err)
	dump, err := os.ReadFile(file)
	require.NoError(t, err)
	sum := sha256.Sum256(secret)
	require.Contains(t, string(dump), string(sum[:]), "it does hold the session")
	for _, text := range texts {
		require.NotContains(t, string(dump), text)
		require.NotContains(t, w.log.String(), text)
	}
}

func TestSessionsThatHaveEndedArePruned(t *testing.T) {
	w := newWorld(t)
	w.signedIn(w.replica())
	w.advance(30 * time.Minute)
	w.signedIn(w.replica())
	w.advance(30*time.Minute + time.Second)
	require.NoError(t, login.Prune(t.Context(), w.options.Store, w.now()))
	require.Equal(t, 1, w.count())
	w.advance(time.Hour)
	require.NoError(t, login.Prune(t.Context(), w.options.Store, w.now()))
	require.Zero(t, w.count())
}
