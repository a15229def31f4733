package identity

import (
	"cmp"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/MicahParks/jwkset"

	"github.com/procedo/procedo/adapters/discovery"
	"github.com/procedo/procedo/core/jsondoc"
)

const (
	maxKeys    = 100  // keys of an issuer
	minRSABits = 2048 // RFC 7518, section 3.3
)

// source fetches the keys of an issuer. Only one fetch at a time may use it.
type source struct {
	issuer  string
	client  *http.Client
	keysURL string // as the issuer's document says; empty before the document was fetched
}

// keys returns the keys of the issuer that can verify signatures. With discover, it reads the issuer's document (OpenID
// Connect Discovery, section 4) even if it has read it before, as it does after keys could not be fetched.
func (s *source) keys(ctx context.Context, discover bool) ([]jwkset.JWKMarshal, error) {
	if discover || s.keysURL == "" {
		if err := s.discover(ctx); err != nil {
			return nil, err
		}
	}
	keys, err := s.fetch(ctx)
	if err != nil {
		s.keysURL = "" // the issuer may have moved them, or named a wrong address
	}
	return keys, err
}

// fetch fetches the keys from where the issuer's document says.
func (s *source) fetch(ctx context.Context) ([]jwkset.JWKMarshal, error) {
	set, err := discovery.Get(ctx, s.client, s.keysURL)
	if err != nil {
		return nil, err
	}
	list := set.Get("keys")
	if list == nil || list.Kind != jsondoc.Array || len(list.Items) > maxKeys {
		return nil, fmt.Errorf("%s: no array of at most %d keys", s.keysURL, maxKeys)
	}
	var keys []jwkset.JWKMarshal
	for _, item := range list.Items {
		if key, ok := readKey(item); ok {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("%s: no key with which signatures can be verified", s.keysURL)
	}
	slices.SortFunc(keys, func(a, b jwkset.JWKMarshal) int { // an issuer may list the same keys in another order
		return cmp.Or(strings.Compare(a.KID, b.KID), strings.Compare(a.N, b.N), strings.Compare(a.X, b.X))
	})
	return keys, nil
}

// discover learns where the keys of the issuer are.
func (s *source) discover(ctx context.Context) error {
	document, err := discovery.Read(ctx, s.client, s.issuer)
	if err != nil {
		return err
	}
	address, err := document.Need("jwks_uri")
	if err == nil {
		s.keysURL = address
	}
	return err
}

// readKey returns the public part of a key (RFC 7517, section 4), and whether it can verify signatures of tokens. Other
// keys are ordinary: an issuer may have some for encryption, or for algorithms that are not accepted.
func readKey(n *jsondoc.Node) (key jwkset.JWKMarshal, ok bool) {
	text := func(name string) string {
		if m := n.Get(name); m != nil && m.Kind == jsondoc.String {
			return strings.Clone(m.Text)
		}
		return ""
	}
	key = jwkset.JWKMarshal{
		KTY: jwkset.KTY(text("kty")), USE: jwkset.USE(text("use")), ALG: jwkset.ALG(text("alg")), KID: text("kid"),
		CRV: jwkset.CRV(text("crv")), X: text("x"), Y: text("y"), N: text("n"), E: text("e"),
	}
	if key.USE != "" && key.USE != jwkset.UseSig || key.ALG != "" && !slices.Contains(algorithms, key.ALG.String()) {
		return key, false
	}
	if operations := n.Get("key_ops"); operations != nil && !slices.ContainsFunc(operations.Items,
		func(o *jsondoc.Node) bool { return o.Kind == jsondoc.String && o.Text == "verify" }) {
		return key, false
	}
	_, err := parseKey(key)
	return key, err == nil
}

// parseKey returns the key that the library uses. It refuses keys that no accepted algorithm can use, and weak ones.
func parseKey(key jwkset.JWKMarshal) (jwkset.JWK, error) {
	parsed, err := jwkset.NewJWKFromMarshal(key, jwkset.JWKMarshalOptions{}, jwkset.JWKValidateOptions{})
	if err != nil {
		return parsed, err
	}
	switch public := parsed.Key().(type) {
	case *rsa.PublicKey:
		if public.N.BitLen() >= minRSABits {
			return parsed, nil
		}
	case *ecdsa.PublicKey:
		if public.Curve == elliptic.P256() {
			return parsed, nil
		}
	case ed25519.PublicKey:
		return parsed, nil
	}
	return parsed, errors.New("a key that no accepted algorithm can use")
}

// isSameKey reports whether two keys of an issuer are the same.
func isSameKey(a, b jwkset.JWKMarshal) bool {
	return a.KTY == b.KTY && a.USE == b.USE && a.ALG == b.ALG && a.KID == b.KID && a.CRV == b.CRV && a.X == b.X &&
		a.Y == b.Y && a.N == b.N && a.E == b.E
}
