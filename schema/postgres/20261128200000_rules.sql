-- Rules of steps, and what a step begins with when a run returns to it.
ALTER TABLE procedure_steps
  ADD COLUMN on_return text NOT NULL DEFAULT 'blank' CHECK (on_return IN ('blank', 'keep'));

CREATE TABLE procedure_rules (
  procedure_id text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  step_key text COLLATE "C" NOT NULL,
  rule_key text COLLATE "C" NOT NULL,
  position integer NOT NULL CHECK (position >= 1),
  assert text NOT NULL,
  message text NOT NULL,
  PRIMARY KEY (procedure_id, version, step_key, rule_key),
  UNIQUE (procedure_id, version, step_key, position),
  FOREIGN KEY (procedure_id, version, step_key) REFERENCES procedure_steps (procedure_id, version, step_key)
);

CREATE TABLE procedure_rule_fields (
  procedure_id text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  step_key text COLLATE "C" NOT NULL,
  rule_key text COLLATE "C" NOT NULL,
  position integer NOT NULL CHECK (position >= 1),
  slot_name text COLLATE "C" NOT NULL,
  PRIMARY KEY (procedure_id, version, step_key, rule_key, position),
  FOREIGN KEY (procedure_id, version, step_key, rule_key)
    REFERENCES procedure_rules (procedure_id, version, step_key, rule_key),
  FOREIGN KEY (procedure_id, version, step_key, slot_name)
    REFERENCES procedure_slots (procedure_id, version, step_key, slot_name)
);

CREATE TRIGGER procedure_rules_no_change BEFORE UPDATE OR DELETE ON procedure_rules FOR EACH ROW EXECUTE FUNCTION procedo_append_only();
CREATE TRIGGER procedure_rules_no_truncate BEFORE TRUNCATE ON procedure_rules FOR EACH STATEMENT EXECUTE FUNCTION procedo_append_only();
CREATE TRIGGER procedure_rule_fields_no_change BEFORE UPDATE OR DELETE ON procedure_rule_fields FOR EACH ROW EXECUTE FUNCTION procedo_append_only();
CREATE TRIGGER procedure_rule_fields_no_truncate BEFORE TRUNCATE ON procedure_rule_fields FOR EACH STATEMENT EXECUTE FUNCTION procedo_append_only();

COMMENT ON COLUMN procedure_steps.on_return IS 'What a later visit begins with: blank, or keep the values of the last visit.';
COMMENT ON TABLE procedure_rules IS 'An assertion over the values of a step, with the author''s own message.';
COMMENT ON COLUMN procedure_rules.procedure_id IS 'Its procedure.';
COMMENT ON COLUMN procedure_rules.version IS 'Its version.';
COMMENT ON COLUMN procedure_rules.step_key IS 'Its step.';
COMMENT ON COLUMN procedure_rules.rule_key IS 'Its key, unique within the step.';
COMMENT ON COLUMN procedure_rules.position IS 'Its place, from 1.';
COMMENT ON COLUMN procedure_rules.assert IS 'The condition (CEL) that must hold.';
COMMENT ON COLUMN procedure_rules.message IS 'What people read if it does not hold.';
COMMENT ON TABLE procedure_rule_fields IS 'The slots beside which the message of a rule is shown.';
COMMENT ON COLUMN procedure_rule_fields.procedure_id IS 'Its procedure.';
COMMENT ON COLUMN procedure_rule_fields.version IS 'Its version.';
COMMENT ON COLUMN procedure_rule_fields.step_key IS 'Its step.';
COMMENT ON COLUMN procedure_rule_fields.rule_key IS 'Its rule.';
COMMENT ON COLUMN procedure_rule_fields.position IS 'Its place, from 1.';
COMMENT ON COLUMN procedure_rule_fields.slot_name IS 'The slot.';
