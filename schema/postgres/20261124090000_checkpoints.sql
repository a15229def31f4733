-- Every commit, for whoever follows all trails: a row for each entity that it wrote. Its position is the id of its transaction,
-- so that a reader who stops before the oldest open transaction misses none. A database that was restored elsewhere counts
-- transactions anew: origin lifts them above what stands in the feed.
CREATE TABLE audit_feed_origin (
  id integer NOT NULL PRIMARY KEY CHECK (id = 1),
  base bigint NOT NULL CHECK (base >= 0)
);
INSERT INTO audit_feed_origin (id, base) VALUES (1, 0);
CREATE TABLE audit_feed (
  position bigint NOT NULL,
  entity_type text COLLATE "C" NOT NULL CHECK (entity_type IN ('run', 'procedure', 'checkpoint')),
  entity_id text COLLATE "C" NOT NULL,
  first_seq bigint NOT NULL CHECK (first_seq >= 1),
  last_seq bigint NOT NULL CHECK (last_seq >= first_seq),
  PRIMARY KEY (position, entity_type, entity_id, last_seq)
);
INSERT INTO audit_feed (position, entity_type, entity_id, first_seq, last_seq)
  SELECT 0, entity_type, entity_id, 1, max(seq) FROM audit_events GROUP BY entity_type, entity_id;

-- Signed checkpoints; note is what was signed, with the signatures.
CREATE TABLE audit_checkpoints (
  number bigint NOT NULL PRIMARY KEY CHECK (number >= 1),
  note text NOT NULL
);

-- The heads over which a checkpoint's Merkle tree was built, in their order.
CREATE TABLE audit_leaves (
  number bigint NOT NULL REFERENCES audit_checkpoints (number),
  position integer NOT NULL CHECK (position >= 0),
  entity_type text COLLATE "C" NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  seq bigint NOT NULL CHECK (seq >= 1),
  hash text COLLATE "C" NOT NULL CHECK (length(hash) = 64),
  PRIMARY KEY (number, position)
);
CREATE UNIQUE INDEX audit_leaves_by_entity ON audit_leaves (entity_type, entity_id, number);

-- How far each sink has been given the trail, and who is giving it more.
CREATE TABLE audit_deliveries (
  sink text COLLATE "C" NOT NULL PRIMARY KEY,
  position bigint NOT NULL,
  entity_type text COLLATE "C" NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  holder text NOT NULL,
  held_until timestamptz NOT NULL,
  failures integer NOT NULL CHECK (failures >= 0),
  failing_since timestamptz,
  last_error text NOT NULL,
  retry_at timestamptz NOT NULL
);

CREATE TRIGGER audit_feed_no_change BEFORE UPDATE OR DELETE ON audit_feed FOR EACH ROW EXECUTE FUNCTION procedo_append_only();
CREATE TRIGGER audit_feed_no_truncate BEFORE TRUNCATE ON audit_feed FOR EACH STATEMENT EXECUTE FUNCTION procedo_append_only();
CREATE TRIGGER audit_checkpoints_no_change BEFORE UPDATE OR DELETE ON audit_checkpoints FOR EACH ROW EXECUTE FUNCTION procedo_append_only();
CREATE TRIGGER audit_checkpoints_no_truncate BEFORE TRUNCATE ON audit_checkpoints FOR EACH STATEMENT EXECUTE FUNCTION procedo_append_only();
CREATE TRIGGER audit_leaves_no_change BEFORE UPDATE OR DELETE ON audit_leaves FOR EACH ROW EXECUTE FUNCTION procedo_append_only();
CREATE TRIGGER audit_leaves_no_truncate BEFORE TRUNCATE ON audit_leaves FOR EACH STATEMENT EXECUTE FUNCTION procedo_append_only();

COMMENT ON TABLE audit_feed_origin IS 'One row: what is added to the ids of transactions to make positions of the feed.';
COMMENT ON COLUMN audit_feed_origin.id IS 'Always 1.';
COMMENT ON COLUMN audit_feed_origin.base IS 'The number that is added; raised after a restore into a cluster that counts lower.';
COMMENT ON TABLE audit_feed IS 'Every commit, for sinks and checkpoints to follow: a row for each entity that it wrote.';
COMMENT ON COLUMN audit_feed.position IS 'Place in the feed: it grows from commit to commit.';
COMMENT ON COLUMN audit_feed.entity_type IS 'run, procedure, or checkpoint.';
COMMENT ON COLUMN audit_feed.entity_id IS 'Id of the run or procedure; number of the checkpoint.';
COMMENT ON COLUMN audit_feed.first_seq IS 'Seq of the first event that the commit wrote; number of the checkpoint.';
COMMENT ON COLUMN audit_feed.last_seq IS 'Seq of the last one.';
COMMENT ON TABLE audit_checkpoints IS 'Signed checkpoints: where chains ended at a moment.';
COMMENT ON COLUMN audit_checkpoints.number IS 'Its number, from 1 without gaps.';
COMMENT ON COLUMN audit_checkpoints.note IS 'The signed note.';
COMMENT ON TABLE audit_leaves IS 'The heads that a checkpoint covers: the leaves of its Merkle tree.';
COMMENT ON COLUMN audit_leaves.number IS 'Its checkpoint.';
COMMENT ON COLUMN audit_leaves.position IS 'Its place in the tree, from 0.';
COMMENT ON COLUMN audit_leaves.entity_type IS 'run or procedure.';
COMMENT ON COLUMN audit_leaves.entity_id IS 'Id of the run or procedure.';
COMMENT ON COLUMN audit_leaves.seq IS 'Seq of the last event that the checkpoint covers.';
COMMENT ON COLUMN audit_leaves.hash IS 'Hash of that event.';
COMMENT ON TABLE audit_deliveries IS 'How far each sink has been given the trail.';
COMMENT ON COLUMN audit_deliveries.sink IS 'The sink''s URL without secrets.';
COMMENT ON COLUMN audit_deliveries.position IS 'Place in the feed of the last record that was delivered.';
COMMENT ON COLUMN audit_deliveries.entity_type IS 'Entity type of that record; empty before the first.';
COMMENT ON COLUMN audit_deliveries.entity_id IS 'Its entity.';
COMMENT ON COLUMN audit_deliveries.seq IS 'Its seq.';
COMMENT ON COLUMN audit_deliveries.holder IS 'The replica that delivers now; empty where none does.';
COMMENT ON COLUMN audit_deliveries.held_until IS 'Until when it may; then another takes over.';
COMMENT ON COLUMN audit_deliveries.failures IS 'How often delivery has failed in a row.';
COMMENT ON COLUMN audit_deliveries.failing_since IS 'Since when it fails; NULL where it does not.';
COMMENT ON COLUMN audit_deliveries.last_error IS 'Why it failed; empty where it does not.';
COMMENT ON COLUMN audit_deliveries.retry_at IS 'When it is tried again.';
