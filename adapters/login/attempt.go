package login

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

// attempt is a login that has begun. It is in a cookie of the browser, encrypted, so that only this browser can end it.
type attempt struct {
	Verifier string    `json:"verifier"` // of PKCE
	Return   string    `json:"return"`
	Until    time.Time `json:"until"`
}

const (
	attemptCookie = "__Host-procedo-login-" // followed by a digest of the state: several tabs may log in at once
	attemptLife   = 10 * time.Minute
	maxAttempts   = 5 // of a browser at a time
	keySize       = 32

	attemptPurpose = "procedo login attempt"
	accessPurpose  = "procedo session access token"
	refreshPlace   = "procedo session refresh token\x00" // followed by the session and the client
)

// attemptKey derives the key that encrypts attempts.
func attemptKey(key []byte) ([]byte, error) {
	return hkdf.Expand(sha256.New, key, attemptPurpose, keySize)
}

// newSecret returns 256 random bits.
func newSecret() []byte {
	secret := make([]byte, keySize)
	_, _ = rand.Read(secret) // it never fails
	return secret
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// attemptName returns the name of the cookie of a state.
func attemptName(state string) string {
	const part = 8
	sum := sha256.Sum256([]byte(state))
	return attemptCookie + hex.EncodeToString(sum[:part])
}

// setAttempt stores an attempt in the browser. Of too many attempts at a time, the earlier ones are given up.
func (l *Login) setAttempt(w http.ResponseWriter, r *http.Request, state string, a attempt) error {
	plain, err := json.Marshal(a)
	if err != nil {
		return err
	}
	sealed, err := seal(l.attemptKey, plain, []byte(state))
	if err != nil {
		return err
	}
	var earlier []string
	for _, c := range r.Cookies() {
		if strings.HasPrefix(c.Name, attemptCookie) {
			earlier = append(earlier, c.Name)
		}
	}
	if len(earlier) >= maxAttempts {
		for _, name := range earlier {
			setCookie(w, name, "", -1)
		}
	}
	setCookie(w, attemptName(state), encode(sealed), int(attemptLife/time.Second))
	return nil
}

var errNoAttempt = errors.New("the browser has not begun this login, or too long ago")

// takeAttempt returns the attempt with a state, and removes it from the browser. Each state works once.
func (l *Login) takeAttempt(w http.ResponseWriter, r *http.Request, state string) (a attempt, err error) {
	name := attemptName(state)
	cookies := r.CookiesNamed(name)
	if len(cookies) == 0 {
		return a, errNoAttempt
	}
	setCookie(w, name, "", -1)
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(cookies[0].Value)
	if err != nil || len(cookies) > 1 {
		return a, errNoAttempt
	}
	plain, err := open(l.attemptKey, sealed, []byte(state))
	if err != nil {
		return a, errNoAttempt
	}
	if err := json.Unmarshal(plain, &a); err != nil {
		return a, err
	}
	if !l.now().Before(a.Until) {
		return a, errNoAttempt
	}
	if used, _ := l.used.ContainsOrAdd(state, struct{}{}); used {
		return a, errors.New("the state was used before")
	}
	return a, nil
}

// setCookie sets a cookie that only this server gets, and no script. A maxAge of zero means until the browser is
// closed; a negative one removes the cookie.
func setCookie(w http.ResponseWriter, name, value string, maxAge int) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode,
	})
}

// seal encrypts with AES-256-GCM. The place is authenticated with the value.
func seal(key, plain, place []byte) ([]byte, error) {
	aead, err := newAEAD(key)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, plain, place), nil //nolint:gosec // it makes the nonce itself
}

// open decrypts what seal returned for the same place.
func open(key, sealed, place []byte) ([]byte, error) {
	aead, err := newAEAD(key)
	if err != nil {
		return nil, err
	}
	return aead.Open(nil, nil, sealed, place)
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}
