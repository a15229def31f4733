package login_test

import (
	"bytes"
	"database/sql"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/identity"
	"github.com/procedo/procedo/adapters/login"
	"github.com/procedo/procedo/adapters/secrets"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/tests/issuer"
)

const public = "https://ops.example.com/procedo"

// clock is the time of the service and of the provider.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// world is a provider, and services over one database that use it.
type world struct {
	*testing.T
	*clock
	provider *provider
	second   *issuer.Issuer // whose tokens are accepted, too
	options  login.Options
	db       *sql.DB
	log      *logText
}

type logText struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func newWorld(t *testing.T, change ...func(*login.Options)) *world {
	t.Helper()
	db := sqlitetest.Open(t)
	w := &world{T: t, clock: &clock{at: time.Now().Truncate(time.Second)}, db: db.Writer(), log: &logText{}}
	w.provider = newProvider(t, w.now)
	w.second = issuer.New(t)
	authenticator, err := identity.New(identity.Options{
		Issuers:  []identity.Issuer{{Alias: "corp", URL: w.provider.URL}, {Alias: "partner", URL: w.second.URL}},
		Audience: []string{"procedo", issuer.Audience},
		Now:      w.now,
	})
	require.NoError(t, err)
	t.Cleanup(authenticator.Close)
	keyset, err := secrets.Generate()
	require.NoError(t, err)
	store := sqlite.Sessions{DB: db}
	w.options = login.Options{
		Settings: login.Settings{
			Issuer: w.provider.URL, ClientID: clientID, ClientSecret: clientSecret, PublicURL: public,
			Scopes: []string{"openid", "profile", "offline_access"}, Audience: []string{"procedo", issuer.Audience},
		},
		Authenticator: authenticator, Store: store, Key: bytes.Repeat([]byte{7}, 32), Secrets: keyset, Now: w.now,
		Log: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, c := range change {
		c(&w.options)
	}
	return w
}

// replica returns a service.
func (w *world) replica() *login.Login {
	w.Helper()
	l, err := login.New(w.options)
	require.NoError(w, err)
	return l
}

// browser returns a browser without cookies at a service.
func (w *world) browser(at *login.Login) *browser {
	return &browser{world: w, at: at, cookies: map[string]string{}}
}

// signedIn returns a browser in which somebody has signed in.
func (w *world) signedIn(at *login.Login) *browser {
	w.Helper()
	b := w.browser(at)
	require.Equal(w, public+"/ui/runs/1?x=1", b.signIn("/ui/runs/1?x=1"))
	return b
}

// count returns the number of the stored sessions.
func (w *world) count() (n int) {
	w.Helper()
	require.NoError(w, w.db.QueryRow("SELECT count(*) FROM sessions").Scan(&n))
	return n
}

// browser keeps cookies, those for HTTPS too.
type browser struct {
	*world
	at      *login.Login
	cookies map[string]string
	set     []*http.Cookie // by the last answer
}

// request returns a request with the cookies of the browser.
func (b *browser) request(method, target string) *http.Request {
	r := httptest.NewRequestWithContext(b.Context(), method, target, nil)
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	return r
}

// send sends a request to a path of the login, and keeps the cookies of the answer.
func (b *browser) send(method, target string) (*httptest.ResponseRecorder, error) {
	b.Helper()
	w := httptest.NewRecorder()
	r := b.request(method, target)
	require.Contains(b, b.at.Methods(r.URL.Path), method)
	err := b.at.Serve(w, r)
	b.keep(w)
	return w, err
}

func (b *browser) keep(w *httptest.ResponseRecorder) {
	b.set = w.Result().Cookies()
	for _, c := range b.set {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
}

// begin begins a login, and returns the address at the provider.
func (b *browser) begin(back string) *url.URL {
	b.Helper()
	w, err := b.send("GET", "/login?"+url.Values{"return": {back}}.Encode())
	require.NoError(b, err)
	require.Equal(b, http.StatusSeeOther, w.Code)
	address, err := url.Parse(w.Header().Get("Location"))
	require.NoError(b, err)
	return address
}

// visit goes to the provider, and returns the query that it sends back.
func (b *browser) visit(address *url.URL) url.Values {
	b.Helper()
	back := b.provider.visit(address.String())
	require.Equal(b, public+"/auth/callback", back.Scheme+"://"+back.Host+back.Path)
	return back.Query()
}

// callback brings back an answer of the provider.
func (b *browser) callback(query url.Values) (string, error) {
	b.Helper()
	w, err := b.send("GET", "/callback?"+query.Encode())
	return w.Header().Get("Location"), err
}

// signIn signs in, and returns where the browser ends.
func (b *browser) signIn(back string) string {
	b.Helper()
	end, err := b.callback(b.visit(b.begin(back)))
	require.NoError(b, err, b.log)
	return end
}

// principal returns who a request of the browser is of, as the API finds it.
func (b *browser) principal() (access.Principal, error) {
	token, err := b.at.Token(b.request("GET", "/me"))
	if err != nil {
		return access.Principal{}, err
	}
	if token == "" {
		return access.Principal{}, errors.New("no session")
	}
	return b.options.Authenticator.Authenticate(b.Context(), token)
}

// requireSignedIn checks that the browser is signed in as ann.
func (b *browser) requireSignedIn() {
	b.Helper()
	p, err := b.principal()
	require.NoError(b, err, b.log)
	require.Equal(b, "corp:ann", p.ID)
	require.Equal(b, "Person ann", p.Name)
	require.True(b, p.Roles.Has(access.Operator))
}

// requireEnded checks that the session of the browser has ended.
func (b *browser) requireEnded() {
	b.Helper()
	_, err := b.principal()
	require.ErrorIs(b, err, access.ErrInvalidToken)
}

// requireRefused checks that an error is a refusal with a reason, and a link to another attempt.
func requireRefused(t *testing.T, err error, reason string, status int) {
	t.Helper()
	var refusal *login.RefusalError
	require.ErrorAs(t, err, &refusal)
	got, text, again := refusal.Page()
	require.Equal(t, "page.login."+reason, text, err)
	require.Equal(t, status, got)
	require.True(t, strings.HasPrefix(again, "login?return=%2Fui%2F"), again)
}
