-- A database that was copied from PostgreSQL keeps the positions of its feed, because signed checkpoints name them. They
-- have gaps, and entries that one transaction wrote share one. New positions continue without gaps above the base.
CREATE TABLE audit_feed_origin (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  base INTEGER NOT NULL CHECK (base >= 0)
) STRICT;
INSERT INTO audit_feed_origin (id, base) VALUES (1, 0);

CREATE TABLE new_audit_feed (
  position INTEGER NOT NULL,
  entity_type TEXT NOT NULL CHECK (entity_type IN ('run', 'procedure', 'checkpoint')),
  entity_id TEXT NOT NULL,
  first_seq INTEGER NOT NULL CHECK (first_seq >= 1),
  last_seq INTEGER NOT NULL CHECK (last_seq >= first_seq),
  PRIMARY KEY (position, entity_type, entity_id, last_seq)
) STRICT, WITHOUT ROWID;
INSERT INTO new_audit_feed (position, entity_type, entity_id, first_seq, last_seq)
  SELECT position, entity_type, entity_id, first_seq, last_seq FROM audit_feed ORDER BY position;
DROP TABLE audit_feed;
ALTER TABLE new_audit_feed RENAME TO audit_feed;

CREATE TRIGGER audit_feed_no_update BEFORE UPDATE ON audit_feed
BEGIN SELECT RAISE(ABORT, 'audit_feed is append-only'); END;
CREATE TRIGGER audit_feed_no_delete BEFORE DELETE ON audit_feed
BEGIN SELECT RAISE(ABORT, 'audit_feed is append-only'); END;
CREATE TRIGGER audit_feed_no_replace BEFORE INSERT ON audit_feed WHEN EXISTS (SELECT 1 FROM audit_feed WHERE position = NEW.position AND entity_type = NEW.entity_type AND entity_id = NEW.entity_id AND last_seq = NEW.last_seq)
BEGIN SELECT RAISE(ABORT, 'audit_feed is append-only'); END;
