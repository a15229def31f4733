package login_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/login"
	"github.com/procedo/procedo/tests/issuer"
)

func TestAnswersThatWereNotAskedForAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*browser, url.Values)
		reason string
		status int
	}{
		"no state":            {func(_ *browser, q url.Values) { q.Del("state") }, login.Lost, 400},
		"another state":       {func(_ *browser, q url.Values) { q.Set("state", "x") }, login.Lost, 400},
		"two states":          {func(_ *browser, q url.Values) { q.Add("state", q.Get("state")) }, login.Lost, 400},
		"two codes":           {func(_ *browser, q url.Values) { q.Add("code", "x") }, login.Lost, 400},
		"another browser":     {func(b *browser, _ url.Values) { clear(b.cookies) }, login.Lost, 400},
		"an altered cookie":   {alterCookies, login.Lost, 400},
		"too late":            {func(b *browser, _ url.Values) { b.advance(10 * time.Minute) }, login.Lost, 400},
		"another issuer":      {func(_ *browser, q url.Values) { q.Set("iss", "https://evil.example") }, login.Lost, 400},
		"no issuer":           {func(_ *browser, q url.Values) { q.Del("iss") }, login.Lost, 400},
		"no code":             {func(_ *browser, q url.Values) { q.Del("code") }, login.Unreadable, 502},
		"a code of others":    {func(_ *browser, q url.Values) { q.Set("code", "x") }, login.Lost, 400},
		"denied":              {failWith("access_denied"), login.Denied, 403},
		"not asked again":     {failWith("login_required"), login.Denied, 403},
		"a misconfiguration":  {failWith("unauthorized_client"), login.Unreadable, 502},
		"an error that is no": {failWith("<script>"), login.Unreadable, 502},
		"busy":                {failWith("temporarily_unavailable"), login.Unavailable, 503},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			b := w.browser(w.replica())
			query := b.visit(b.begin("/ui/runs/1"))
			c.change(b, query)
			_, err := b.callback(query)
			requireRefused(t, err, c.reason, c.status)
			require.NotContains(t, b.cookies, sessionCookie)
			require.Zero(t, w.count())
			require.Contains(t, w.log.String(), "not signed in")
		})
	}
}

func alterCookies(b *browser, _ url.Values) {
	for name, value := range b.cookies {
		b.cookies[name] = "A" + value[1:]
		if value[0] == 'A' {
			b.cookies[name] = "B" + value[1:]
		}
	}
}

func failWith(code string) func(*browser, url.Values) {
	return func(_ *browser, q url.Values) {
		q.Del("code")
		q.Set("error", code)
		q.Set("error_description", "line 1\nline 2")
	}
}

func TestAnIssuerThatDoesNotNameItselfIsAcceptedIfItDoesNotSayThatItWould(t *testing.T) {
	w := newWorld(t)
	w.provider.Announce(issuer.Claims{"authorization_response_iss_parameter_supported": nil})
	b := w.browser(w.replica())
	query := b.visit(b.begin("/ui/"))
	query.Del("iss")
	_, err := b.callback(query)
	require.NoError(t, err)
	query = b.visit(b.begin("/ui/"))
	query.Set("iss", "https://evil.example")
	_, err = b.callback(query)
	requireRefused(t, err, login.Lost, 400)
}

func TestAStateWorksOnce(t *testing.T) {
	w := newWorld(t)
	b := w.browser(w.replica())
	address := b.begin("/ui/")
	copied := w.browser(b.at)
	for name, value := range b.cookies {
		copied.cookies[name] = value
	}
	query := b.visit(address)
	_, err := b.callback(query)
	require.NoError(t, err)
	_, err = b.callback(query)
	requireRefused(t, err, login.Lost, 400)
	// Whoever has copied the cookie cannot use the state for another code.
	_, err = copied.callback(b.visit(address))
	requireRefused(t, err, login.Lost, 400)
	require.Equal(t, 1, w.count())
}

func TestACodeWorksOnce(t *testing.T) {
	w := newWorld(t)
	b := w.browser(w.replica())
	query := b.visit(b.begin("/ui/"))
	_, err := b.callback(query)
	require.NoError(t, err)
	second := b.begin("/ui/")
	query.Set("state", second.Query().Get("state"))
	_, err = b.callback(query)
	requireRefused(t, err, login.Lost, 400)
}

func TestACodeOfAnotherAttemptDoesNotFitTheVerifier(t *testing.T) {
	w := newWorld(t)
	b, victim := w.browser(w.replica()), w.browser(w.replica())
	stolen := victim.visit(victim.begin("/ui/"))
	query := b.visit(b.begin("/ui/"))
	query.Set("code", stolen.Get("code"))
	_, err := b.callback(query)
	requireRefused(t, err, login.Lost, 400)
}

