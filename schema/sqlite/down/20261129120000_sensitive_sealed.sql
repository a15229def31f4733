-- The older schema has no column for encrypted values. This constraint refuses the step down while there are any: its
-- name is the message. Erase them, or bring a backup of before back.
CREATE TABLE encrypted_values (
  n INTEGER NOT NULL CONSTRAINT encrypted_values_must_be_erased_first CHECK (n = 0)
) STRICT;
INSERT INTO encrypted_values SELECT count(*) FROM run_slot_values WHERE sealed IS NOT NULL;
DROP TABLE encrypted_values;

CREATE TABLE old_run_slot_values (
  run_id TEXT NOT NULL,
  step_key TEXT NOT NULL,
  visit INTEGER NOT NULL,
  slot_name TEXT NOT NULL,
  ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
  value_text TEXT,
  value_number TEXT,
  value_boolean INTEGER CHECK (value_boolean IN (0, 1)),
  value_date TEXT,
  value_timestamp TEXT,
  literal TEXT,
  origin TEXT NOT NULL CHECK (origin IN ('manual', 'agent', 'device', 'import')),
  salt TEXT CHECK (length(salt) = 32),
  digest TEXT CHECK (length(digest) = 64),
  erased_at TEXT,
  CHECK ((value_text IS NOT NULL) + (value_number IS NOT NULL) + (value_boolean IS NOT NULL) + (value_date IS NOT NULL)
    + (value_timestamp IS NOT NULL) = (erased_at IS NULL)),
  CHECK ((value_timestamp IS NULL) = (literal IS NULL)),
  CHECK ((salt IS NOT NULL) = (digest IS NOT NULL AND erased_at IS NULL)),
  PRIMARY KEY (run_id, step_key, visit, slot_name, ordinal),
  FOREIGN KEY (run_id, step_key, visit) REFERENCES run_steps (run_id, step_key, visit)
) STRICT, WITHOUT ROWID;
INSERT INTO old_run_slot_values SELECT
  run_id, step_key, visit, slot_name, ordinal, value_text, value_number, value_boolean, value_date, value_timestamp, literal,
  origin, salt, digest, erased_at FROM run_slot_values;
DROP TABLE run_slot_values;
ALTER TABLE old_run_slot_values RENAME TO run_slot_values;
