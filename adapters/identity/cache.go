package identity

import (
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/procedo/procedo/core/access"
)

const (
	cacheTime  = time.Minute // how long a token is not verified again
	maxCached  = 4096        // tokens; the principal of one takes at most about 10 KiB
	digestSize = 32          // bytes of SHA-256
)

// verifiedTokens holds the principals of tokens of issuers that were verified a short time ago, by the SHA-256 of the
// token.
type verifiedTokens struct {
	entries *lru.Cache[[digestSize]byte, verified]
}

// verified is a principal whose token was verified with a generation of the keys of its issuer.
type verified struct {
	principal  access.Principal
	until      time.Time
	keys       *keySet
	generation uint64
}

func newVerifiedTokens() *verifiedTokens {
	entries, _ := lru.New[[digestSize]byte, verified](maxCached) // it fails only for a size below 1
	return &verifiedTokens{entries}
}

// get returns the principal of a token unless the token has expired, or the keys of its issuer have changed since.
func (c *verifiedTokens) get(sum [digestSize]byte, now time.Time) (access.Principal, bool) {
	v, ok := c.entries.Get(sum)
	if !ok {
		return access.Principal{}, false
	}
	if !now.Before(v.until) || !now.Before(v.principal.Expires) || v.generation != v.keys.generation() {
		c.entries.Remove(sum)
		return access.Principal{}, false
	}
	return v.principal, true
}

func (c *verifiedTokens) put(sum [digestSize]byte, v verified) { c.entries.Add(sum, v) }
