// Package issuer is an OpenID Connect issuer for tests. It issues good tokens with any claims and hostile ones, rotates
// its keys, counts what is fetched from it, and can be down.
package issuer

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"
)

// Audience is the audience of the tokens.
const Audience = "https://procedo.test"

// Claims are the claims or the header of a token.
type Claims map[string]any

// With returns a copy with some members replaced. A nil value removes a member.
func (c Claims) With(other Claims) Claims {
	all := maps.Clone(c)
	for name, value := range other {
		all[name] = value
		if value == nil {
			delete(all, name)
		}
	}
	return all
}

// Issuer is an issuer that listens on this machine.
type Issuer struct {
	URL string // of the issuer, without a slash at its end

	t         testing.TB
	server    *httptest.Server
	mu        sync.Mutex
	key       signer   // signs new tokens
	published []signer // keys that can be fetched
	made      int      // keys, for their ids
	down      bool
	discovery Claims // replaces members of the document
	hidesAlg  bool   // the published keys do not name their algorithm
	fetches   int
	documents int
	hold      chan struct{}
}

type signer struct {
	id      string
	method  jwt.SigningMethod
	private crypto.Signer
}

// New starts an issuer, which stops at the end of the test.
func New(t testing.TB) *Issuer {
	t.Helper()
	i := &Issuer{t: t}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", i.serveDocument)
	mux.HandleFunc("GET /keys", i.serveKeys)
	i.server = httptest.NewServer(mux)
	t.Cleanup(i.server.Close)
	i.URL = i.server.URL
	i.Rotate()
	return i
}

// Client returns a client that can be used until the issuer stops.
func (i *Issuer) Client() *http.Client { return i.server.Client() }

// Rotate replaces the key by a new one of the same algorithm.
func (i *Issuer) Rotate() {
	i.mu.Lock()
	method := i.key.method
	i.mu.Unlock()
	if method == nil {
		method = jwt.SigningMethodES256 // its keys are made fast
	}
	i.Sign(method)
}

// Sign replaces the key by a new one for an algorithm. The key before it cannot be fetched any more.
func (i *Issuer) Sign(method jwt.SigningMethod) {
	key := newSigner(i.t, method)
	i.mu.Lock()
	defer i.mu.Unlock()
	i.made++
	key.id = fmt.Sprintf("key-%d", i.made)
	i.key, i.published = key, []signer{key}
}

// newSigner returns a key for an algorithm.
func newSigner(t testing.TB, method jwt.SigningMethod) signer {
	t.Helper()
	var key crypto.Signer
	var err error
	switch method.Alg() {
	case "ES256":
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "ES384":
		key, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case "EdDSA":
		_, key, err = ed25519.GenerateKey(rand.Reader)
	default:
		const bits = 2048
		key, err = rsa.GenerateKey(rand.Reader, bits)
	}
	require.NoError(t, err)
	return signer{method: method, private: key}
}

// KeyID returns the id of the key that signs.
func (i *Issuer) KeyID() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.key.id
}

// Rename changes the id of the key that signs; an empty id is left out.
func (i *Issuer) Rename(id string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.key.id = id
	i.published[0].id = id
}

// SetDown makes the issuer answer nothing but errors, or ends that.
func (i *Issuer) SetDown(down bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.down = down
}

// HideAlgorithms leaves the algorithm out of the keys that can be fetched.
func (i *Issuer) HideAlgorithms() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.hidesAlg = true
}

// Discover replaces members of the issuer's document.
func (i *Issuer) Discover(members Claims) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.discovery = members
}

// Hold makes the issuer not answer until release is called.
func (i *Issuer) Hold() (release func()) {
	held := make(chan struct{})
	i.mu.Lock()
	i.hold = held
	i.mu.Unlock()
	return func() {
		i.mu.Lock()
		i.hold = nil
		i.mu.Unlock()
		close(held)
	}
}

// Fetches returns how often the keys were asked for, also while the issuer was down.
func (i *Issuer) Fetches() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.fetches
}

// Documents returns how often the issuer's document was asked for, also while the issuer was down.
func (i *Issuer) Documents() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.documents
}

// wait waits as long as Hold says.
func (i *Issuer) wait(r *http.Request) {
	i.mu.Lock()
	held := i.hold
	i.mu.Unlock()
	if held != nil {
		select {
		case <-held:
		case <-r.Context().Done():
		}
	}
}

