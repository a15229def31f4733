package login_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/tests/issuer"
)

const (
	clientID     = "console 1" // with a space: it must be encoded in the Authorization header
	clientSecret = "a:secret+"
)

// provider is an OpenID Connect provider with one person at a time, who is already logged in.
type provider struct {
	*issuer.Issuer
	t      *testing.T
	server *httptest.Server
	now    func() time.Time

	mu        sync.Mutex
	person    string
	public    bool // the client has no secret
	life      time.Duration
	codes     map[string]grant
	refresh   map[string]grant // that were issued
	spent     map[string]bool  // refresh tokens that were used
	revoked   []string
	renewals  int
	noRefresh bool
	tokens    http.HandlerFunc // answers instead of the token endpoint
	claims    issuer.Claims    // replace those of access tokens
	header    issuer.Claims
}

// grant is what a code or a refresh token was issued for.
type grant struct{ challenge, redirect, resource, person string }

func newProvider(t *testing.T, now func() time.Time) *provider {
	t.Helper()
	p := &provider{
		Issuer: issuer.New(t), t: t, now: now, person: "ann", life: 5 * time.Minute,
		codes: map[string]grant{}, refresh: map[string]grant{}, spent: map[string]bool{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("POST /revoke", p.revoke)
	p.server = httptest.NewServer(mux)
	t.Cleanup(p.server.Close)
	p.Announce(nil)
	return p
}

// Announce sets the document of the issuer, with some members replaced.
func (p *provider) Announce(other issuer.Claims) {
	p.Discover(issuer.Claims{
		"authorization_endpoint": p.server.URL + "/authorize?tenant=a", "token_endpoint": p.server.URL + "/token",
		"revocation_endpoint": p.server.URL + "/revoke", "end_session_endpoint": p.server.URL + "/end?tenant=a",
		"authorization_response_iss_parameter_supported": true,
		"token_endpoint_auth_methods_supported":          []string{"client_secret_post", "client_secret_basic"},
	}.With(other))
}

// set changes the provider.
func (p *provider) set(change func(*provider)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(p)
}

// renewed returns how often tokens were asked for with a refresh token.
func (p *provider) renewed() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.renewals
}

// authorize sends the browser back with a code.
func (p *provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	p.mu.Lock()
	defer p.mu.Unlock()
	for name, want := range map[string]string{
		"response_type": "code", "client_id": clientID, "code_challenge_method": "S256", "tenant": "a",
		"scope": "openid profile offline_access", "prompt": "consent",
	} {
		if q.Get(name) != want {
			http.Error(w, name, http.StatusBadRequest)
			return
		}
	}
	code := rand.Text()
	p.codes[code] = grant{q.Get("code_challenge"), q.Get("redirect_uri"), q.Get("resource"), p.person}
	back := url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {p.URL}}
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusSeeOther)
}

// token is the token endpoint. A code and a refresh token work once.
func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	instead := p.tokens
	p.mu.Unlock()
	if instead != nil {
		instead(w, r)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.isClient(r) {
		answer(w, http.StatusUnauthorized, issuer.Claims{"error": "invalid_client"})
		return
	}
	g, known := grant{}, false
	switch r.PostFormValue("grant_type") {
	case "authorization_code":
		code := r.PostFormValue("code")
		g, known = p.codes[code]
		delete(p.codes, code)
		sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
		known = known && g.redirect == r.PostFormValue("redirect_uri") &&
			g.challenge == base64.RawURLEncoding.EncodeToString(sum[:])
	case "refresh_token":
		p.renewals++
		token := r.PostFormValue("refresh_token")
		g, known = p.refresh[token]
		if p.spent[token] {
			clear(p.refresh) // as providers do: it may have been stolen
			known = false
		}
		p.spent[token] = true
		g.person = p.person
	}
	if !known || g.resource != r.PostFormValue("resource") {
		answer(w, http.StatusBadRequest, issuer.Claims{"error": "invalid_grant"})
		return
	}
	body := issuer.Claims{"access_token": p.accessToken(g), "token_type": "bearer", "expires_in": 300}
	if !p.noRefresh {
		next := "refresh-" + rand.Text()
		p.refresh[next] = g
		body["refresh_token"] = next
	}
	answer(w, http.StatusOK, body)
}

// accessToken returns an access token. The caller holds the lock.
func (p *provider) accessToken(g grant) string {
	claims := p.Claims(issuer.Claims{
		"sub": g.person, "name": "Person " + g.person, "roles": []string{"operator"}, "aud": g.resource, "jti": rand.Text(),
		"iat": p.now().Unix(), "nbf": p.now().Unix(), "exp": p.now().Add(p.life).Unix(),
	})
	return p.Signed(p.Header(p.header), claims.With(p.claims))
}

// isClient reports whether a request is of the client, and shows its secret in the right way only.
func (p *provider) isClient(r *http.Request) bool {
	id, secret, basic := r.BasicAuth()
	if p.public {
		return !basic && r.PostFormValue("client_id") == clientID && !r.PostForm.Has("client_secret")
	}
	return basic && id == url.QueryEscape(clientID) && secret == url.QueryEscape(clientSecret) &&
		!r.PostForm.Has("client_secret")
}

func (p *provider) revoke(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.isClient(r) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	token := r.PostFormValue("token")
	p.revoked = append(p.revoked, token)
	person := p.refresh[token].person
	for other, g := range p.refresh { // as many providers do: a client and a person have one grant
		if g.person == person {
			delete(p.refresh, other)
		}
	}
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// visit follows a browser to the provider, and returns the address that it is sent back to.
func (p *provider) visit(address string) *url.URL {
	p.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Get(address)
	require.NoError(p.t, err)
	defer response.Body.Close()
	require.Equal(p.t, http.StatusSeeOther, response.StatusCode, address)
	back, err := response.Location()
	require.NoError(p.t, err)
	return back
}
