package identity_test

import (
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/procedo/procedo/adapters/identity"
	"github.com/procedo/procedo/tests/issuer"
)

// BenchmarkAuthenticate measures a token that was verified a short time ago, the verification itself, and an API token.
func BenchmarkAuthenticate(b *testing.B) {
	for _, method := range []jwt.SigningMethod{jwt.SigningMethodRS256, jwt.SigningMethodES256} {
		i := issuer.New(b)
		i.Sign(method)
		a := open(b, options(i))
		token := i.Issued(issuer.Fixtures["RFC 9068"])
		accept(b, a, token)
		b.Run("known/"+method.Alg(), func(b *testing.B) { authenticate(b, a, token) })
		c := newClock()
		o := options(i)
		o.Now = c.Now
		a = open(b, o)
		b.Run("new/"+method.Alg(), func(b *testing.B) {
			for b.Loop() {
				accept(b, a, token)
				a.Forget()
			}
		})
		forged := i.Hostile()["an unknown kid"]
		b.Run("forged/"+method.Alg(), func(b *testing.B) {
			for b.Loop() {
				refuse(b, a, forged)
			}
		})
	}
	secret, digest := identity.NewSecret()
	a := open(b, identity.Options{TokenFile: tokenFile(b, `[{"name":"a","sha256":"`+digest+`"}]`)})
	b.Run("API token", func(b *testing.B) { authenticate(b, a, secret) })
}

func authenticate(b *testing.B, a *identity.Authenticator, token string) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := a.Authenticate(b.Context(), token); err != nil {
			b.Fatal(err)
		}
	}
}
