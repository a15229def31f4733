-- A receipt holds what the answer showed, and as of which event, instead of the answer itself. Receipts of earlier
-- releases keep their answers until they expire.
ALTER TABLE idempotency_keys
  ALTER COLUMN answer DROP NOT NULL,
  ADD COLUMN procedure_id text COLLATE "C",
  ADD COLUMN seq bigint CHECK (seq >= 1),
  ADD COLUMN status smallint CHECK (status BETWEEN 200 AND 299),
  ADD COLUMN location text,
  ADD COLUMN language text,
  ADD COLUMN warnings text CHECK (warnings IS NULL OR warnings::json IS NOT NULL),
  ADD CONSTRAINT idempotency_keys_one_form CHECK ((answer IS NULL) = (seq IS NOT NULL)),
  ADD CONSTRAINT idempotency_keys_complete CHECK ((seq IS NOT NULL) = (status IS NOT NULL AND language IS NOT NULL)),
  ADD CONSTRAINT idempotency_keys_one_entity CHECK (seq IS NULL OR (run_id IS NULL) <> (procedure_id IS NULL));

COMMENT ON TABLE idempotency_keys IS 'The receipt of a request with an Idempotency-Key, kept for a day: what a repeat is answered with.';
COMMENT ON COLUMN idempotency_keys.answer IS 'In receipts of earlier releases the whole answer; otherwise NULL.';
COMMENT ON COLUMN idempotency_keys.run_id IS 'The run that the answer showed; NULL if it showed a procedure.';
COMMENT ON COLUMN idempotency_keys.procedure_id IS 'The procedure that the answer showed; NULL if it showed a run.';
COMMENT ON COLUMN idempotency_keys.seq IS 'The last event of the run or procedure that the answer showed.';
COMMENT ON COLUMN idempotency_keys.status IS 'HTTP status of the answer.';
COMMENT ON COLUMN idempotency_keys.location IS 'Header Location of the answer; NULL if it had none.';
COMMENT ON COLUMN idempotency_keys.language IS 'Language tag of the texts in the answer; empty if the procedure does not state its language.';
COMMENT ON COLUMN idempotency_keys.warnings IS 'JSON array of the warnings in the answer, at most 16 KiB; NULL if there were none.';
