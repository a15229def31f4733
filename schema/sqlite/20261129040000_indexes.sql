-- Rows of a table without rowid lie in its primary key's tree, where events of more than 1,000 bytes do not fit on a page
-- and a commit changes a page for each run. With a rowid, events are added at the end.
DROP VIEW audit_event_disclosures;
DROP VIEW audit_event_payloads;
CREATE TABLE new_audit_events (
  entity_type TEXT NOT NULL CHECK (entity_type IN ('run', 'procedure')),
  entity_id TEXT NOT NULL,
  seq INTEGER NOT NULL CHECK (seq >= 1),
  action TEXT NOT NULL,
  actor TEXT NOT NULL,
  occurred_at TEXT NOT NULL,
  canonical TEXT NOT NULL,
  prev_hash TEXT NOT NULL CHECK (length(prev_hash) = 64),
  hash TEXT NOT NULL CHECK (length(hash) = 64),
  disclosures TEXT NOT NULL DEFAULT '' CHECK (disclosures = '' OR json_valid(disclosures)),
  PRIMARY KEY (entity_type, entity_id, seq)
) STRICT;
INSERT INTO new_audit_events (entity_type, entity_id, seq, action, actor, occurred_at, canonical, prev_hash, hash, disclosures)
  SELECT entity_type, entity_id, seq, action, actor, occurred_at, canonical, prev_hash, hash, disclosures FROM audit_events;
DROP TABLE audit_events;
ALTER TABLE new_audit_events RENAME TO audit_events;

CREATE INDEX audit_events_newest ON audit_events (occurred_at, entity_type, entity_id, seq);
CREATE INDEX audit_events_by_actor ON audit_events (actor, occurred_at, entity_type, entity_id, seq);
CREATE INDEX audit_events_by_action ON audit_events (action, occurred_at, entity_type, entity_id, seq);
CREATE INDEX audit_events_by_actor_action ON audit_events (actor, action, occurred_at, entity_type, entity_id, seq);
CREATE INDEX audit_events_of_procedures ON audit_events (entity_type, occurred_at, entity_id, seq) WHERE entity_type = 'procedure';

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
CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events
BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END;
CREATE TRIGGER audit_events_no_replace BEFORE INSERT ON audit_events WHEN EXISTS (SELECT 1 FROM audit_events WHERE entity_type = NEW.entity_type AND entity_id = NEW.entity_id AND seq = NEW.seq)
  OR EXISTS (SELECT 1 FROM audit_events WHERE rowid = NEW.rowid)
BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END;

CREATE VIEW audit_event_payloads AS
  SELECT entity_type, entity_id, seq, action, actor, occurred_at, canonical -> '$.payload' AS payload, disclosures
  FROM audit_events;
CREATE VIEW audit_event_disclosures AS
  SELECT e.entity_type, e.entity_id, e.seq, d.key AS place, d.value -> '$.value' AS value
  FROM audit_events AS e, json_each(e.disclosures) AS d WHERE e.disclosures <> '';

-- A run without a reference is in no list by reference.
DROP INDEX runs_by_reference;
CREATE INDEX runs_by_reference ON runs (reference, created_at, id) WHERE reference <> '';
