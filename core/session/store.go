package session

import (
	"context"
	"time"
)

// Store stores sessions. All replicas share it. Times are to the microsecond.
type Store interface {
	// Add stores a new session.
	Add(ctx context.Context, s Session) error
	// Find returns a session. It returns false if there is none with the id.
	Find(ctx context.Context, id ID) (s Session, found bool, err error)
	// See sets SeenAt, unless it is later. Without the session, it does nothing.
	See(ctx context.Context, id ID, at time.Time) error
	// Claim sets RefreshAt to the time until, unless it is later than now. From then on, only the caller may renew the
	// tokens until that time. It returns false if another caller was first, or if there is no session or no refresh token.
	Claim(ctx context.Context, id ID, now, until time.Time) (claimed bool, err error)
	// Renew replaces the tokens. It returns false if RefreshAt is no longer what Claim set it to.
	Renew(ctx context.Context, id ID, claimed time.Time, t Tokens) (renewed bool, err error)
	// Remove deletes a session, if it is there.
	Remove(ctx context.Context, id ID) error
	// Prune deletes at most limit sessions that were last seen before a time, or after another one, which is in the
	// future. It returns their number.
	Prune(ctx context.Context, before, after time.Time, limit int) (removed int, err error)
}
