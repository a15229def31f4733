package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet is designed for dot imports

	"github.com/procedo/procedo/adapters/sqlite/gen/table"
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
			WHERE(sessionWithID.AND(sessions.SeenAt.LT(textParam("seen_at")))))

	claimSession = prepare(update(sessions, ColumnList{sessions.RefreshAt}).
			WHERE(sessionWithID.AND(sessions.RefreshAt.LT_EQ(textParam("now")))))

	renewSession = prepare(update(sessions, ColumnList{
		sessions.AccessToken, sessions.AccessExpiresAt, sessions.RefreshToken, sessions.RefreshAt,
	}).WHERE(sessionWithID.AND(sessions.RefreshAt.EQ(textParam("claimed")))))

	deleteSession = prepare(sessions.DELETE().WHERE(sessionWithID))

	pruneSessions = prepare(sessions.DELETE().WHERE(RawBool(storage.Named("id IN (SELECT id FROM sessions" +
		" WHERE seen_at < #before OR seen_at > #after LIMIT #limit)"))))
)

// Add stores a new session.
func (s Sessions) Add(ctx context.Context, added session.Session) error {
	row := sessionTokens(added.Tokens)
	row["id"], row["actor"], row["created_at"] = added.ID[:], added.Actor, formatTime(added.CreatedAt)
	row["seen_at"], row["expires_at"] = formatTime(added.SeenAt), formatTime(added.ExpiresAt)
	_, err := s.write(ctx, insertSession.Bind(row))
	return err
}

// sessionTokens returns the values of the columns with the tokens.
func sessionTokens(t session.Tokens) args {
	return args{
		"access_token": t.Access, "access_expires_at": formatTime(t.AccessExpires),
		"refresh_token": blob(t.Refresh), "refresh_at": formatOptionalTime(t.RefreshAt),
	}
}

// Find returns a session.
func (s Sessions) Find(ctx context.Context, id session.ID) (found session.Session, ok bool, err error) {
	found.ID = id
	var created, seen, expires, accessExpires string
	var refreshAt *string
	err = s.DB.row(ctx, selectSession.Bind(args{"id": id[:]})).Scan(&found.Actor, &created, &seen, &expires,
		&found.Access, &accessExpires, &found.Refresh, &refreshAt)
	if errors.Is(err, sql.ErrNoRows) {
		return session.Session{}, false, nil
	}
	for _, t := range []struct {
		text *string
		to   *time.Time
	}{
		{&created, &found.CreatedAt}, {&seen, &found.SeenAt}, {&expires, &found.ExpiresAt},
		{&accessExpires, &found.AccessExpires}, {refreshAt, &found.RefreshAt},
	} {
		if err == nil {
			*t.to, err = parseOptionalTime(t.text)
		}
	}
	return found, err == nil, translate(err)
}

// See sets the time at which a session was seen, unless it is later.
func (s Sessions) See(ctx context.Context, id session.ID, at time.Time) error {
	_, err := s.write(ctx, seeSession.Bind(args{"id": id[:], "seen_at": formatTime(at)}))
	return err
}

// Claim gives the caller the right to renew the tokens of a session until a time.
func (s Sessions) Claim(ctx context.Context, id session.ID, now, until time.Time) (claimed bool, err error) {
	n, err := s.write(ctx, claimSession.Bind(args{
		"id": id[:], "now": formatTime(now), "refresh_at": formatTime(until),
	}))
	return n > 0, err
}

// Renew replaces the tokens of a session that the caller has claimed.
func (s Sessions) Renew(
	ctx context.Context, id session.ID, claimed time.Time, t session.Tokens,
) (renewed bool, err error) {
	row := sessionTokens(t)
	row["id"], row["claimed"] = id[:], formatTime(claimed)
	n, err := s.write(ctx, renewSession.Bind(row))
	return n > 0, err
}

// Remove deletes a session.
func (s Sessions) Remove(ctx context.Context, id session.ID) error {
	_, err := s.write(ctx, deleteSession.Bind(args{"id": id[:]}))
	return err
}

// Prune deletes sessions that were last seen before a time, or after another one.
func (s Sessions) Prune(ctx context.Context, before, after time.Time, limit int) (removed int, err error) {
	n, err := s.write(ctx, pruneSessions.Bind(args{
		"before": formatTime(before), "after": formatTime(after), "limit": limit,
	}))
	return int(n), err
}

// write executes a statement and returns the number of the rows that it changed.
func (s Sessions) write(ctx context.Context, q storage.Query) (n int64, err error) {
	err = s.DB.inTransaction(ctx, s.DB.write, func(t tx) error {
		n, err = t.exec(ctx, q)
		return translate(err)
	})
	return n, err
}
