package login

import (
	"context"
	"net/http"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/core/session"
)

// revokeTime limits how long a sign-out waits for the issuer.
const revokeTime = 3 * time.Second

// logout handles POST /auth/logout: it ends the session, and says where the browser should go.
func (l *Login) logout(w http.ResponseWriter, r *http.Request) error {
	if secret, err := secretOf(r); err == nil {
		id := session.IDOf(secret)
		s, _, _ := l.Store.Find(r.Context(), id) // for the log
		if err := l.end(r.Context(), id); err != nil {
			return err
		}
		l.Log.InfoContext(r.Context(), "signed out", "actor", s.Actor, "address", r.RemoteAddr, "request_id", requestID(w))
	}
	l.Clear(w)
	next := l.at(consolePath)
	if m, err := l.provider.metadata(r.Context()); err == nil {
		if address := l.provider.logoutURL(m); address != "" {
			next = address
		}
	}
	body, err := json.Marshal(map[string]string{"continue": next})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body) // on an error the client has gone
	return nil
}

// Clear removes the cookie of a session from the browser.
func (l *Login) Clear(w http.ResponseWriter) { setCookie(w, sessionCookie, "", -1) }

// end deletes a session, and lets the issuer revoke its refresh token. That the issuer does not is only logged.
func (l *Login) end(ctx context.Context, id session.ID) error {
	s, found, err := l.Store.Find(ctx, id)
	if err != nil || !found {
		return err
	}
	if err := l.Store.Remove(ctx, id); err != nil {
		return err
	}
	l.revoke(ctx, s)
	return nil
}

// revoke lets the issuer revoke the refresh token of a session that has ended.
func (l *Login) revoke(ctx context.Context, s session.Session) {
	if s.Refresh == nil || l.Secrets == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), revokeTime)
	defer cancel()
	refresh, err := l.openRefresh(s)
	if err == nil {
		var m *metadata
		if m, err = l.provider.metadata(ctx); err == nil {
			err = l.provider.revoke(ctx, m, refresh)
		}
	}
	if err != nil {
		l.Log.WarnContext(ctx, "the issuer did not revoke a refresh token", "actor", s.Actor, "error", err)
	}
}
