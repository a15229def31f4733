-- The earlier schema has no place for the log. Once it has begun, the step down is refused: nothing of it is deleted.
CREATE TABLE log_has_begun (checkpoints INTEGER CHECK (checkpoints = 0));
INSERT INTO log_has_begun SELECT count(*) FROM audit_checkpoints WHERE header IS NOT NULL;
DROP TABLE log_has_begun;

DROP TABLE audit_cosignatures;
DROP TABLE audit_nodes;
ALTER TABLE audit_checkpoints DROP COLUMN header;
