package login

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/session"
)

// callback handles GET /auth/callback, to which the issuer sends the browser back.
func (l *Login) callback(w http.ResponseWriter, r *http.Request) error {
	back := consolePath
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err == nil {
		back, err = l.signIn(w, r, query)
	} else {
		err = refuse(Lost, "the query cannot be read")
	}
	if err != nil {
		l.logRefusal(w, r, err)
		return refusalOf(err, back)
	}
	redirect(w, l.at(back))
	return nil
}

// signIn begins a session for the answer of the issuer, and returns the address of the console to go to.
func (l *Login) signIn(w http.ResponseWriter, r *http.Request, query url.Values) (back string, err error) {
	for name, values := range query { // RFC 6749, section 3.1
		if len(values) > 1 {
			return consolePath, refuse(Lost, "the parameter %.40q is given %d times", name, len(values))
		}
	}
	a, err := l.takeAttempt(w, r, query.Get("state"))
	if err != nil {
		return consolePath, refuse(Lost, "%w", err)
	}
	m, err := l.provider.metadata(r.Context())
	if err != nil {
		return a.Return, err
	}
	if iss := query.Get("iss"); iss != l.Issuer && (iss != "" || m.namesItself) {
		return a.Return, refuse(Lost, "the answer is of the issuer %.255q", iss)
	}
	if query.Has("error") {
		return a.Return, denial(query)
	}
	if query.Get("code") == "" {
		return a.Return, refuse(Unreadable, "there is neither a code nor an error")
	}
	t, err := l.provider.exchange(r.Context(), m, query.Get("code"), a.Verifier)
	if err != nil {
		return a.Return, err
	}
	p, err := l.accept(r, t.AccessToken)
	if err != nil {
		return a.Return, err
	}
	return a.Return, l.beginSession(w, r, p, t.AccessToken, t.RefreshToken)
}

// denial returns the refusal for an error that the issuer sends.
func denial(query url.Values) *RefusalError {
	reason, code := Unreadable, query.Get("error")
	switch {
	case slices.Contains(ofPerson, code):
		reason = Denied
	case code == "temporarily_unavailable", code == "server_error":
		reason = Unavailable
	}
	return refuse(reason, "the issuer says %.80q: %.255q", code, query.Get("error_description"))
}

// accept returns the principal of an access token, if somebody may be signed in with it.
func (l *Login) accept(r *http.Request, token string) (access.Principal, error) {
	p, err := l.Authenticator.Authenticate(r.Context(), token)
	switch {
	case errors.Is(err, access.ErrUnknownKey): // which another attempt may find
		return p, refuse(Unavailable, "%w", err)
	case errors.Is(err, access.ErrInvalidToken):
		return p, refuse(Rejected, "%w", err)
	case err != nil:
		return p, err
	case p.Via != access.ViaOIDC || p.Issuer != l.Issuer || p.Expires.IsZero():
		return p, refuse(Rejected, "the token is of another issuer")
	}
	return p, nil
}

// beginSession begins a session, and ends the one that the browser had before. If that was of the same person, its
// refresh token is not revoked: for many issuers both tokens stand for one grant, which would end for both.
func (l *Login) beginSession(
	w http.ResponseWriter, r *http.Request, p access.Principal, accessToken, refreshToken string,
) error {
	secret, now := newSecret(), l.now()
	id := session.IDOf(secret)
	tokens, err := l.sealTokens(secret, now, p, accessToken, refreshToken)
	if err != nil {
		return err
	}
	if err := l.Store.Add(r.Context(), session.New(id, p.ID, now, tokens)); err != nil {
		return err
	}
	if earlier, err := secretOf(r); err == nil {
		if err := l.replace(r.Context(), session.IDOf(earlier), p.ID); err != nil {
			l.Log.WarnContext(r.Context(), "the earlier session of a browser cannot be ended", "error", err)
		}
	}
	setCookie(w, sessionCookie, encode(secret), 0)
	l.Log.InfoContext(r.Context(), "signed in", "actor", p.ID, "address", r.RemoteAddr, "renewable", tokens.Refresh != nil,
		"request_id", requestID(w))
	return nil
}

func (l *Login) logRefusal(w http.ResponseWriter, r *http.Request, err error) {
	l.Log.WarnContext(r.Context(), "not signed in", "cause", err, "address", r.RemoteAddr, "request_id", requestID(w))
}
