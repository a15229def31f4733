-- The value and the salt of a sensitive slot can be stored encrypted, in one column.
ALTER TABLE run_slot_values
  ADD COLUMN sealed bytea,
  DROP CONSTRAINT run_slot_values_check,
  DROP CONSTRAINT run_slot_values_seal;
ALTER TABLE run_slot_values
  ADD CONSTRAINT run_slot_values_one_value CHECK (
    num_nonnulls(value_text, value_number, value_boolean, value_date, value_timestamp, sealed) = (erased_at IS NULL)::integer),
  ADD CONSTRAINT run_slot_values_seal CHECK (
    num_nonnulls(salt, sealed) = (digest IS NOT NULL AND erased_at IS NULL)::integer);

COMMENT ON COLUMN run_slot_values.salt IS 'Of a sensitive value in clear: 16 random bytes in hex.';
COMMENT ON COLUMN run_slot_values.sealed IS
  'Salt and value of a sensitive slot, encrypted with AES-256-GCM in Tink''s format; NULL if they are in clear or erased.';
