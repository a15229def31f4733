-- What somebody typed stands beside the hashed bytes, so that it can be erased. Of an event, a disclosure can be removed
-- and nothing else be changed.
ALTER TABLE audit_events DROP COLUMN payload;
ALTER TABLE audit_events ADD COLUMN disclosures TEXT NOT NULL DEFAULT '' CHECK (disclosures = '' OR json_valid(disclosures));

DROP TRIGGER audit_events_no_update;
CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events WHEN
  NEW.entity_type IS NOT OLD.entity_type OR NEW.entity_id IS NOT OLD.entity_id OR NEW.seq IS NOT OLD.seq
  OR NEW.action IS NOT OLD.action OR NEW.actor IS NOT OLD.actor OR NEW.occurred_at IS NOT OLD.occurred_at
  OR NEW.canonical IS NOT OLD.canonical OR NEW.prev_hash IS NOT OLD.prev_hash OR NEW.hash IS NOT OLD.hash
  OR length(NEW.disclosures) >= length(OLD.disclosures) OR NEW.disclosures <> '' AND NEW.disclosures NOT LIKE '{"%'
  OR EXISTS (
    SELECT 1 FROM json_each(iif(NEW.disclosures = '', '{}', NEW.disclosures)) AS after WHERE NOT EXISTS (
      SELECT 1 FROM json_each(iif(OLD.disclosures = '', '{}', OLD.disclosures)) AS before
      WHERE before.key = after.key AND before.value = after.value))
BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END;

CREATE VIEW audit_event_payloads AS
  SELECT entity_type, entity_id, seq, action, actor, occurred_at, canonical -> '$.payload' AS payload, disclosures
  FROM audit_events;
CREATE VIEW audit_event_disclosures AS
  SELECT e.entity_type, e.entity_id, e.seq, d.key AS place, d.value -> '$.value' AS value
  FROM audit_events AS e, json_each(e.disclosures) AS d WHERE e.disclosures <> '';

-- An erased value keeps its row: without value and salt, and with the digest only if the slot is sensitive.
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
  erased_at TEXT,
  CHECK ((value_text IS NOT NULL) + (value_number IS NOT NULL) + (value_boolean IS NOT NULL) + (value_date IS NOT NULL)
    + (value_timestamp IS NOT NULL) = (erased_at IS NULL)),
  CHECK ((value_timestamp IS NULL) = (literal IS NULL)),
  CHECK ((salt IS NOT NULL) = (digest IS NOT NULL AND erased_at IS NULL)),
  PRIMARY KEY (run_id, step_key, visit, slot_name, ordinal),
  FOREIGN KEY (run_id, step_key, visit) REFERENCES run_steps (run_id, step_key, visit)
) STRICT, WITHOUT ROWID;
INSERT INTO new_run_slot_values SELECT
  run_id, step_key, visit, slot_name, ordinal, value_text, value_number, value_boolean, value_date, value_timestamp, literal,
  origin, iif(erased_at IS NULL, salt, NULL), digest, erased_at FROM run_slot_values;
DROP TABLE run_slot_values;
ALTER TABLE new_run_slot_values RENAME TO run_slot_values;

-- The texts of a run that were erased, as a JSON array of their names; empty if there are none.
ALTER TABLE runs ADD COLUMN erased TEXT NOT NULL DEFAULT '' CHECK (erased = '' OR json_valid(erased));
