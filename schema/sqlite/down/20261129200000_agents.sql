ALTER TABLE procedure_steps DROP COLUMN agents;
