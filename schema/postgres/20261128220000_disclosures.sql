-- What somebody typed stands beside the hashed bytes, so that it can be erased. Of an event, a disclosure can be removed
-- and nothing else be changed.
ALTER TABLE audit_events
  DROP COLUMN payload,
  ADD COLUMN disclosures text NOT NULL DEFAULT '';

CREATE FUNCTION procedo_only_remove_disclosures() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN
    IF TG_OP = ''UPDATE''
      AND (NEW.entity_type, NEW.entity_id, NEW.seq, NEW.action, NEW.actor, NEW.occurred_at, NEW.canonical, NEW.prev_hash, NEW.hash)
        IS NOT DISTINCT FROM
        (OLD.entity_type, OLD.entity_id, OLD.seq, OLD.action, OLD.actor, OLD.occurred_at, OLD.canonical, OLD.prev_hash, OLD.hash)
      AND length(NEW.disclosures) < length(OLD.disclosures) AND (NEW.disclosures = '''' OR NEW.disclosures LIKE ''{"%'')
      AND NOT EXISTS (
        SELECT 1 FROM json_each(coalesce(nullif(NEW.disclosures, ''''), ''{}'')::json) AS after WHERE NOT EXISTS (
          SELECT 1 FROM json_each(coalesce(nullif(OLD.disclosures, ''''), ''{}'')::json) AS before
          WHERE before.key = after.key AND before.value::text = after.value::text))
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION ''% is append-only'', TG_TABLE_NAME USING ERRCODE = ''integrity_constraint_violation'';
  END';
DROP TRIGGER audit_events_no_change ON audit_events;
CREATE TRIGGER audit_events_no_change BEFORE UPDATE OR DELETE ON audit_events FOR EACH ROW EXECUTE FUNCTION procedo_only_remove_disclosures();

CREATE VIEW audit_event_payloads AS
  SELECT entity_type, entity_id, seq, action, actor, occurred_at, canonical::json -> 'payload' AS payload, disclosures
  FROM audit_events;
CREATE VIEW audit_event_disclosures AS
  SELECT e.entity_type, e.entity_id, e.seq, d.key AS place, d.value -> 'value' AS value
  FROM audit_events AS e CROSS JOIN LATERAL json_each(coalesce(nullif(e.disclosures, ''), '{}')::json) AS d;

-- An erased value keeps its row: without value and salt, and with the digest only if the slot is sensitive.
ALTER TABLE run_slot_values
  DROP CONSTRAINT run_slot_values_check2,
  DROP CONSTRAINT run_slot_values_check3;
UPDATE run_slot_values SET salt = NULL WHERE erased_at IS NOT NULL;
ALTER TABLE run_slot_values
  ADD CONSTRAINT run_slot_values_seal CHECK ((salt IS NOT NULL) = (digest IS NOT NULL AND erased_at IS NULL));

ALTER TABLE runs ADD COLUMN erased text NOT NULL DEFAULT '';

COMMENT ON COLUMN audit_events.disclosures IS 'Values that were typed, with their salts, by the place of their commitment in the payload; empty if there are none.';
COMMENT ON COLUMN run_slot_values.salt IS 'Of a sensitive value that has not been erased: 16 random bytes in hex.';
COMMENT ON COLUMN run_slot_values.erased_at IS 'When the value was erased; of a sensitive value, the digest stays.';
COMMENT ON COLUMN runs.erased IS 'JSON array with the names of the run''s texts that were erased; empty if there are none.';
