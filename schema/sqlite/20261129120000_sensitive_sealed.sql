-- The value and the salt of a sensitive slot can be stored encrypted, in one column.
CREATE TABLE new_run_slot_values (
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
  sealed BLOB,
  erased_at TEXT,
  CHECK ((value_text IS NOT NULL) + (value_number IS NOT NULL) + (value_boolean IS NOT NULL) + (value_date IS NOT NULL)
    + (value_timestamp IS NOT NULL) + (sealed IS NOT NULL) = (erased_at IS NULL)),
  CHECK ((value_timestamp IS NULL) = (literal IS NULL)),
  CHECK ((salt IS NOT NULL) + (sealed IS NOT NULL) = (digest IS NOT NULL AND erased_at IS NULL)),
  PRIMARY KEY (run_id, step_key, visit, slot_name, ordinal),
  FOREIGN KEY (run_id, step_key, visit) REFERENCES run_steps (run_id, step_key, visit)
) STRICT, WITHOUT ROWID;
INSERT INTO new_run_slot_values SELECT
  run_id, step_key, visit, slot_name, ordinal, value_text, value_number, value_boolean, value_date, value_timestamp, literal,
  origin, salt, digest, NULL, erased_at FROM run_slot_values;
DROP TABLE run_slot_values;
ALTER TABLE new_run_slot_values RENAME TO run_slot_values;
