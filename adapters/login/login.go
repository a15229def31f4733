// Package login signs people in to the console: with the authorization code flow of an OpenID Connect issuer (RFC 6749,
// with PKCE), and a session whose tokens never reach the browser.
package login

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/procedo/procedo/adapters/discovery"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/session"
)

// Authenticator verifies access tokens.
type Authenticator interface {
	// Authenticate returns the principal of a token. It returns an error that wraps access.ErrInvalidToken if the token
	// is not accepted for any reason, and fault.Unavailable if this cannot be decided now.
	Authenticate(ctx context.Context, token string) (access.Principal, error)
}

// Secrets encrypts refresh tokens, with a key that the database does not hold.
type Secrets interface {
	Encrypt(plain, place []byte) (sealed []byte, err error)
	Decrypt(sealed, place []byte) (plain []byte, err error)
}

// Options are what a Login works with.
type Options struct {
	Settings
	Authenticator Authenticator
	Store         session.Store
	// Key is a secret key that all replicas share.
	Key []byte
	// Secrets encrypts refresh tokens. Nil means that none is kept: a session then ends with its access token.
	Secrets Secrets

	Log    *slog.Logger     // nil: no log
	Now    func() time.Time // nil: time.Now
	Client *http.Client     // for tests; it replaces the client that asks the issuer
}

// Login signs people in and out, and finds the tokens of those who are signed in. It is safe for concurrent use.
type Login struct {
	Options
	provider   *provider
	attemptKey []byte
	used       *lru.Cache[string, struct{}] // the states that a callback has brought
	mu         sync.Mutex
	renewals   map[session.ID]*renewal // that are going on in this process
}

const (
	askTime = 4 * time.Second // for an answer of the issuer
	maxUsed = 10_000          // states that are remembered
)

// New returns a Login. It returns an *Error if a setting is not valid. It connects to nothing.
func New(o Options) (*Login, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	if o.Now == nil {
		o.Now = time.Now
	}
	key, err := attemptKey(o.Key)
	if err != nil {
		return nil, err
	}
	used, err := lru.New[string, struct{}](maxUsed)
	if err != nil {
		return nil, err
	}
	return &Login{
		Options:    o,
		provider:   &provider{settings: o.Settings, client: cmp.Or(o.Client, discovery.NewClient(askTime)), now: o.Now},
		attemptKey: key, used: used, renewals: map[session.ID]*renewal{},
	}, nil
}

// now returns the time as the databases store it.
func (l *Login) now() time.Time { return l.Now().UTC().Truncate(time.Microsecond) }

// The paths of the handler, below the one where it is mounted.
const (
	beginPath, callbackPath, logoutPath = "/login", "/callback", "/logout"

	// MountPath is where the handler must be mounted.
	MountPath = "/auth/"
)

// Methods returns the methods that a path supports, or none if nothing is there.
func (l *Login) Methods(path string) []string {
	switch path {
	case beginPath, callbackPath:
		return []string{http.MethodGet}
	case logoutPath:
		return []string{http.MethodPost}
	}
	return nil
}

// Serve answers a request for a path for which Methods returns the method. It returns a *RefusalError if somebody
// cannot be signed in, and any other error if a session cannot be changed.
func (l *Login) Serve(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	switch r.URL.Path {
	case beginPath:
		return l.begin(w, r)
	case callbackPath:
		return l.callback(w, r)
	}
	return l.logout(w, r)
}

// requestID returns the id of the request, for the log.
func requestID(w http.ResponseWriter) string { return w.Header().Get("X-Request-Id") }
