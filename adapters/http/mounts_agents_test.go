package http_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/core/app"
)

// withTools mounts at /tools what sends a request to the API for each of its own: to the path and with the body that
// headers name.
func withTools(c *httpadapter.Config) {
	var api http.Handler
	inner := *c
	c.Mounts = map[string]httpadapter.Mount{"/tools": {
		Agents:  true,
		Methods: func(string) []string { return []string{"POST"} },
		Serve: httpadapter.Serving(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if api == nil {
				api, _ = httpadapter.New(inner)
			}
			method, path, _ := strings.Cut(r.Header.Get("Inner"), " ")
			sent := httptest.NewRequestWithContext(r.Context(), method, path, strings.NewReader(r.Header.Get("Inner-Body")))
			if r.Header.Get("Inner-Body") != "" {
				sent.Header.Set("Content-Type", "application/json")
			}
			api.ServeHTTP(w, sent)
		})),
	}}
}

func TestAMountForAssistantsNeedsATokenAndActsThroughAnAgent(t *testing.T) {
	sessions := &cookieSessions{tokens: map[string]string{"ann": "operator"}}
	srv := newTestServerWithConfig(t, func(c *httpadapter.Config) {
		c.Authenticator, c.Sessions, c.Issuers = everyRole(), sessions, []string{"https://idp.example"}
		withTools(c)
	})
	metadata := srv.base + "/.well-known/oauth-protected-resource/tools"
	for name, headers := range map[string][]string{
		"no token": nil, "a forged token": bearer("forged"), "only a session": cookie("ann"),
	} {
		got := srv.call("POST", "/tools", "", append(headers, "Inner", "GET /me")...)
		require.Equal(t, 401, got.status, name)
		require.Contains(t, got.header.Get("WWW-Authenticate"), `resource_metadata="`+metadata+`"`, name)
	}
	got := srv.call("POST", "/tools", "", append(bearer("operator"), "X-Actor", "ann", "Inner", "GET /me")...)
	require.Equal(t, []string{"header.X-Actor request.unexpected_header"}, got.codes())

	got = srv.call("GET", "/.well-known/oauth-protected-resource/tools", "")
	require.Equal(t, 200, got.status)
	require.Equal(t, srv.base+"/tools", got.body.text("resource"))
	require.Equal(t, []any{"https://idp.example"}, got.body["authorization_servers"])

	got = srv.call("POST", "/tools", "", append(bearer("operator"), "Inner", "GET /me")...)
	require.Equal(t, "corp:operator", got.body.text("actor"))
	require.Equal(t, "mcp", got.body.object("agent").text("sub"), "whoever uses the mount is an assistant")
	got = srv.call("POST", "/tools", "", append(bearer("assistant"), "Inner", "GET /me")...)
	require.Equal(t, "bot", got.body.object("agent").text("sub"), "the token says which")
	require.NotContains(t, srv.call("GET", "/me", "", bearer("operator")...).body, "agent")

	got = srv.call("POST", "/tools", "", append(bearer("auditor"), "Inner", "POST /runs", "Inner-Body", `{"procedure_id":"p"}`)...)
	require.Equal(t, 403, got.status, "the API asks for rights as ever")
	require.Equal(t, 405, srv.call("GET", "/tools", "", bearer("operator")...).status)
	require.Equal(t, 404, srv.call("POST", "/tools/x", "", bearer("operator")...).status)
}

func TestARequestWithinAnotherCountsOnceAndKeepsItsID(t *testing.T) {
	var taken countedRequests
	srv := newTestServerWithConfig(t, func(c *httpadapter.Config) {
		c.Requests = &taken
		withTools(c)
	})
	got := srv.call("POST", "/tools", "", "X-Actor", "robot", "X-Request-Id", "outer", "Inner", "GET /me")
	require.Equal(t, 200, got.status)
	require.EqualValues(t, 1, taken.Load())
	require.Equal(t, "robot", got.body.text("actor"))
	require.Equal(t, "outer", got.header.Get("X-Request-Id"))
	require.NotContains(t, got.body, "agent", "without authentication nothing proves an agent")
	require.Equal(t, 404, srv.call("GET", "/.well-known/oauth-protected-resource/tools", "").status)
}

// countedRequests counts the requests that are taken from an allowance.
type countedRequests struct{ atomic.Int64 }

func (c *countedRequests) Take(app.Caller) (undo func(), exceeded *app.Exceeded) {
	c.Add(1)
	return func() {}, nil
}
