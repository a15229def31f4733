package login

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/session"
)

// sessionCookie holds the secret of a session.
const sessionCookie = "__Host-procedo"

var (
	errNoCookie  = errors.New("no cookie")
	errBadCookie = errors.New("the cookie is malformed")
)

// secretOf returns the secret in the cookie of a request.
func secretOf(r *http.Request) ([]byte, error) {
	cookies := r.CookiesNamed(sessionCookie)
	if len(cookies) == 0 {
		return nil, errNoCookie
	}
	secret, err := base64.RawURLEncoding.Strict().DecodeString(cookies[0].Value)
	if err != nil || len(secret) != keySize || len(cookies) > 1 {
		return nil, errBadCookie
	}
	return secret, nil
}

// Token returns the access token of the session that a request belongs to, and renews it in time. Without a cookie it
// is empty. The error wraps access.ErrInvalidToken if the session has ended, and is fault.Unavailable if the database,
// or an issuer that must renew the token first, does not answer.
func (l *Login) Token(r *http.Request) (token string, err error) {
	ctx := r.Context()
	secret, err := secretOf(r)
	switch {
	case errors.Is(err, errNoCookie):
		return "", nil
	case err != nil:
		return "", ended(err)
	}
	s, found, err := l.Store.Find(ctx, session.IDOf(secret))
	switch {
	case err != nil:
		return "", err
	case !found:
		return "", ended(errors.New("there is no such session"))
	}
	now := l.now()
	if !s.IsLive(now) {
		if err := l.Store.Remove(ctx, s.ID); err != nil { // or else it is removed later
			l.Log.DebugContext(ctx, "an old session cannot be removed", "error", err)
		}
		return "", ended(errors.New("it is too old, or was not used for too long"))
	}
	if s.MustBeSeen(now) {
		if err := l.Store.See(ctx, s.ID, now); err != nil { // the request itself does not need it
			l.Log.WarnContext(ctx, "the use of a session cannot be recorded", "error", err)
		}
	}
	if s.MayRenew(now) || !now.Before(s.AccessExpires) {
		if s, err = l.renewed(ctx, secret, s); err != nil {
			return "", err
		}
	}
	return openAccess(secret, s)
}

// ended returns the error for a request with the cookie of a session that has ended, or that never was.
func ended(cause error) error { return fmt.Errorf("%w: session: %w", access.ErrInvalidToken, cause) }

// sealTokens encrypts the tokens of a session.
func (l *Login) sealTokens(
	secret []byte, now time.Time, p access.Principal, accessToken, refreshToken string,
) (t session.Tokens, err error) {
	id := session.IDOf(secret)
	key, err := accessKey(secret)
	if err != nil {
		return t, err
	}
	t.AccessExpires = p.Expires.UTC().Truncate(time.Microsecond)
	if t.Access, err = seal(key, []byte(accessToken), id[:]); err != nil || refreshToken == "" || l.Secrets == nil {
		return t, err
	}
	t.RefreshAt = session.RenewalOf(now, t.AccessExpires).Truncate(time.Microsecond)
	t.Refresh, err = l.Secrets.Encrypt([]byte(refreshToken), l.refreshPlace(id))
	return t, err
}

// accessKey derives the key of the access token from the secret in the cookie, which is not stored.
func accessKey(secret []byte) ([]byte, error) {
	return hkdf.Key(sha256.New, secret, nil, accessPurpose, keySize)
}

func openAccess(secret []byte, s session.Session) (string, error) {
	key, err := accessKey(secret)
	if err != nil {
		return "", err
	}
	plain, err := open(key, s.Access, s.ID[:])
	if err != nil {
		return "", ended(errors.New("the stored access token was altered"))
	}
	return string(plain), nil
}

func (l *Login) openRefresh(s session.Session) (string, error) {
	if l.Secrets == nil {
		return "", errors.New("there is no keyset")
	}
	plain, err := l.Secrets.Decrypt(s.Refresh, l.refreshPlace(s.ID))
	return string(plain), err
}

// refreshPlace returns what the encryption of a refresh token is bound to: its session and its issuer. After a change of
// settings, no issuer gets the token of another one.
func (l *Login) refreshPlace(id session.ID) []byte {
	client := sha256.Sum256([]byte(l.Issuer + "\x00" + l.provider.settings.ClientID))
	return slices.Concat([]byte(refreshPlace), id[:], client[:])
}
