package http_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/fault"
)

// knownTokens is an authenticator that accepts the given tokens. The token "down" cannot be verified now.
type knownTokens map[string]access.Principal

func (k knownTokens) Authenticate(_ context.Context, token string) (access.Principal, error) {
	if token == "down" {
		return access.Principal{}, fault.New(fault.Unavailable, access.Unavailable, nil)
	}
	if p, ok := k[token]; ok {
		return p, nil
	}
	return access.Principal{}, errors.Join(access.ErrInvalidToken, errors.New("the cause"))
}

// everyRole returns an authenticator with a token for each role, named like the role, and more.
func everyRole() knownTokens {
	tokens := knownTokens{
		"nobody": {ID: "corp:nobody", Via: access.ViaOIDC, Issuer: "https://idp.example"},
		"all":    {ID: "corp:all", Name: "All Roles", Via: access.ViaOIDC, Issuer: "https://idp.example", Roles: access.AllRoles},
		"assistant": {
			ID: "corp:all", Via: access.ViaOIDC, Issuer: "https://idp.example", Roles: access.AllRoles,
			Agent: &access.Agent{Subject: "bot", Name: "Bot", Chain: []string{"chat"}},
		},
	}
	for _, name := range access.AllRoles.Names() {
		role, _ := access.ParseRole(name)
		tokens[name] = access.Principal{
			ID: "corp:" + name, Name: "The " + name, Via: access.ViaOIDC, Issuer: "https://idp.example", Roles: access.RolesOf(role),
		}
	}
	return tokens
}

func newAuthenticatingServer(t testing.TB) *testServer {
	return newTestServerWithConfig(t, func(c *httpadapter.Config) {
		c.Authenticator, c.Issuers = everyRole(), []string{"https://idp.example"}
	})
}

func bearer(token string) []string { return []string{"Authorization", "Bearer " + token} }

const procedureWithSecret = `{"id":"secret","name":"S","steps":[{"key":"s","title":"S","slots":[
	{"name":"pin","type":"string","sensitive":true},{"name":"note","type":"string","required":false}]},{"key":"t","title":"T"}]}`

func TestRefusedTokensAreAllAnsweredAlike(t *testing.T) {
	var log bytes.Buffer
	srv := newTestServerWithConfig(t, func(c *httpadapter.Config) {
		c.Authenticator, c.Log = everyRole(), slog.New(slog.NewTextHandler(&log, nil))
	})
	for name, c := range map[string]struct {
		headers  []string
		language string
		code     string
	}{
		"none":             {nil, "en", "token.missing"},
		"none, in French":  {nil, "fr", "token.missing"},
		"unknown":          {bearer("forged"), "en", "token.invalid"},
		"in French":        {bearer("forged"), "fr", "token.invalid"},
		"other scheme":     {[]string{"Authorization", "Basic YTpi"}, "en", "token.invalid"},
		"no token":         {[]string{"Authorization", "Bearer "}, "en", "token.invalid"},
		"two tokens":       {[]string{"Authorization", "Bearer all, Bearer all"}, "en", "token.invalid"},
		"only the scheme":  {[]string{"Authorization", "Bearer"}, "en", "token.invalid"},
		"with a parameter": {[]string{"Authorization", "Bearer all realm"}, "en", "token.invalid"},
	} {
		got := srv.call("GET", "/runs", "", append([]string{"Accept-Language", c.language}, c.headers...)...)
		require.Equal(t, 401, got.status, name)
		require.Equal(t, c.code, got.body.text("code"), name)
		require.NotContains(t, string(got.raw), "cause", name)
		require.Equal(t, c.language, got.header.Get("Content-Language"))
		challenge := got.header.Get("WWW-Authenticate")
		require.True(t, strings.HasPrefix(challenge, `Bearer realm="procedo"`), challenge)
		require.Contains(t, challenge, `resource_metadata="`+srv.base+`/.well-known/oauth-protected-resource"`)
		require.Equal(t, c.code == "token.invalid", strings.Contains(challenge, `error="invalid_token"`), name)
	}
	require.Equal(t, 7, strings.Count(log.String(), "token refused"), "the log has each refusal of a token, and its cause")
	require.Contains(t, log.String(), "the cause")
	require.Equal(t, 200, srv.call("GET", "/runs", "", "Authorization", "bearer  all").status, "the scheme has no case")
	down := srv.call("GET", "/runs", "", bearer("down")...)
	require.Equal(t, 503, down.status)
	require.Equal(t, "auth.unavailable", down.body.text("code"))
	require.NotEmpty(t, down.header.Get("Retry-After"))
}

