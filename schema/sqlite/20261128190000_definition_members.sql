-- Members of definitions: the time zone of a procedure, the digits and the unit of a number, the labels of options.
ALTER TABLE procedure_versions ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC';
ALTER TABLE procedure_slots ADD COLUMN decimals INTEGER;
ALTER TABLE procedure_slots ADD COLUMN unit TEXT;
ALTER TABLE procedure_slot_options ADD COLUMN label TEXT;
