ALTER TABLE runs DROP COLUMN erased;

-- The older schema requires a salt and a digest of an erased value.
ALTER TABLE run_slot_values DROP CONSTRAINT run_slot_values_seal;
UPDATE run_slot_values SET salt = repeat('0', 32), digest = coalesce(digest, repeat('0', 64)) WHERE erased_at IS NOT NULL;
ALTER TABLE run_slot_values
  ADD CONSTRAINT run_slot_values_check2 CHECK ((salt IS NULL) = (digest IS NULL)),
  ADD CONSTRAINT run_slot_values_check3 CHECK (erased_at IS NULL OR digest IS NOT NULL);

DROP VIEW audit_event_disclosures;
DROP VIEW audit_event_payloads;
DROP TRIGGER audit_events_no_change ON audit_events;
DROP FUNCTION procedo_only_remove_disclosures();
ALTER TABLE audit_events ADD COLUMN payload json;
UPDATE audit_events SET payload = canonical::json -> 'payload';
ALTER TABLE audit_events ALTER COLUMN payload SET NOT NULL, DROP COLUMN disclosures;
CREATE TRIGGER audit_events_no_change BEFORE UPDATE OR DELETE ON audit_events FOR EACH ROW EXECUTE FUNCTION procedo_append_only();
