-- Takes back everything of 20261123180000.
DROP TABLE run_inapplicable_slots;
ALTER TABLE run_steps DROP COLUMN reason;
ALTER TABLE procedure_checklist_items DROP COLUMN condition;
ALTER TABLE procedure_slots DROP COLUMN required_condition;
ALTER TABLE procedure_slots DROP COLUMN condition;
ALTER TABLE procedure_steps DROP COLUMN skippable;
ALTER TABLE procedure_steps DROP COLUMN condition;
