-- The older schema cannot hold a receipt without an answer, so these receipts are deleted.
CREATE TABLE old_idempotency_keys (
  actor TEXT NOT NULL,
  operation TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  answer BLOB NOT NULL,
  created_at TEXT NOT NULL,
  run_id TEXT,
  PRIMARY KEY (actor, operation, key)
) STRICT, WITHOUT ROWID;
INSERT INTO old_idempotency_keys (actor, operation, key, fingerprint, answer, created_at, run_id)
  SELECT actor, operation, key, fingerprint, answer, created_at, run_id FROM idempotency_keys WHERE answer IS NOT NULL;
DROP TABLE idempotency_keys;
ALTER TABLE old_idempotency_keys RENAME TO idempotency_keys;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
