-- The log that all checkpoints form from now on. A checkpoint of an earlier release has no header, and is not part of it.
ALTER TABLE audit_checkpoints ADD COLUMN header TEXT;

-- The nodes of the log's Merkle tree: each leaf, followed by the inner nodes that it completes.
CREATE TABLE audit_nodes (
  position INTEGER NOT NULL PRIMARY KEY CHECK (position >= 0),
  hash TEXT NOT NULL CHECK (length(hash) = 64)
) STRICT;

-- The lines that witnesses have signed checkpoints with.
CREATE TABLE audit_cosignatures (
  number INTEGER NOT NULL REFERENCES audit_checkpoints (number),
  witness TEXT NOT NULL,
  lines TEXT NOT NULL CHECK (lines <> ''),
  PRIMARY KEY (number, witness)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER audit_nodes_no_update BEFORE UPDATE ON audit_nodes
BEGIN SELECT RAISE(ABORT, 'audit_nodes is append-only'); END;
CREATE TRIGGER audit_nodes_no_delete BEFORE DELETE ON audit_nodes
BEGIN SELECT RAISE(ABORT, 'audit_nodes is append-only'); END;
CREATE TRIGGER audit_nodes_no_replace BEFORE INSERT ON audit_nodes WHEN EXISTS (SELECT 1 FROM audit_nodes WHERE position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'audit_nodes is append-only'); END;
CREATE TRIGGER audit_cosignatures_no_update BEFORE UPDATE ON audit_cosignatures
BEGIN SELECT RAISE(ABORT, 'audit_cosignatures is append-only'); END;
CREATE TRIGGER audit_cosignatures_no_delete BEFORE DELETE ON audit_cosignatures
BEGIN SELECT RAISE(ABORT, 'audit_cosignatures is append-only'); END;
CREATE TRIGGER audit_cosignatures_no_replace BEFORE INSERT ON audit_cosignatures WHEN EXISTS (SELECT 1 FROM audit_cosignatures WHERE number = NEW.number AND witness = NEW.witness)
BEGIN SELECT RAISE(ABORT, 'audit_cosignatures is append-only'); END;
