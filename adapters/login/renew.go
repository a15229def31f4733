package login

import (
	"context"
	"errors"
	"time"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/session"
)

const (
	renewTime = 9 * time.Second  // for a renewal; shorter than the claim, so that there are never two
	claimTime = 15 * time.Second // after which another request may try, if a process has died meanwhile
	retryTime = 2 * time.Second  // until the next attempt, if the issuer does not answer
	pollTime  = 50 * time.Millisecond
	waitTime  = 6 * time.Second // for a renewal by another replica
	patience  = time.Second     // of a request whose token still holds
)

// renewal is a renewal that is going on in this process.
type renewal struct {
	done    chan struct{}
	session session.Session
	err     error
}

// renewed returns a session with tokens that hold. Only one request renews them: many issuers take a second use of a
// refresh token for a theft. The others go on with the token that they have, or wait if it has expired.
func (l *Login) renewed(ctx context.Context, secret []byte, s session.Session) (session.Session, error) {
	l.mu.Lock()
	current := l.renewals[s.ID]
	if current == nil {
		current = &renewal{done: make(chan struct{})}
		l.renewals[s.ID] = current
		go func() {
			// The request may end meanwhile, but the issuer's answer must be stored in any case.
			work, cancel := context.WithTimeout(context.WithoutCancel(ctx), renewTime)
			defer cancel()
			current.session, current.err = l.renew(work, secret, s)
			l.mu.Lock()
			delete(l.renewals, s.ID)
			l.mu.Unlock()
			close(current.done)
		}()
	}
	l.mu.Unlock()
	holds := l.now().Before(s.AccessExpires)
	var enough <-chan time.Time
	if holds {
		enough = time.After(patience)
	}
	select {
	case <-current.done:
		if current.err != nil && holds && !errors.Is(current.err, access.ErrInvalidToken) {
			return s, nil
		}
		return current.session, current.err
	case <-enough:
		return s, nil
	case <-ctx.Done():
		return s, unavailable(ctx.Err())
	}
}

// renew renews the tokens of a session, unless another replica does.
func (l *Login) renew(ctx context.Context, secret []byte, s session.Session) (session.Session, error) {
	until := l.now().Add(waitTime)
	for {
		now := l.now()
		claim := now.Add(claimTime)
		claimed, err := l.Store.Claim(ctx, s.ID, now, claim)
		if err != nil {
			return s, err
		}
		if claimed {
			return l.renewClaimed(ctx, secret, s.ID, claim)
		}
		stored, found, err := l.Store.Find(ctx, s.ID)
		switch {
		case err != nil:
			return s, err
		case !found:
			return s, ended(errors.New("it has ended meanwhile"))
		case now.Before(stored.AccessExpires):
			return stored, nil
		case stored.Refresh == nil:
			return s, ended(errors.New("its access token has expired"))
		case !now.Before(until):
			return s, unavailable(errors.New("another replica does not finish the renewal"))
		}
		select {
		case <-ctx.Done():
			return s, unavailable(ctx.Err())
		case <-time.After(pollTime):
		}
	}
}

// renewClaimed renews the tokens of a session that this process has claimed.
func (l *Login) renewClaimed(
	ctx context.Context, secret []byte, id session.ID, claim time.Time,
) (session.Session, error) {
	s, found, err := l.Store.Find(ctx, id) // another replica may have renewed the tokens before the claim
	if err != nil {
		return s, err
	}
	if !found {
		return s, ended(errors.New("it has ended meanwhile"))
	}
	refresh, err := l.openRefresh(s)
	if err != nil {
		l.Log.WarnContext(ctx, "a session ends with its access token: its refresh token cannot be read", "actor", s.Actor,
			"error", err)
		return l.withoutRenewal(ctx, s, claim)
	}
	accessToken, refreshToken, err := l.askAgain(ctx, refresh)
	switch {
	case err == nil:
		return l.storeRenewed(ctx, secret, s, claim, accessToken, refreshToken)
	case errors.Is(err, errGrant), errors.Is(err, errPerson):
		l.Log.InfoContext(ctx, "session ended by the issuer", "actor", s.Actor, "cause", err)
		if err := l.Store.Remove(ctx, id); err != nil {
			return s, err
		}
		return s, ended(err)
	}
	l.Log.WarnContext(ctx, "the issuer did not renew a token", "actor", s.Actor, "error", err)
	later := s.Tokens
	later.RefreshAt = l.now().Add(retryTime)
	if _, err := l.Store.Renew(ctx, id, claim, later); err != nil {
		l.Log.WarnContext(ctx, "a session cannot be changed", "error", err) // the claim ends by itself
	}
	if l.now().Before(s.AccessExpires) {
		return s, nil
	}
	return s, unavailable(err)
}

