// Package session describes the sessions of people who are signed in to the console: how long they last, and what is
// stored of them. How somebody signs in is the business of an adapter.
package session

import (
	"crypto/sha256"
	"time"

	"github.com/procedo/procedo/core/audit"
)

const (
	// Life is how long a session lasts at most.
	Life = 12 * time.Hour
	// Idle is how long a session lasts without a request.
	Idle = time.Hour
	// SeenEvery is the time between two changes of SeenAt. More requests in between change nothing.
	SeenEvery = time.Minute

	// Skew is how far the clocks of the replicas that share sessions may differ.
	Skew = audit.ClockTolerance

	// renewAhead is how long before the end of an access token a request renews it; a quarter of the life of tokens that
	// live less than four minutes.
	renewAhead, renewPart = time.Minute, 4
)

// ID identifies a session. It is the SHA-256 of the secret in the cookie of the browser, which is not stored.
type ID [sha256.Size]byte

// IDOf returns the id of the session with a secret.
func IDOf(secret []byte) ID { return sha256.Sum256(secret) }

// Session is a session as it is stored.
type Session struct {
	ID        ID
	Actor     string // ALIAS:SUB
	CreatedAt time.Time
	SeenAt    time.Time // time of the last request, to SeenEvery
	ExpiresAt time.Time // at most Life after CreatedAt; it never changes
	Tokens
}

// Tokens are the tokens of a session, encrypted.
type Tokens struct {
	Access        []byte
	AccessExpires time.Time
	Refresh       []byte    // nil if there is none; then the session ends with its access token
	RefreshAt     time.Time // when a request may renew the tokens; zero without a refresh token
}

// New returns a session that begins now.
func New(id ID, actor string, now time.Time, t Tokens) Session {
	return Session{ID: id, Actor: actor, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(Life), Tokens: t}
}

// RenewalOf returns when an access token that is issued now and expires at a time should be renewed.
func RenewalOf(now, expires time.Time) time.Time {
	return expires.Add(-min(renewAhead, max(0, expires.Sub(now)/renewPart)))
}

// IsLive reports whether the session has not ended. A session that begins later than Skew from now was made before the
// clock was set back, and has ended.
func (s *Session) IsLive(now time.Time) bool {
	left := s.ExpiresAt.Sub(now)
	return left > 0 && left <= Life+Skew && now.Sub(s.SeenAt) < Idle && (s.Refresh != nil || now.Before(s.AccessExpires))
}

// MustBeSeen reports whether SeenAt must be set for a request now.
func (s *Session) MustBeSeen(now time.Time) bool { return now.Sub(s.SeenAt) >= SeenEvery }

// MayRenew reports whether a request may renew the tokens now. If not, there is no refresh token, or it is too early,
// or another request is renewing them.
func (s *Session) MayRenew(now time.Time) bool { return s.Refresh != nil && !now.Before(s.RefreshAt) }
