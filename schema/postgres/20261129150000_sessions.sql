-- The sessions of people who are signed in to the console. Without the cookie of the browser, or the keyset in a file,
-- the tokens in them cannot be read.
CREATE TABLE sessions (
  id bytea NOT NULL PRIMARY KEY CHECK (octet_length(id) = 32),
  actor text COLLATE "C" NOT NULL,
  created_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  access_token bytea NOT NULL,
  access_expires_at timestamptz NOT NULL,
  refresh_token bytea,
  refresh_at timestamptz,
  CONSTRAINT sessions_refresh CHECK ((refresh_token IS NULL) = (refresh_at IS NULL))
);
CREATE INDEX sessions_by_age ON sessions (seen_at);

COMMENT ON TABLE sessions IS 'Who is signed in to the console: a row each, deleted at sign-out, and soon after the session ends by itself.';
COMMENT ON COLUMN sessions.id IS 'SHA-256 of the cookie of the browser.';
COMMENT ON COLUMN sessions.actor IS 'Who is signed in, as in the trail.';
COMMENT ON COLUMN sessions.created_at IS 'Time of the sign-in.';
COMMENT ON COLUMN sessions.seen_at IS 'Time of the last request, to the minute. A session ends an hour later.';
COMMENT ON COLUMN sessions.expires_at IS 'Time at which the session ends in any case.';
COMMENT ON COLUMN sessions.access_token IS 'The access token, encrypted under a key that follows from the cookie.';
COMMENT ON COLUMN sessions.access_expires_at IS 'Time at which the access token expires.';
COMMENT ON COLUMN sessions.refresh_token IS 'The refresh token, encrypted under the keyset for secrets; NULL if there is none.';
COMMENT ON COLUMN sessions.refresh_at IS 'When a request may renew the tokens. It is set to a later time while one does.';