func TestWhoIsAuthenticatedNamesNoActor(t *testing.T) {
	srv := newAuthenticatingServer(t)
	got := srv.call("GET", "/me", "", append(bearer("operator"), "X-Actor", "ann")...)
	require.Equal(t, 400, got.status)
	require.Equal(t, []string{"header.X-Actor request.unexpected_header"}, got.codes())
	require.Equal(t, 401, srv.call("GET", "/me", "", "X-Actor", "ann").status)
}

func TestPartsWithoutDataNeedNoToken(t *testing.T) {
	srv := newAuthenticatingServer(t)
	for _, path := range []string{"/livez", "/readyz", "/metrics", "/openapi.json", "/problems/", "/schemas/", "/"} {
		require.Equal(t, 200, srv.call("GET", path, "").status, path)
		require.Equal(t, 200, srv.call("GET", path, "", bearer("forged")...).status, path)
	}
}

func TestTheMetadataNamesTheIssuers(t *testing.T) {
	const path = "/.well-known/oauth-protected-resource"
	require.Equal(t, 404, newTestServer(t).call("GET", path, "").status, "nobody is authenticated")
	srv := newAuthenticatingServer(t)
	got := srv.call("GET", path, "")
	require.Equal(t, 200, got.status)
	require.Equal(t, srv.base, got.body["resource"])
	require.Equal(t, []any{"https://idp.example"}, got.body["authorization_servers"])
	proxied := srv.call("GET", path, "", "X-Forwarded-Proto", "https")
	require.Equal(t, strings.Replace(srv.base, "http:", "https:", 1), proxied.body["resource"])
}

func TestMeShowsWhatTheCallerMayDo(t *testing.T) {
	srv := newAuthenticatingServer(t)
	got := srv.call("GET", "/me", "", bearer("operator")...)
	require.Equal(t, 200, got.status, "%s", got.raw)
	require.Equal(t, "corp:operator", got.body["actor"])
	require.Equal(t, []any{"operator"}, got.body["roles"])
	require.Equal(t, []any{"identify", "read", "work", "fail", "reveal"}, got.body["permissions"])
	got = srv.call("GET", "/me", "", bearer("nobody")...)
	require.Equal(t, []any{"identify"}, got.body["permissions"])
	got = srv.call("GET", "/me", "", bearer("assistant")...)
	require.Equal(t, "bot", got.body.object("agent")["sub"])
	got = newTestServer(t).call("GET", "/me", "", "X-Actor", "ann")
	require.Equal(t, "ann", got.body["actor"])
	require.Equal(t, "none", got.body["via"])
}

// startSecret starts a run of a procedure with a sensitive slot, as the owner of a token.
func (srv *testServer) startSecret(token string) (path string) {
	srv.t.Helper()
	srv.call("POST", "/procedures", procedureWithSecret, bearer("author")...)
	started := srv.call("POST", "/runs", `{"procedure_id":"secret"}`, bearer(token)...)
	require.Equal(srv.t, 201, started.status, "%s", started.raw)
	return "/runs/" + started.body.text("id")
}

