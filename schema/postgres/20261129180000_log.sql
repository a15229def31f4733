-- The log that all checkpoints form from now on. A checkpoint of an earlier release has no header, and is not part of it.
ALTER TABLE audit_checkpoints ADD COLUMN header text;

-- The nodes of the log's Merkle tree: each leaf, followed by the inner nodes that it completes.
CREATE TABLE audit_nodes (
  position bigint NOT NULL PRIMARY KEY CHECK (position >= 0),
  hash text COLLATE "C" NOT NULL CHECK (length(hash) = 64)
);

-- The lines that witnesses have signed checkpoints with.
CREATE TABLE audit_cosignatures (
  number bigint NOT NULL REFERENCES audit_checkpoints (number),
  witness text COLLATE "C" NOT NULL,
  lines text NOT NULL CHECK (lines <> ''),
  PRIMARY KEY (number, witness)
);

CREATE TRIGGER audit_nodes_no_change BEFORE UPDATE OR DELETE ON audit_nodes FOR EACH ROW EXECUTE FUNCTION procedo_append_only();
CREATE TRIGGER audit_nodes_no_truncate BEFORE TRUNCATE ON audit_nodes FOR EACH STATEMENT EXECUTE FUNCTION procedo_append_only();
CREATE TRIGGER audit_cosignatures_no_change BEFORE UPDATE OR DELETE ON audit_cosignatures FOR EACH ROW EXECUTE FUNCTION procedo_append_only();
CREATE TRIGGER audit_cosignatures_no_truncate BEFORE TRUNCATE ON audit_cosignatures FOR EACH STATEMENT EXECUTE FUNCTION procedo_append_only();

COMMENT ON COLUMN audit_checkpoints.header IS 'The text of its first leaf in the log; NULL for a checkpoint of an earlier release.';
COMMENT ON TABLE audit_nodes IS 'The nodes of the log''s Merkle tree (RFC 6962): each leaf, followed by the inner nodes that it completes.';
COMMENT ON COLUMN audit_nodes.position IS 'Its place, from 0 without gaps.';
COMMENT ON COLUMN audit_nodes.hash IS 'Its hash, in hex.';
COMMENT ON TABLE audit_cosignatures IS 'Signatures of witnesses under checkpoints.';
COMMENT ON COLUMN audit_cosignatures.number IS 'The checkpoint.';
COMMENT ON COLUMN audit_cosignatures.witness IS 'The URL of the witness.';
COMMENT ON COLUMN audit_cosignatures.lines IS 'The lines with its signatures.';
