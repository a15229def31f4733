package http_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
)

// cookieSessions holds the tokens of sessions by the value of a cookie. The session "down" cannot be found now.
type cookieSessions struct {
	mu     sync.Mutex
	tokens map[string]string
	asked  int
}

func (c *cookieSessions) Token(r *http.Request) (string, error) {
	cookie, err := r.Cookie("s")
	if err != nil {
		return "", nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	if cookie.Value == "down" {
		return "", fault.New(fault.Unavailable, "service.unavailable", nil)
	}
	token, ok := c.tokens[cookie.Value]
	if !ok {
		return "", errors.Join(access.ErrInvalidToken, errors.New("ended"))
	}
	return token, nil
}

func (c *cookieSessions) Clear(w http.ResponseWriter) {
	http.SetCookie(w, &http.Cookie{Name: "s", MaxAge: -1})
}

func (c *cookieSessions) end(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.tokens, name)
}

const publicOrigin = "https://ops.example.com"

func newSessionServer(t testing.TB) (*testServer, *cookieSessions) {
	sessions := &cookieSessions{tokens: map[string]string{"ann": "operator", "author": "author", "bad": "forged"}}
	return newTestServerWithConfig(t, func(c *httpadapter.Config) {
		c.Authenticator, c.Sessions, c.Origin = everyRole(), sessions, publicOrigin
		withDocs(c)
		c.Mounts["/auth/"] = httpadapter.Mount{
			Serve: func(_ http.ResponseWriter, r *http.Request) error {
				if r.URL.Path == "/fault" {
					return fault.New(fault.Unavailable, "service.unavailable", nil)
				}
				return pageError{}
			},
			Methods: func(string) []string { return []string{"GET", "POST"} },
		}
	}), sessions
}

// pageError is shown as a page.
type pageError struct{}

func (pageError) Error() string { return "inner words" }

func (pageError) Page() (status int, text, again string) {
	return 502, "page.login.unreadable", `login?return="><script>`
}

func cookie(value string) []string { return []string{"Cookie", "s=" + value} }

func TestASessionStandsForItsToken(t *testing.T) {
	srv, _ := newSessionServer(t)
	got := srv.call("GET", "/me", "", cookie("ann")...)
	require.Equal(t, 200, got.status)
	require.Equal(t, "corp:operator", got.body.text("actor"))
	for name, c := range map[string]struct {
		headers []string
		status  int
		code    string
		cleared bool
	}{
		"no cookie":               {nil, 401, "token.missing", false},
		"a session that ended":    {cookie("eve"), 401, "token.invalid", true},
		"a token that is refused": {cookie("bad"), 401, "token.invalid", true},
		"the database is down":    {cookie("down"), 503, "service.unavailable", false},
		"a bad token beside it":   {append(cookie("ann"), bearer("forged")...), 401, "token.invalid", false},
		"an actor beside it":      {append(cookie("ann"), "X-Actor", "ann"), 400, "request.invalid", false},
	} {
		got := srv.call("GET", "/me", "", c.headers...)
		require.Equal(t, c.status, got.status, name)
		require.Equal(t, c.code, got.body.text("code"), name)
		require.Equal(t, c.cleared, got.header.Get("Set-Cookie") == "s=; Max-Age=0", name)
		require.Empty(t, got.header.Values("Access-Control-Allow-Origin"))
	}
	got = srv.call("GET", "/me", "", append(cookie("ann"), bearer("admin")...)...)
	require.Equal(t, "corp:admin", got.body.text("actor"), "a token goes first")
}

// A page that Ann left open sends Bob's session once Bob has signed in with the same browser.
// countedCallers records whom requests are counted for.
type countedCallers struct{ actors []string }

func (c *countedCallers) Take(by app.Caller) (undo func(), exceeded *app.Exceeded) {
	c.actors = append(c.actors, by.Actor)
	return func() {}, nil
}

func TestRequestsOfNobodyAreCountedForNoActor(t *testing.T) {
	var counted countedCallers
	srv := newTestServerWithConfig(t, func(c *httpadapter.Config) {
		c.Authenticator, c.Requests = everyRole(), &counted
	})
	srv.call("GET", "/runs", "", bearer("operator")...)
	srv.call("GET", "/runs", "", bearer("forged")...)
	srv.call("GET", "/runs", "")
	require.Equal(t, []string{"corp:operator", "", ""}, counted.actors)
}

func TestARequestForAnotherActorDoesNothing(t *testing.T) {
	srv, _ := newSessionServer(t)
	srv.call("POST", "/procedures", procedureWithSecret, cookie("author")...)
	const start = `{"procedure_id":"secret"}`
	for _, expected := range []string{"corp:author", "corp:operator2", "CORP:OPERATOR", "corp:operator, corp:author"} {
		headers := append(cookie("ann"), "X-Expected-Actor", expected)
		for _, got := range []reply{srv.call("POST", "/runs", start, headers...), srv.call("GET", "/runs", "", headers...)} {
			require.Equal(t, 403, got.status, expected)
			require.Equal(t, "access.other_actor", got.body.text("code"))
			require.Equal(t, map[string]any{"actor": "corp:operator"}, got.body["params"])
			require.Empty(t, got.header.Get("WWW-Authenticate"))
		}
	}
	require.Empty(t, srv.call("GET", "/runs", "", cookie("ann")...).body["items"])
	got := srv.call("POST", "/runs", start, append(cookie("ann"), "X-Expected-Actor", "corp:operator")...)
	require.Equal(t, 201, got.status)
	got = srv.call("GET", "/runs", "", append(cookie("eve"), "X-Expected-Actor", "corp:eve")...)
	require.Equal(t, 401, got.status, "who has no session signs in again")

	open := newTestServer(t)
	require.Equal(t, 200, open.call("GET", "/runs", "", "X-Actor", "ann", "X-Expected-Actor", "ann").status)
	require.Equal(t, 403, open.call("GET", "/runs", "", "X-Expected-Actor", "ann").status)
	require.Equal(t, 200, open.call("GET", "/openapi.json", "", "X-Expected-Actor", "ann").status)
}

