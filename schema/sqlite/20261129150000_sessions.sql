-- The sessions of people who are signed in to the console. Without the cookie of the browser, or the keyset in a file,
-- the tokens in them cannot be read.
CREATE TABLE sessions (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 32),
  actor TEXT NOT NULL,
  created_at TEXT NOT NULL,
  seen_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  access_token BLOB NOT NULL,
  access_expires_at TEXT NOT NULL,
  refresh_token BLOB,
  refresh_at TEXT,
  CHECK ((refresh_token IS NULL) = (refresh_at IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_age ON sessions (seen_at);
