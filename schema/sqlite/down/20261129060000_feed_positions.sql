-- Restores the feed with one entry for each position. It fails if entries share one, as in a copy from PostgreSQL.
CREATE TABLE old_audit_feed (
  position INTEGER NOT NULL PRIMARY KEY,
  entity_type TEXT NOT NULL CHECK (entity_type IN ('run', 'procedure', 'checkpoint')),
  entity_id TEXT NOT NULL,
  first_seq INTEGER NOT NULL CHECK (first_seq >= 1),
  last_seq INTEGER NOT NULL CHECK (last_seq >= first_seq)
) STRICT;
INSERT INTO old_audit_feed (position, entity_type, entity_id, first_seq, last_seq)
  SELECT position, entity_type, entity_id, first_seq, last_seq FROM audit_feed;
DROP TABLE audit_feed;
ALTER TABLE old_audit_feed RENAME TO audit_feed;
DROP TABLE audit_feed_origin;

CREATE TRIGGER audit_feed_no_update BEFORE UPDATE ON audit_feed
BEGIN SELECT RAISE(ABORT, 'audit_feed is append-only'); END;
CREATE TRIGGER audit_feed_no_delete BEFORE DELETE ON audit_feed
BEGIN SELECT RAISE(ABORT, 'audit_feed is append-only'); END;
CREATE TRIGGER audit_feed_no_replace BEFORE INSERT ON audit_feed WHEN EXISTS (SELECT 1 FROM audit_feed WHERE position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'audit_feed is append-only'); END;
