-- Rules of steps, and what a step begins with when a run returns to it.
ALTER TABLE procedure_steps ADD COLUMN on_return TEXT NOT NULL DEFAULT 'blank' CHECK (on_return IN ('blank', 'keep'));

CREATE TABLE procedure_rules (
  procedure_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  step_key TEXT NOT NULL,
  rule_key TEXT NOT NULL,
  position INTEGER NOT NULL CHECK (position >= 1),
  assert TEXT NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (procedure_id, version, step_key, rule_key),
  UNIQUE (procedure_id, version, step_key, position),
  FOREIGN KEY (procedure_id, version, step_key) REFERENCES procedure_steps (procedure_id, version, step_key)
) STRICT;

CREATE TABLE procedure_rule_fields (
  procedure_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  step_key TEXT NOT NULL,
  rule_key TEXT NOT NULL,
  position INTEGER NOT NULL CHECK (position >= 1),
  slot_name TEXT NOT NULL,
  PRIMARY KEY (procedure_id, version, step_key, rule_key, position),
  FOREIGN KEY (procedure_id, version, step_key, rule_key)
    REFERENCES procedure_rules (procedure_id, version, step_key, rule_key),
  FOREIGN KEY (procedure_id, version, step_key, slot_name)
    REFERENCES procedure_slots (procedure_id, version, step_key, slot_name)
) STRICT;

CREATE TRIGGER procedure_rules_no_update BEFORE UPDATE ON procedure_rules
BEGIN SELECT RAISE(ABORT, 'procedure_rules is append-only'); END;
CREATE TRIGGER procedure_rules_no_delete BEFORE DELETE ON procedure_rules
BEGIN SELECT RAISE(ABORT, 'procedure_rules is append-only'); END;
CREATE TRIGGER procedure_rules_no_replace BEFORE INSERT ON procedure_rules WHEN EXISTS (SELECT 1 FROM procedure_rules WHERE procedure_id = NEW.procedure_id AND version = NEW.version AND step_key = NEW.step_key AND rule_key = NEW.rule_key)
  OR EXISTS (SELECT 1 FROM procedure_rules WHERE procedure_id = NEW.procedure_id AND version = NEW.version AND step_key = NEW.step_key AND position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'procedure_rules is append-only'); END;
CREATE TRIGGER procedure_rule_fields_no_update BEFORE UPDATE ON procedure_rule_fields
BEGIN SELECT RAISE(ABORT, 'procedure_rule_fields is append-only'); END;
CREATE TRIGGER procedure_rule_fields_no_delete BEFORE DELETE ON procedure_rule_fields
BEGIN SELECT RAISE(ABORT, 'procedure_rule_fields is append-only'); END;
CREATE TRIGGER procedure_rule_fields_no_replace BEFORE INSERT ON procedure_rule_fields WHEN EXISTS (SELECT 1 FROM procedure_rule_fields WHERE procedure_id = NEW.procedure_id AND version = NEW.version AND step_key = NEW.step_key AND rule_key = NEW.rule_key AND position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'procedure_rule_fields is append-only'); END;
