-- The older schema cannot hold a receipt without an answer, so these receipts are deleted.
DELETE FROM idempotency_keys WHERE answer IS NULL;
ALTER TABLE idempotency_keys
  DROP CONSTRAINT idempotency_keys_one_form,
  DROP CONSTRAINT idempotency_keys_complete,
  DROP CONSTRAINT idempotency_keys_one_entity,
  DROP COLUMN procedure_id,
  DROP COLUMN seq,
  DROP COLUMN status,
  DROP COLUMN location,
  DROP COLUMN language,
  DROP COLUMN warnings,
  ALTER COLUMN answer SET NOT NULL;
COMMENT ON TABLE idempotency_keys IS 'The answer of a request that bore an Idempotency-Key, kept for a day.';
COMMENT ON COLUMN idempotency_keys.answer IS 'The answer as it was given.';
COMMENT ON COLUMN idempotency_keys.run_id IS 'The run in the answer; NULL if the answer is about a procedure.';
