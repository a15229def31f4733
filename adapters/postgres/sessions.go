package postgres

import (
	"context"
	"errors"
	"time"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet is designed for dot imports
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/postgres/gen/table"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/session"
)

// Sessions implements session.Store.
type Sessions struct{ DB *DB }

var (
	sessions = table.Sessions

	sessionWithID = RawBool(storage.Named("id = #id"))

	selectSession = prepare(SELECT(
		sessions.Actor, sessions.CreatedAt, sessions.SeenAt, sessions.ExpiresAt, sessions.AccessToken,
		sessions.AccessExpiresAt, sessions.RefreshToken, sessions.RefreshAt,
	).FROM(sessions).WHERE(sessionWithID))

	insertSession = prepare(insertInto(sessions, sessions.AllColumns))

	seeSession = prepare(update(sessions, ColumnList{sessions.SeenAt}).
			WHERE(sessionWithID.AND(sessions.SeenAt.LT(timeParam("seen_at")))))

	claimSession = prepare(update(sessions, ColumnList{sessions.RefreshAt}).
			WHERE(sessionWithID.AND(sessions.RefreshAt.LT_EQ(timeParam("now")))))

	renewSession = prepare(update(sessions, ColumnList{
		sessions.AccessToken, sessions.AccessExpiresAt, sessions.RefreshToken, sessions.RefreshAt,
	}).WHERE(sessionWithID.AND(sessions.RefreshAt.EQ(timeParam("claimed")))))

	deleteSession = prepare(sessions.DELETE().WHERE(sessionWithID))

	// pruneSessions skips sessions that a request is changing.
	pruneSessions = prepare(sessions.DELETE().WHERE(RawBool(storage.Named("id IN (SELECT id FROM sessions" +
		" WHERE seen_at < #before OR seen_at > #after LIMIT #limit FOR UPDATE SKIP LOCKED)"))))
)

// Add stores a new session.
func (s Sessions) Add(ctx context.Context, added session.Session) error {
	row := sessionTokens(added.Tokens)
	row["id"], row["actor"], row["created_at"] = added.ID[:], added.Actor, added.CreatedAt
	row["seen_at"], row["expires_at"] = added.SeenAt, added.ExpiresAt
	_, err := s.write(ctx, s.DB.writes, insertSession.Bind(row))
	return err
}

// sessionTokens returns the values of the columns with the tokens.
func sessionTokens(t session.Tokens) args {
	row := args{
		"access_token": t.Access, "access_expires_at": t.AccessExpires, "refresh_token": t.Refresh, "refresh_at": nil,
	}
	if !t.RefreshAt.IsZero() {
		row["refresh_at"] = t.RefreshAt
	}
	return row
}

// Find returns a session.
func (s Sessions) Find(ctx context.Context, id session.ID) (found session.Session, ok bool, err error) {
	found.ID = id
	var refreshAt *time.Time
	err = s.DB.row(ctx, selectSession.Bind(args{"id": id[:]})).Scan(&found.Actor, &found.CreatedAt, &found.SeenAt,
		&found.ExpiresAt, &found.Access, &found.AccessExpires, &found.Refresh, &refreshAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return session.Session{}, false, nil
	}
	if refreshAt != nil {
		found.RefreshAt = *refreshAt
	}
	for _, t := range []*time.Time{
		&found.CreatedAt, &found.SeenAt, &found.ExpiresAt, &found.AccessExpires, &found.RefreshAt,
	} {
		*t = t.UTC()
	}
	return found, err == nil, translate(err)
}

// See sets the time at which a session was seen, unless it is later.
func (s Sessions) See(ctx context.Context, id session.ID, at time.Time) error {
	_, err := s.write(ctx, s.DB.writes, seeSession.Bind(args{"id": id[:], "seen_at": at}))
	return err
}

// Claim gives the caller the right to renew the tokens of a session until a time.
func (s Sessions) Claim(ctx context.Context, id session.ID, now, until time.Time) (claimed bool, err error) {
	n, err := s.write(ctx, s.DB.writes, claimSession.Bind(args{"id": id[:], "now": now, "refresh_at": until}))
	return n > 0, err
}

// Renew replaces the tokens of a session that the caller has claimed.
func (s Sessions) Renew(
	ctx context.Context, id session.ID, claimed time.Time, t session.Tokens,
) (renewed bool, err error) {
	row := sessionTokens(t)
	row["id"], row["claimed"] = id[:], claimed
	n, err := s.write(ctx, s.DB.writes, renewSession.Bind(row))
	return n > 0, err
}

// Remove deletes a session.
func (s Sessions) Remove(ctx context.Context, id session.ID) error {
	_, err := s.write(ctx, s.DB.writes, deleteSession.Bind(args{"id": id[:]}))
	return err
}

// Prune deletes sessions that were last seen before a time, or after another one.
func (s Sessions) Prune(ctx context.Context, before, after time.Time, limit int) (removed int, err error) {
	n, err := s.write(ctx, s.DB.background, pruneSessions.Bind(args{"before": before, "after": after, "limit": limit}))
	return int(n), err
}

// write executes a statement and returns the number of the rows that it changed.
func (s Sessions) write(ctx context.Context, l lane, q storage.Query) (n int64, err error) {
	tag, err := s.DB.exec(ctx, l, q)
	return tag.RowsAffected(), translate(err)
}
