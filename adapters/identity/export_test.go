package identity

import (
	"context"
	"time"
)

// Refresh fetches the keys as it is done periodically.
func (a *Authenticator) Refresh(ctx context.Context) { a.refresh(ctx) }

// Forget forgets which tokens were verified a short time ago.
func (a *Authenticator) Forget() { a.cache.entries.Purge() }

// For tests.
const (
	RefreshEvery = refreshEvery
	RefetchAfter = refetchAfter
	CacheTime    = cacheTime
	Leeway       = leeway
)

// CheckToken reads a token without its signature, and returns the name of the actor.
func CheckToken(o Options, text string) (string, error) {
	t, err := readToken(text)
	if err != nil {
		return "", err
	}
	o.Now = time.Now
	r, err := o.rules()
	if err != nil {
		return "", err
	}
	p, err := newIssuer(o.Issuers[0], r, &keySet{}).check(t)
	return p.ID, err
}

// ParseTokens reads a token file and returns the number of its tokens.
func ParseTokens(data []byte) (int, error) {
	table, err := parseTokens(data)
	return len(table), err
}
