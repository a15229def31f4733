ALTER TABLE runs DROP COLUMN erased;

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
  CHECK ((salt IS NULL) = (digest IS NULL)),
  CHECK (erased_at IS NULL OR digest IS NOT NULL),
  PRIMARY KEY (run_id, step_key, visit, slot_name, ordinal),
  FOREIGN KEY (run_id, step_key, visit) REFERENCES run_steps (run_id, step_key, visit)
) STRICT, WITHOUT ROWID;
-- The older schema requires a salt and a digest of an erased value.
INSERT INTO old_run_slot_values SELECT
  run_id, step_key, visit, slot_name, ordinal, value_text, value_number, value_boolean, value_date, value_timestamp, literal,
  origin, iif(erased_at IS NULL, salt, printf('%032d', 0)), iif(erased_at IS NULL, digest, coalesce(digest, printf('%064d', 0))),
  erased_at FROM run_slot_values;
DROP TABLE run_slot_values;
ALTER TABLE old_run_slot_values RENAME TO run_slot_values;

DROP VIEW audit_event_disclosures;
DROP VIEW audit_event_payloads;
DROP TRIGGER audit_events_no_update;
ALTER TABLE audit_events ADD COLUMN payload TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(payload));
UPDATE audit_events SET payload = canonical -> '$.payload';
ALTER TABLE audit_events DROP COLUMN disclosures;
CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events
BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END;
