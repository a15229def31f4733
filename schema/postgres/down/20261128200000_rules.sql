DROP TABLE procedure_rule_fields;
DROP TABLE procedure_rules;
ALTER TABLE procedure_steps DROP COLUMN on_return;