// askAgain returns new tokens for a refresh token.
func (l *Login) askAgain(ctx context.Context, refresh string) (accessToken, refreshToken string, err error) {
	m, err := l.provider.metadata(ctx)
	if err != nil {
		return "", "", err
	}
	t, err := l.provider.renew(ctx, m, refresh)
	if err != nil {
		return "", "", err
	}
	return t.AccessToken, t.RefreshToken, nil
}

// storeRenewed stores new tokens. They must be those of the same person.
func (l *Login) storeRenewed(
	ctx context.Context, secret []byte, s session.Session, claim time.Time, accessToken, refreshToken string,
) (session.Session, error) {
	p, err := l.Authenticator.Authenticate(ctx, accessToken)
	if fault.Is(err, fault.Unavailable) || errors.Is(err, access.ErrUnknownKey) {
		l.Log.WarnContext(ctx, "a new token cannot be verified now", "actor", s.Actor, "error", err)
		return l.renewAgain(ctx, s, claim, refreshToken, err)
	}
	if err == nil && (p.ID != s.Actor || p.Issuer != l.Issuer || p.Expires.IsZero()) {
		err = errors.New("the new token is of somebody else")
	}
	if err != nil {
		l.Log.WarnContext(ctx, "session ended: the new token is not accepted", "actor", s.Actor, "cause", err)
		if err := l.Store.Remove(ctx, s.ID); err != nil {
			return s, err
		}
		return s, ended(err)
	}
	tokens, err := l.sealTokens(secret, l.now(), p, accessToken, refreshToken)
	if err != nil {
		return s, err
	}
	next := s
	next.Tokens = tokens
	stored, err := l.Store.Renew(ctx, s.ID, claim, tokens)
	if err != nil {
		return s, err
	}
	if !stored {
		return s, l.endedMeanwhile(ctx, next)
	}
	return next, nil
}

// renewAgain keeps a new refresh token, with which the tokens are renewed again soon. The access token stays the old one.
func (l *Login) renewAgain(
	ctx context.Context, s session.Session, claim time.Time, refreshToken string, cause error,
) (session.Session, error) {
	refresh, err := l.Secrets.Encrypt([]byte(refreshToken), l.refreshPlace(s.ID))
	if err != nil {
		return s, err
	}
	next := s
	next.Refresh, next.RefreshAt = refresh, l.now().Add(retryTime)
	switch stored, err := l.Store.Renew(ctx, s.ID, claim, next.Tokens); {
	case err != nil:
		return s, err
	case !stored:
		return s, l.endedMeanwhile(ctx, next)
	case l.now().Before(s.AccessExpires):
		return next, nil
	}
	return next, unavailable(cause)
}

// endedMeanwhile returns the error for a session that ended while its tokens were renewed: the person has signed out. The
// issuer revokes the refresh token, which it has just issued.
func (l *Login) endedMeanwhile(ctx context.Context, s session.Session) error {
	ctx, cancel := toEnd(ctx)
	defer cancel()
	l.revoke(ctx, s)
	return ended(errors.New("it has ended meanwhile"))
}

// withoutRenewal leaves a session its access token, and removes the refresh token that cannot be used.
func (l *Login) withoutRenewal(ctx context.Context, s session.Session, claim time.Time) (session.Session, error) {
	s.Refresh, s.RefreshAt = nil, time.Time{}
	if _, err := l.Store.Renew(ctx, s.ID, claim, s.Tokens); err != nil {
		return s, err
	}
	if !l.now().Before(s.AccessExpires) {
		return s, ended(errors.New("its access token has expired"))
	}
	return s, nil
}

// unavailable returns the error of a request whose token cannot be renewed now.
func unavailable(cause error) error {
	return fault.New(fault.Unavailable, access.Unavailable, nil).Because(cause)
}
