-- Conditions, branches, visits and skips.

-- What a definition says of them, for SQL to ask about; where steps lead stands in procedure_transitions.
ALTER TABLE procedure_steps ADD COLUMN condition TEXT;
ALTER TABLE procedure_steps ADD COLUMN skippable INTEGER NOT NULL DEFAULT 0 CHECK (skippable IN (0, 1));
ALTER TABLE procedure_slots ADD COLUMN condition TEXT;
ALTER TABLE procedure_slots ADD COLUMN required_condition TEXT;
ALTER TABLE procedure_checklist_items ADD COLUMN condition TEXT;

-- Why a step was skipped. A step that is passed over before its first visit has the row of that visit; one that a jump
-- back locked keeps committed_at in the row of its last visit.
ALTER TABLE run_steps ADD COLUMN reason TEXT;

-- The slots that did not apply when their step was committed.
CREATE TABLE run_inapplicable_slots (
  run_id TEXT NOT NULL,
  step_key TEXT NOT NULL,
  visit INTEGER NOT NULL,
  slot_name TEXT NOT NULL,
  PRIMARY KEY (run_id, step_key, visit, slot_name),
  FOREIGN KEY (run_id, step_key, visit) REFERENCES run_steps (run_id, step_key, visit)
) STRICT, WITHOUT ROWID;
