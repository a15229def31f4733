ALTER TABLE procedure_slot_options DROP COLUMN label;
ALTER TABLE procedure_slots DROP COLUMN unit;
ALTER TABLE procedure_slots DROP COLUMN decimals;
ALTER TABLE procedure_versions DROP COLUMN time_zone;