func TestFilesAndHealthDoNotWaitForSessions(t *testing.T) {
	srv, sessions := newSessionServer(t)
	for _, path := range []string{"/docs/", "/livez", "/readyz"} {
		require.Equal(t, 200, srv.fetch(path, cookie("down")...).status, path)
	}
	require.Zero(t, sessions.asked)
}

func TestPagesOfOtherSitesWriteNothingWithASession(t *testing.T) {
	srv, _ := newSessionServer(t)
	srv.call("POST", "/procedures", procedureWithSecret, cookie("author")...)
	const start = `{"procedure_id":"secret"}`
	for name, headers := range map[string][]string{
		"of another site":        {"Sec-Fetch-Site", "cross-site"},
		"of a sibling":           {"Sec-Fetch-Site", "same-site", "Origin", "https://other.example.com"},
		"without the new header": {"Origin", "https://evil.example"},
		"without an origin":      {"Origin", "null"},
		"in clear":               {"Sec-Fetch-Site", "cross-site", "Origin", "http://ops.example.com"},
	} {
		for _, path := range []string{"/runs", "/auth/logout"} {
			got := srv.fetchWith("POST", path, start, append(headers, cookie("ann")...)...)
			require.Equal(t, 403, got.status, name)
			require.Contains(t, string(got.raw), "request.cross_site", name)
		}
	}
	for name, headers := range map[string][]string{
		"the page itself":    {"Sec-Fetch-Site", "same-origin", "Origin", srv.base},
		"its public address": {"Origin", publicOrigin},
	} {
		got := srv.call("POST", "/runs", start, append(headers, cookie("ann")...)...)
		require.Equal(t, 201, got.status, name)
	}
}

func TestAStreamEndsWithItsSession(t *testing.T) {
	srv, sessions := newSessionServer(t)
	srv.call("POST", "/procedures", procedureWithSecret, cookie("author")...)
	run := srv.call("POST", "/runs", `{"procedure_id":"secret"}`, cookie("ann")...).body.text("id")
	s := srv.stream(t, run, cookie("ann")...)
	_, e := s.next()
	require.Equal(t, "run.created", e.Action)
	sessions.end("ann")
	for s.lines.Scan() { // the test times out if the stream does not end
		require.NotContains(t, s.lines.Text(), "step.draft_saved")
	}
	require.Equal(t, 401, srv.call("GET", "/runs/"+run, "", cookie("ann")...).status)
}

func TestAMountRefusesWithAPageOrAProblem(t *testing.T) {
	srv, _ := newSessionServer(t)
	for language, want := range map[string]string{"en": "The sign-in did not work", "fr": "La connexion a échoué"} {
		got := srv.fetchWith("GET", "/auth/callback?code=x", "", "Accept-Language", language)
		require.Equal(t, 502, got.status)
		require.Equal(t, "text/html; charset=utf-8", got.header.Get("Content-Type"))
		require.Contains(t, got.header.Get("Content-Security-Policy"), "default-src 'none'")
		require.Equal(t, "no-store", got.header.Get("Cache-Control"))
		require.Equal(t, language, got.header.Get("Content-Language"))
		require.Empty(t, got.header.Get("ETag"))
		require.Contains(t, string(got.raw), want)
		require.NotContains(t, string(got.raw), "inner words")
		require.NotContains(t, string(got.raw), "<script>")
		require.Contains(t, string(got.raw), `<a href="login?return=&#34;&gt;&lt;script&gt;">`)
	}
	got := srv.fetchWith("GET", "/auth/fault", "")
	require.Equal(t, 503, got.status)
	require.Equal(t, "application/problem+json", got.header.Get("Content-Type"))
}

func TestOnlyTheirOwnCachesKeepAnswersToCallersWhoAreAuthenticated(t *testing.T) {
	srv, _ := newSessionServer(t)
	srv.call("POST", "/procedures", procedureWithSecret, cookie("author")...)
	got := srv.call("GET", "/procedures/secret/versions/1", "", cookie("ann")...)
	require.Equal(t, "private, max-age=31536000, immutable", got.header.Get("Cache-Control"))
	open := newTestServer(t)
	open.call("POST", "/procedures", procedureWithSecret)
	got = open.call("GET", "/procedures/secret/versions/1", "")
	require.Equal(t, "public, max-age=31536000, immutable", got.header.Get("Cache-Control"))
}

// fetchWith sends a request that the contract does not describe.
func (srv *testServer) fetchWith(method, path, body string, headers ...string) reply {
	srv.t.Helper()
	req, err := http.NewRequest(method, srv.base+path, strings.NewReader(body))
	require.NoError(srv.t, err)
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	require.NoError(srv.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(srv.t, err)
	return reply{status: res.StatusCode, header: res.Header, raw: raw}
}
