-- The older schema has no column for encrypted values.
DO $$ BEGIN
  IF EXISTS (SELECT FROM run_slot_values WHERE sealed IS NOT NULL) THEN
    RAISE EXCEPTION 'there are encrypted values: the older schema cannot hold them';
  END IF;
END $$;
ALTER TABLE run_slot_values
  DROP CONSTRAINT run_slot_values_one_value,
  DROP CONSTRAINT run_slot_values_seal,
  DROP COLUMN sealed;
ALTER TABLE run_slot_values
  ADD CONSTRAINT run_slot_values_check CHECK (
    num_nonnulls(value_text, value_number, value_boolean, value_date, value_timestamp) = (erased_at IS NULL)::integer),
  ADD CONSTRAINT run_slot_values_seal CHECK ((salt IS NOT NULL) = (digest IS NOT NULL AND erased_at IS NULL));
COMMENT ON COLUMN run_slot_values.salt IS 'Of a sensitive value that has not been erased: 16 random bytes in hex.';