func (i *Issuer) serveDocument(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	i.documents++
	i.mu.Unlock()
	i.wait(r)
	i.mu.Lock()
	defer i.mu.Unlock()
	i.answer(w, Claims{"issuer": i.URL, "jwks_uri": i.URL + "/keys"}.With(i.discovery))
}

func (i *Issuer) serveKeys(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	i.fetches++
	i.mu.Unlock()
	i.wait(r)
	i.mu.Lock()
	defer i.mu.Unlock()
	keys := make([]Claims, len(i.published))
	for n, key := range i.published {
		keys[n] = key.jwk()
		if i.hidesAlg {
			delete(keys[n], "alg")
		}
	}
	i.answer(w, Claims{"keys": keys})
}

// answer writes an answer, or an error if the issuer is down. The caller holds the lock.
func (i *Issuer) answer(w http.ResponseWriter, body Claims) {
	if i.down {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body) // a test that needs the answer fails without it
}

// jwk returns the public part of a key, as RFC 7517 has it.
func (s signer) jwk() Claims {
	c := Claims{"use": "sig", "alg": s.method.Alg(), "kid": s.id}
	if s.id == "" {
		delete(c, "kid")
	}
	switch public := s.private.Public().(type) {
	case *rsa.PublicKey:
		return c.With(Claims{
			"kty": "RSA", "n": encode(public.N.Bytes()), "e": encode(big.NewInt(int64(public.E)).Bytes()),
		})
	case *ecdsa.PublicKey:
		point, err := public.Bytes()
		if err != nil {
			return nil
		}
		half := len(point) / 2 // after the first byte, which says that both coordinates follow
		return c.With(Claims{
			"kty": "EC", "crv": public.Curve.Params().Name, "x": encode(point[1 : 1+half]), "y": encode(point[1+half:]),
		})
	case ed25519.PublicKey:
		return c.With(Claims{"kty": "OKP", "crv": "Ed25519", "x": encode(public)})
	}
	return nil
}

// Claims returns the claims of an ordinary token that is valid now, with some members replaced; see Claims.With.
func (i *Issuer) Claims(other Claims) Claims {
	now := time.Now().Unix()
	const minutes = 10 * 60
	return Claims{
		"iss": i.URL, "sub": "ann", "aud": Audience, "client_id": "console", "jti": "1",
		"iat": now, "nbf": now, "exp": now + minutes, "name": "Ann Example",
	}.With(other)
}

// Header returns the header of an ordinary token, with some members replaced; see Claims.With.
func (i *Issuer) Header(other Claims) Claims {
	i.mu.Lock()
	defer i.mu.Unlock()
	c := Claims{"alg": i.key.method.Alg(), "typ": "at+jwt", "kid": i.key.id}
	if i.key.id == "" {
		delete(c, "kid")
	}
	return c.With(other)
}

// Token returns an ordinary token with some claims replaced.
func (i *Issuer) Token(other Claims) string { return i.Signed(i.Header(nil), i.Claims(other)) }

// Signed returns a token with any header and claims, signed with the key of the issuer whatever they say.
func (i *Issuer) Signed(header, claims Claims) string {
	return i.SignedText(text(i.t, header), text(i.t, claims))
}

// SignedText is Signed for JSON texts.
func (i *Issuer) SignedText(header, claims string) string {
	i.mu.Lock()
	key := i.key
	i.mu.Unlock()
	return sign(i.t, key.method, key.private, header, claims)
}

// sign returns a token that is signed with any key.
func sign(t testing.TB, method jwt.SigningMethod, key any, header, claims string) string {
	t.Helper()
	signed := encode([]byte(header)) + "." + encode([]byte(claims))
	signature, err := method.Sign(signed, key)
	require.NoError(t, err)
	return signed + "." + encode(signature)
}

func text(t testing.TB, c Claims) string {
	t.Helper()
	data, err := json.Marshal(c)
	require.NoError(t, err)
	return string(data)
}

func encode(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

// signature returns the last part of a token.
func signature(token string) string { return token[strings.LastIndex(token, ".")+1:] }

// withoutSignature returns the first two parts of a token and the dot after them.
func withoutSignature(token string) string { return token[:strings.LastIndex(token, ".")+1] }