func TestTheTrailSaysWhoActedAndWhatAdmittedThem(t *testing.T) {
	srv := newAuthenticatingServer(t)
	path := srv.startSecret("operator")
	got := srv.call("POST", path+"/steps/s/commit", `{"slots":{"pin":"1234"}}`, bearer("assistant")...)
	require.Equal(t, 200, got.status, "%s", got.raw)
	require.Equal(t, "corp:all", got.body.objects("steps")[0]["committed_by"])
	events := srv.call("GET", path+"/events", "", bearer("auditor")...).body.objects("items")
	first, by := events[0], events[0].object("payload").object("by")
	require.Equal(t, "corp:operator", first["actor"])
	require.Equal(t, object{
		"as": "role:operator", "iss": "https://idp.example", "name": "The operator", "via": "oidc",
	}, by)
	require.NotContains(t, first["canonical"], "The operator", "a name is a commitment")
	by = events[2].object("payload").object("by")
	require.Equal(t, object{"chain": []any{"chat"}, "name": "Bot", "sub": "bot"}, by.object("agent"))
	refused := srv.call("POST", path+"/steps/s/commit", `{"slots":{"pin":1}}`, bearer("operator")...)
	require.Equal(t, 409, refused.status)
	events = srv.call("GET", path+"/events", "", bearer("auditor")...).body.objects("items")
	require.Equal(t, "role:operator", events[len(events)-1].object("payload").object("by")["as"], "also of a refusal")
	require.Equal(t, 200, srv.call("GET", path+"/verification", "", bearer("reviewer")...).status)
}

func TestTheValuesOfAnAssistantHaveItsOrigin(t *testing.T) {
	srv := newAuthenticatingServer(t)
	path := srv.startSecret("operator")
	slot := path + "/steps/s"
	refused := srv.call("PATCH", slot, `{"slots":{"note":"x"},"origins":{"note":"manual"}}`, bearer("assistant")...)
	require.Equal(t, 422, refused.status)
	require.Equal(t, []string{"origins.note validation.origin"}, refused.codes())
	saved := srv.call("PATCH", slot, `{"slots":{"note":"x"}}`, bearer("assistant")...)
	require.Equal(t, "agent", saved.body.objects("steps")[0].object("origins")["note"])
	person := srv.call("POST", slot+"/commit", `{"slots":{"pin":"1234"}}`, bearer("operator")...)
	require.Equal(t, object{"note": "agent", "pin": "manual"}, person.body.objects("steps")[0].object("origins"))
}

func TestReceiptsBelongToActorAndAgent(t *testing.T) {
	srv := newAuthenticatingServer(t)
	srv.startSecret("operator")
	start := func(token string) reply {
		return srv.call("POST", "/runs", `{"procedure_id":"secret"}`, append(bearer(token), "Idempotency-Key", "k")...)
	}
	first := start("all")
	require.Equal(t, "true", start("all").header.Get("Idempotency-Replayed"))
	byAgent := start("assistant")
	require.Empty(t, byAgent.header.Get("Idempotency-Replayed"))
	require.NotEqual(t, first.body["id"], byAgent.body["id"])
}

