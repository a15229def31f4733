-- The earlier schema has no place for the log. Once it has begun, the step down is refused: nothing of it is deleted.
DO $$
BEGIN
  IF EXISTS (SELECT 1 FROM audit_checkpoints WHERE header IS NOT NULL) THEN
    RAISE EXCEPTION 'the log of checkpoints has begun';
  END IF;
END $$;

DROP TABLE audit_cosignatures;
DROP TABLE audit_nodes;
ALTER TABLE audit_checkpoints DROP COLUMN header;
