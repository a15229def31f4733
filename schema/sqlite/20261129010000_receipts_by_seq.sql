-- A receipt holds what the answer showed, and as of which event, instead of the answer itself. Receipts of earlier
-- releases keep their answers until they expire.
CREATE TABLE new_idempotency_keys (
  actor TEXT NOT NULL,
  operation TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  created_at TEXT NOT NULL,
  run_id TEXT,
  procedure_id TEXT,
  seq INTEGER CHECK (seq >= 1),
  status INTEGER CHECK (status BETWEEN 200 AND 299),
  location TEXT,
  language TEXT,
  warnings TEXT CHECK (json_valid(warnings)),
  answer BLOB,
  CHECK ((answer IS NULL) = (seq IS NOT NULL)),
  CHECK ((seq IS NOT NULL) = (status IS NOT NULL AND language IS NOT NULL)),
  CHECK (seq IS NULL OR (run_id IS NULL) <> (procedure_id IS NULL)),
  PRIMARY KEY (actor, operation, key)
) STRICT, WITHOUT ROWID;
INSERT INTO new_idempotency_keys (actor, operation, key, fingerprint, created_at, run_id, answer)
  SELECT actor, operation, key, fingerprint, created_at, run_id, answer FROM idempotency_keys;
DROP TABLE idempotency_keys;
ALTER TABLE new_idempotency_keys RENAME TO idempotency_keys;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
