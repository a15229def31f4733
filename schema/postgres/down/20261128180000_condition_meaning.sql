-- Takes back everything of 20261128180000.
ALTER TABLE procedure_versions DROP COLUMN conditions;