func TestTokensThatTheServiceDoesNotAcceptAreRefused(t *testing.T) {
	for name, change := range map[string]func(*provider){
		"for another service": func(p *provider) { p.claims = issuer.Claims{"aud": "other"} },
		"of another type":     func(p *provider) { p.header = issuer.Claims{"typ": "JWT"} },
		"of another issuer":   func(p *provider) { p.claims = issuer.Claims{"iss": "https://evil.example"} },
		"expired":             func(p *provider) { p.life = -time.Hour },
		"without a subject":   func(p *provider) { p.claims = issuer.Claims{"sub": nil} },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.provider.set(change)
			b := w.browser(w.replica())
			_, err := b.callback(b.visit(b.begin("/ui/")))
			requireRefused(t, err, login.Rejected, 403)
			require.Zero(t, w.count())
		})
	}
}

func TestATokenOfTheSecondIssuerBeginsNoSession(t *testing.T) {
	w := newWorld(t)
	token := w.second.Token(nil)
	_, err := w.options.Authenticator.Authenticate(t.Context(), token)
	require.NoError(t, err, "the API accepts it")
	w.provider.set(func(p *provider) {
		p.tokens = func(rw http.ResponseWriter, _ *http.Request) {
			answer(rw, 200, issuer.Claims{"access_token": token, "token_type": "Bearer"})
		}
	})
	b := w.browser(w.replica())
	_, err = b.callback(b.visit(b.begin("/ui/")))
	requireRefused(t, err, login.Rejected, 403)
}

func TestProvidersThatAnswerRubbishAreToldFromThoseThatAreDown(t *testing.T) {
	write := func(status int, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, text)
		}
	}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		reason string
		status int
	}{
		"no JSON":            {write(200, "secret-in-clear"), login.Unreadable, 502},
		"no token":           {write(200, `{"token_type":"Bearer"}`), login.Unreadable, 502},
		"another token type": {write(200, `{"access_token":"x","token_type":"DPoP"}`), login.Unreadable, 502},
		"a foreign client":   {write(401, `{"error":"invalid_client"}`), login.Unreadable, 502},
		"an endless answer":  {write(200, `{"access_token":"`+strings.Repeat("x", 2<<20)+`"}`), login.Unreadable, 502},
		"an error":           {write(500, `{}`), login.Unavailable, 503},
		"too many requests":  {write(429, `{}`), login.Unavailable, 503},
		"no answer": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
			login.Unavailable, 503},
		"another server": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.2/token", http.StatusTemporaryRedirect)
		}, login.Unavailable, 503},
		"opaque tokens": {write(200, `{"access_token":"opaque","token_type":"Bearer"}`), login.Rejected, 403},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			b := w.browser(w.replica())
			query := b.visit(b.begin("/ui/"))
			w.provider.set(func(p *provider) { p.tokens = c.answer })
			_, err := b.callback(query)
			requireRefused(t, err, c.reason, c.status)
			require.NotContains(t, w.log.String(), "secret-in-clear")
		})
	}
}

func TestAProviderThatIsDownOrWrongStartsNoLogin(t *testing.T) {
	for name, change := range map[string]func(*provider){
		"down":                func(p *provider) { p.SetDown(true) },
		"of another issuer":   func(p *provider) { p.Announce(issuer.Claims{"issuer": "https://evil.example"}) },
		"no token endpoint":   func(p *provider) { p.Announce(issuer.Claims{"token_endpoint": nil}) },
		"an address in clear": func(p *provider) { p.Announce(issuer.Claims{"token_endpoint": "http://idp.example/"}) },
		"a script": func(p *provider) {
			p.Announce(issuer.Claims{"end_session_endpoint": "javascript:alert(1)"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			change(w.provider)
			b := w.browser(w.replica())
			_, err := b.send("GET", "/login?return=/ui/runs/7")
			requireRefused(t, err, login.Unavailable, 503)
			require.Empty(t, b.cookies)
			w.provider.SetDown(false)
			w.provider.Announce(nil)
			b.signIn("/ui/")
		})
	}
}

func TestAKnownProviderMayBeDownForALongTime(t *testing.T) {
	w := newWorld(t)
	b := w.browser(w.replica())
	b.begin("/ui/")
	documents := w.provider.Documents()
	b.begin("/ui/")
	require.Equal(t, documents, w.provider.Documents(), "its document is kept")
	w.advance(time.Hour)
	w.provider.SetDown(true)
	b.begin("/ui/")
	require.Equal(t, documents+1, w.provider.Documents())
}
