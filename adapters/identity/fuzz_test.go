package identity_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/identity"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/tests/issuer"
)

// FuzzTokens reads any text as a token of an issuer, but without its signature.
func FuzzTokens(f *testing.F) {
	i := issuer.New(f)
	o := options(i)
	for _, token := range i.Hostile() {
		f.Add(token)
	}
	for _, fixture := range issuer.Fixtures {
		f.Add(i.Issued(fixture))
	}
	f.Fuzz(func(t *testing.T, token string) {
		id, err := identity.CheckToken(o, token)
		if err != nil {
			require.ErrorIs(t, err, access.ErrInvalidToken)
			return
		}
		require.True(t, strings.HasPrefix(id, "corp:"))
		require.LessOrEqual(t, len(id), 255)
		require.False(t, strings.ContainsFunc(id, unicode.IsControl), id)
	})
}

// FuzzTokenFile reads any text as a token file.
func FuzzTokenFile(f *testing.F) {
	for _, texts := range badFiles {
		for _, text := range texts {
			f.Add([]byte(text))
		}
	}
	f.Add([]byte(entry(`"roles":["operator"],"groups":["qa"],"not_after":"2030-01-01T00:00:00Z","agent":true`)))
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := identity.ParseTokens(data)
		var bad *identity.Error
		if err != nil {
			require.ErrorAs(t, err, &bad)
			require.Contains(t, identity.Reasons(), bad.Reason)
			return
		}
		require.GreaterOrEqual(t, n, 0)
	})
}
