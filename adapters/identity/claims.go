package identity

import (
	"math"
	"strconv"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/procedo/procedo/core/jsondoc"
)

// claims are the claims of a token. The registered ones have the right type; see RFC 7519, section 4.1.
type claims struct {
	all       *jsondoc.Node
	issuer    string
	subject   string
	audience  []string
	expires   *jwt.NumericDate
	notBefore *jwt.NumericDate
	issuedAt  *jwt.NumericDate
}

func readClaims(all *jsondoc.Node) (c *claims, err error) {
	c = &claims{all: all}
	for name, text := range map[string]*string{"iss": &c.issuer, "sub": &c.subject} {
		n := all.Get(name)
		if n == nil || n.Kind != jsondoc.String {
			return nil, invalid("the claim %s is not a string", name)
		}
		*text = n.Text
	}
	for name, date := range map[string]**jwt.NumericDate{
		"exp": &c.expires, "nbf": &c.notBefore, "iat": &c.issuedAt,
	} {
		if *date, err = readDate(name, all.Get(name)); err != nil {
			return nil, err
		}
	}
	if c.audience, err = readStrings("aud", all.Get("aud")); err != nil {
		return nil, err
	}
	return c, nil
}

// maxDate is the last second of the year 9999.
const maxDate = 253402300799

// readDate returns a claim that is a number of seconds since 1970; nil if it is absent.
func readDate(name string, n *jsondoc.Node) (*jwt.NumericDate, error) {
	if n == nil {
		return nil, nil
	}
	seconds, err := strconv.ParseFloat(n.Text, 64)
	if n.Kind != jsondoc.Number || err != nil || seconds < 0 || seconds > maxDate {
		return nil, invalid("the claim %s is not a time", name)
	}
	return jwt.NewNumericDate(time.Unix(int64(math.Floor(seconds)), 0).UTC()), nil
}

// readStrings returns a claim that is a string or an array of strings; nil if it is absent.
func readStrings(name string, n *jsondoc.Node) ([]string, error) {
	switch {
	case n == nil:
		return nil, nil
	case n.Kind == jsondoc.String:
		return []string{n.Text}, nil
	case n.Kind != jsondoc.Array:
		return nil, invalid("the claim %s is neither a string nor an array", name)
	}
	list := make([]string, len(n.Items))
	for i, item := range n.Items {
		if item.Kind != jsondoc.String {
			return nil, invalid("the claim %s holds something else than strings", name)
		}
		list[i] = item.Text
	}
	return list, nil
}

// UnmarshalJSON does nothing: readToken has read the claims, more strictly than the library would.
func (*claims) UnmarshalJSON([]byte) error { return nil }

// GetExpirationTime and the following methods make the claims known to the library, which compares them.
func (c *claims) GetExpirationTime() (*jwt.NumericDate, error) { return c.expires, nil }

// GetIssuedAt returns the claim iat.
func (c *claims) GetIssuedAt() (*jwt.NumericDate, error) { return c.issuedAt, nil }

// GetNotBefore returns the claim nbf.
func (c *claims) GetNotBefore() (*jwt.NumericDate, error) { return c.notBefore, nil }

// GetIssuer returns the claim iss.
func (c *claims) GetIssuer() (string, error) { return c.issuer, nil }

// GetSubject returns the claim sub.
func (c *claims) GetSubject() (string, error) { return c.subject, nil }

// GetAudience returns the claim aud.
func (c *claims) GetAudience() (jwt.ClaimStrings, error) { return c.audience, nil }
