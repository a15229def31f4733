package login

import (
	"context"
	"net/http"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/core/session"
)

// endTime limits how long the end of a session waits for the issuer in all.
const endTime = 3 * time.Second

// toEnd returns the context of what the issuer is asked at the end of a session, also for a client that has gone.
func toEnd(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), endTime)
}

// logout handles POST /auth/logout: it ends the session, and says where the browser should go.
func (l *Login) logout(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := toEnd(r.Context())
	defer cancel()
	if secret, err := secretOf(r); err == nil {
		s, err := l.remove(r.Context(), session.IDOf(secret))
		if err != nil {
			return err
		}
		l.revoke(ctx, s)
		l.Log.InfoContext(r.Context(), "signed out", "actor", s.Actor, "address", r.RemoteAddr, "request_id", requestID(w))
	}
	l.Clear(w)
	next := l.at(consolePath)
	if m, err := l.provider.metadata(ctx); err == nil {
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

// replace deletes the session of a browser in which an actor has signed in again. The issuer revokes its refresh token if
// the session was of another actor.
func (l *Login) replace(ctx context.Context, id session.ID, actor string) error {
	s, err := l.remove(ctx, id)
	if err == nil && s.Actor != actor {
		ctx, cancel := toEnd(ctx)
		defer cancel()
		l.revoke(ctx, s)
	}
	return err
}

// remove deletes a session, and returns what it was. If there is none, it returns the zero Session.
func (l *Login) remove(ctx context.Context, id session.ID) (session.Session, error) {
	s, found, err := l.Store.Find(ctx, id)
	if err != nil || !found {
		return session.Session{}, err
	}
	return s, l.Store.Remove(ctx, id)
}

// revoke lets the issuer revoke the refresh token of a session that has ended, if it has one. That the issuer does not is
// only logged.
func (l *Login) revoke(ctx context.Context, s session.Session) {
	if s.Refresh == nil || l.Secrets == nil {
		return
	}
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