func TestASensitiveValueIsRevealedAfterTheTrailSaysSo(t *testing.T) {
	srv := newAuthenticatingServer(t)
	path := srv.startSecret("operator")
	const secret = "a number to call" // letters that no hash or identifier has
	reveal := func(slot, body string, headers ...string) reply {
		return srv.call("POST", path+"/steps/"+slot+"/reveal", body, headers...)
	}
	const why = `{"reason":"To call back"}`
	require.Equal(t, "slot.no_value", reveal("s/slots/pin", why, bearer("operator")...).body["code"])
	done := srv.call("POST", path+"/steps/s/commit", `{"slots":{"pin":"`+secret+`"}}`, bearer("operator")...)
	require.Equal(t, 200, done.status)
	got := reveal("s/slots/pin", why, bearer("reviewer")...)
	require.Equal(t, 200, got.status, "%s", got.raw)
	require.Equal(t, secret, got.body["value"])
	require.Equal(t, "no-store", got.header.Get("Cache-Control"))
	now := srv.call("GET", path, "", bearer("auditor")...)
	require.Equal(t, done.body["revision"], now.body["revision"])
	require.Equal(t, got.body["seq"], now.body["seq"])
	events := srv.call("GET", path+"/events", "", bearer("auditor")...).body.objects("items")
	last := events[len(events)-1]
	require.Equal(t, "slot.revealed", last["action"])
	require.Equal(t, "To call back", last.object("payload")["reason"])
	require.NotContains(t, fmt.Sprint(events), secret)
	items := srv.call("GET", path+"/exceptions", "", bearer("auditor")...).body.objects("items")
	require.Equal(t, "reveal", items[len(items)-1]["kind"])
	require.Equal(t, []any{"pin"}, items[len(items)-1]["slots"])

	for name, c := range map[string]struct {
		got    reply
		status int
		code   string
	}{
		"unknown step":    {reveal("x/slots/pin", why, bearer("operator")...), 404, "step.not_found"},
		"unknown slot":    {reveal("s/slots/x", why, bearer("operator")...), 404, "slot.not_found"},
		"not sensitive":   {reveal("s/slots/note", why, bearer("operator")...), 409, "slot.not_sensitive"},
		"visit to come":   {reveal("s/slots/pin", `{"reason":"r","visit":2}`, bearer("operator")...), 409, "slot.no_value"},
		"blank reason":    {reveal("s/slots/pin", `{"reason":" "}`, bearer("operator")...), 422, "values.invalid"},
		"no reason":       {reveal("s/slots/pin", `{}`, bearer("operator")...), 422, "values.invalid"},
		"idempotency key": {reveal("s/slots/pin", why, append(bearer("operator"), "Idempotency-Key", "k")...), 400, "request.invalid"},
		"not permitted":   {reveal("s/slots/pin", why, bearer("admin")...), 403, "access.denied"},
	} {
		require.Equal(t, c.status, c.got.status, "%s: %s", name, c.got.raw)
		require.Equal(t, c.code, c.got.body["code"], name)
		require.NotContains(t, string(c.got.raw), secret, name)
	}
	erased := srv.call("POST", path+"/erasures", `{"places":[{"slot":"s.pin"}],"reason":"asked"}`, bearer("admin")...)
	require.Equal(t, 200, erased.status, "%s", erased.raw)
	require.Equal(t, "slot.no_value", reveal("s/slots/pin", why, bearer("operator")...).body["code"])
}

// A stream ends when the token of its reader expires.
func TestAStreamEndsWithItsToken(t *testing.T) {
	tokens := everyRole()
	srv := newTestServerWithConfig(t, func(c *httpadapter.Config) { c.Authenticator = tokens })
	path := srv.startSecret("operator")
	short := tokens["operator"]
	short.Expires = time.Now().Add(200 * time.Millisecond)
	tokens["short"] = short
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // a stream that does not end fails the test
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.base+path+"/events/stream", nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer short")
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	require.Equal(t, 200, res.StatusCode)
	read := make([]byte, 1<<10)
	for err == nil {
		_, err = res.Body.Read(read) // ends without an event
	}
	require.ErrorIs(t, err, io.EOF)
	require.False(t, time.Now().Before(short.Expires))
}

// withdrawable is an authenticator that accepts nothing once it is withdrawn.
type withdrawable struct {
	knownTokens
	withdrawn atomic.Bool
}

func (w *withdrawable) Authenticate(ctx context.Context, token string) (access.Principal, error) {
	if w.withdrawn.Load() {
		return access.Principal{}, access.ErrInvalidToken
	}
	return w.knownTokens.Authenticate(ctx, token)
}

// A stream ends when the token of its reader is withdrawn, at the latest with the next heartbeat.
func TestAStreamEndsWhenItsTokenIsWithdrawn(t *testing.T) {
	tokens := &withdrawable{knownTokens: everyRole()}
	srv := newTestServerWithConfig(t, func(c *httpadapter.Config) { c.Authenticator = tokens })
	path := srv.startSecret("operator")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.base+path+"/events/stream", nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer auditor")
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	read := make([]byte, 1<<10)
	_, err = res.Body.Read(read)
	require.NoError(t, err)
	tokens.withdrawn.Store(true)
	for err == nil {
		_, err = res.Body.Read(read)
	}
	require.ErrorIs(t, err, io.EOF)
}

var _ httpadapter.Authenticator = knownTokens{}
