// Package identity authenticates bearer tokens: access tokens of OpenID Connect issuers (RFC 9068), and API tokens
// whose digests are in a file. It returns who acts; what they may do is the business of core/access.
package identity

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/procedo/procedo/adapters/discovery"
	"github.com/procedo/procedo/core/access"
)

// MaxToken is the maximum length of a bearer token, in bytes.
const MaxToken = 8 << 10

// Options are the settings of an Authenticator. At least Issuers or TokenFile must be given.
type Options struct {
	Issuers   []Issuer
	Audience  []string // the names of this service; a token of an issuer must be for one of them
	Types     []string // the values of the header typ that are accepted; at+jwt if empty
	Roles     string   // JSON pointer to the claim with the roles; /roles if empty
	Groups    string   // JSON pointer to the claim with the groups; /groups if empty
	RoleMap   RoleMap  // if nil, the claim has the names of the roles themselves
	TokenFile string   // path of the file with API tokens; empty: none

	Log    *slog.Logger     // nil: no log
	Now    func() time.Time // nil: time.Now
	Client *http.Client     // for tests; it replaces the client that fetches keys
}

// Authenticator verifies bearer tokens. It is safe for concurrent use.
type Authenticator struct {
	issuers map[string]*issuer // by URL
	file    string
	tokens  atomic.Pointer[tokenTable]
	cache   *verifiedTokens
	now     func() time.Time
	log     *slog.Logger

	stop   context.CancelFunc
	ended  sync.WaitGroup
	client *http.Client
}

// New returns an Authenticator. It returns an *Error if a setting or the token file is not valid. It connects to
// nothing: the keys of an issuer are fetched when its first token arrives.
func New(o Options) (*Authenticator, error) {
	o.Now, o.Log = orDefault(o.Now, time.Now), cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	a := &Authenticator{
		issuers: map[string]*issuer{}, file: o.TokenFile, cache: newVerifiedTokens(), now: o.Now, log: o.Log,
		client: cmp.Or(o.Client, discovery.NewClient(fetchTime)),
	}
	if err := a.Reload(); err != nil {
		return nil, err
	}
	rules, err := o.rules()
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	a.stop = stop
	for _, i := range o.Issuers {
		keys := newKeySet(ctx, i, a.client, o.Now, o.Log, &a.ended)
		a.issuers[i.URL] = newIssuer(i, rules, keys)
	}
	a.ended.Go(func() { a.refreshPeriodically(ctx) })
	return a, nil
}

func orDefault(given, otherwise func() time.Time) func() time.Time {
	if given != nil {
		return given
	}
	return otherwise
}

// Close ends what the Authenticator does in the background.
func (a *Authenticator) Close() {
	a.stop()
	a.ended.Wait()
	a.client.CloseIdleConnections()
}

// Authenticate returns the principal that a bearer token stands for. The caller must not change it. The error is
// access.ErrInvalidToken with its cause, or fault.Unavailable with the code access.Unavailable if the key of the token
// is not known and cannot be fetched.
func (a *Authenticator) Authenticate(ctx context.Context, token string) (access.Principal, error) {
	if token == "" || len(token) > MaxToken {
		return access.Principal{}, invalid("the token has %d bytes", len(token))
	}
	now, sum := a.now(), sha256.Sum256([]byte(token))
	if table := a.tokens.Load(); table != nil {
		if t, ok := (*table)[sum]; ok {
			return t.principal(now)
		}
	}
	if p, ok := a.cache.get(sum, now); ok {
		return p, nil
	}
	if strings.HasPrefix(token, SecretPrefix) {
		return access.Principal{}, invalid("the API token is not in the token file")
	}
	t, err := readToken(token)
	if err != nil {
		return access.Principal{}, err
	}
	i := a.issuers[t.claims.issuer]
	if i == nil {
		return access.Principal{}, invalid("the issuer %.255q is not known", t.claims.issuer)
	}
	generation := i.keys.generation()
	p, err := i.verify(ctx, t)
	if err != nil {
		return access.Principal{}, err
	}
	a.cache.put(sum, verified{principal: p, until: now.Add(cacheTime), keys: i.keys, generation: generation})
	return p, nil
}

// refreshEvery is the time between two fetches of the keys of an issuer, whether or not a token needs them.
const refreshEvery = 5 * time.Minute

// refreshPeriodically fetches the keys of all issuers that are in use, until ctx is done.
func (a *Authenticator) refreshPeriodically(ctx context.Context) {
	tick := time.NewTicker(refreshEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			a.refresh(ctx)
		}
	}
}

// refresh fetches the keys of all issuers that are in use, and waits for them.
func (a *Authenticator) refresh(ctx context.Context) {
	var all sync.WaitGroup
	for _, i := range a.issuers {
		all.Go(func() { i.keys.refresh(ctx) })
	}
	all.Wait()
}

// invalid returns an error for a token that is refused.
func invalid(cause string, args ...any) error {
	return fmt.Errorf("%w: "+cause, append([]any{access.ErrInvalidToken}, args...)...)
}
