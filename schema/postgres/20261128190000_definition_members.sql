-- Members of definitions: the time zone of a procedure, the digits and the unit of a number, the labels of options.
ALTER TABLE procedure_versions ADD COLUMN time_zone text NOT NULL DEFAULT 'UTC';
ALTER TABLE procedure_slots ADD COLUMN decimals integer;
ALTER TABLE procedure_slots ADD COLUMN unit text;
ALTER TABLE procedure_slot_options ADD COLUMN label text;
COMMENT ON COLUMN procedure_versions.time_zone IS 'The IANA time zone in which relative bounds have their day.';
COMMENT ON COLUMN procedure_slots.decimals IS 'The most digits after the point of a number.';
COMMENT ON COLUMN procedure_slots.unit IS 'The unit of a number: a UCUM code or an ISO 4217 currency.';
COMMENT ON COLUMN procedure_slot_options.label IS 'What people see instead of the value; null for the value itself.';
