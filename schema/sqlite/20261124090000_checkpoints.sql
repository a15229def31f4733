-- Every commit in the order in which it happened, for whoever follows all trails: a row for each entity that it wrote.
CREATE TABLE audit_feed (
  position INTEGER NOT NULL PRIMARY KEY,
  entity_type TEXT NOT NULL CHECK (entity_type IN ('run', 'procedure', 'checkpoint')),
  entity_id TEXT NOT NULL,
  first_seq INTEGER NOT NULL CHECK (first_seq >= 1),
  last_seq INTEGER NOT NULL CHECK (last_seq >= first_seq)
) STRICT;
INSERT INTO audit_feed (entity_type, entity_id, first_seq, last_seq)
  SELECT entity_type, entity_id, 1, max(seq) FROM audit_events GROUP BY entity_type, entity_id ORDER BY min(occurred_at), entity_type, entity_id;

-- Signed checkpoints; note is what was signed, with the signatures.
CREATE TABLE audit_checkpoints (
  number INTEGER NOT NULL PRIMARY KEY CHECK (number >= 1),
  note TEXT NOT NULL
) STRICT;

-- The heads over which a checkpoint's Merkle tree was built, in their order.
CREATE TABLE audit_leaves (
  number INTEGER NOT NULL REFERENCES audit_checkpoints (number),
  position INTEGER NOT NULL CHECK (position >= 0),
  entity_type TEXT NOT NULL,
  entity_id TEXT NOT NULL,
  seq INTEGER NOT NULL CHECK (seq >= 1),
  hash TEXT NOT NULL CHECK (length(hash) = 64),
  PRIMARY KEY (number, position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX audit_leaves_by_entity ON audit_leaves (entity_type, entity_id, number);

-- How far each sink has been given the trail, and who is giving it more.
CREATE TABLE audit_deliveries (
  sink TEXT NOT NULL PRIMARY KEY,
  position INTEGER NOT NULL,
  entity_type TEXT NOT NULL,
  entity_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  holder TEXT NOT NULL,
  held_until TEXT NOT NULL,
  failures INTEGER NOT NULL CHECK (failures >= 0),
  failing_since TEXT,
  last_error TEXT NOT NULL,
  retry_at TEXT NOT NULL
) STRICT;

-- What has happened stays. A row that is there is not written over either: INSERT OR REPLACE deletes without asking the
-- triggers of DELETE.
CREATE TRIGGER audit_feed_no_update BEFORE UPDATE ON audit_feed
BEGIN SELECT RAISE(ABORT, 'audit_feed is append-only'); END;
CREATE TRIGGER audit_feed_no_delete BEFORE DELETE ON audit_feed
BEGIN SELECT RAISE(ABORT, 'audit_feed is append-only'); END;
CREATE TRIGGER audit_checkpoints_no_update BEFORE UPDATE ON audit_checkpoints
BEGIN SELECT RAISE(ABORT, 'audit_checkpoints is append-only'); END;
CREATE TRIGGER audit_checkpoints_no_delete BEFORE DELETE ON audit_checkpoints
BEGIN SELECT RAISE(ABORT, 'audit_checkpoints is append-only'); END;
CREATE TRIGGER audit_leaves_no_update BEFORE UPDATE ON audit_leaves
BEGIN SELECT RAISE(ABORT, 'audit_leaves is append-only'); END;
CREATE TRIGGER audit_leaves_no_delete BEFORE DELETE ON audit_leaves
BEGIN SELECT RAISE(ABORT, 'audit_leaves is append-only'); END;
CREATE TRIGGER audit_events_no_replace BEFORE INSERT ON audit_events WHEN EXISTS (SELECT 1 FROM audit_events WHERE entity_type = NEW.entity_type AND entity_id = NEW.entity_id AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END;
CREATE TRIGGER procedure_versions_no_replace BEFORE INSERT ON procedure_versions WHEN EXISTS (SELECT 1 FROM procedure_versions WHERE procedure_id = NEW.procedure_id AND version = NEW.version)
BEGIN SELECT RAISE(ABORT, 'procedure_versions is append-only'); END;
CREATE TRIGGER procedure_steps_no_replace BEFORE INSERT ON procedure_steps WHEN EXISTS (SELECT 1 FROM procedure_steps WHERE procedure_id = NEW.procedure_id AND version = NEW.version AND step_key = NEW.step_key)
  OR EXISTS (SELECT 1 FROM procedure_steps WHERE procedure_id = NEW.procedure_id AND version = NEW.version AND position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'procedure_steps is append-only'); END;
CREATE TRIGGER procedure_slots_no_replace BEFORE INSERT ON procedure_slots WHEN EXISTS (SELECT 1 FROM procedure_slots WHERE procedure_id = NEW.procedure_id AND version = NEW.version AND step_key = NEW.step_key AND slot_name = NEW.slot_name)
  OR EXISTS (SELECT 1 FROM procedure_slots WHERE procedure_id = NEW.procedure_id AND version = NEW.version AND step_key = NEW.step_key AND position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'procedure_slots is append-only'); END;
CREATE TRIGGER procedure_slot_options_no_replace BEFORE INSERT ON procedure_slot_options WHEN EXISTS (SELECT 1 FROM procedure_slot_options WHERE procedure_id = NEW.procedure_id AND version = NEW.version AND step_key = NEW.step_key AND slot_name = NEW.slot_name AND position = NEW.position)
  OR EXISTS (SELECT 1 FROM procedure_slot_options WHERE procedure_id = NEW.procedure_id AND version = NEW.version AND step_key = NEW.step_key AND slot_name = NEW.slot_name AND value = NEW.value)
BEGIN SELECT RAISE(ABORT, 'procedure_slot_options is append-only'); END;
CREATE TRIGGER procedure_checklist_items_no_replace BEFORE INSERT ON procedure_checklist_items WHEN EXISTS (SELECT 1 FROM procedure_checklist_items WHERE procedure_id = NEW.procedure_id AND version = NEW.version AND step_key = NEW.step_key AND item_key = NEW.item_key)
  OR EXISTS (SELECT 1 FROM procedure_checklist_items WHERE procedure_id = NEW.procedure_id AND version = NEW.version AND step_key = NEW.step_key AND position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'procedure_checklist_items is append-only'); END;
CREATE TRIGGER procedure_transitions_no_replace BEFORE INSERT ON procedure_transitions WHEN EXISTS (SELECT 1 FROM procedure_transitions WHERE procedure_id = NEW.procedure_id AND version = NEW.version AND step_key = NEW.step_key AND position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'procedure_transitions is append-only'); END;
CREATE TRIGGER audit_checkpoints_no_replace BEFORE INSERT ON audit_checkpoints WHEN EXISTS (SELECT 1 FROM audit_checkpoints WHERE number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'audit_checkpoints is append-only'); END;
CREATE TRIGGER audit_leaves_no_replace BEFORE INSERT ON audit_leaves WHEN EXISTS (SELECT 1 FROM audit_leaves WHERE number = NEW.number AND position = NEW.position)
  OR EXISTS (SELECT 1 FROM audit_leaves WHERE entity_type = NEW.entity_type AND entity_id = NEW.entity_id AND number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'audit_leaves is append-only'); END;
CREATE TRIGGER audit_feed_no_replace BEFORE INSERT ON audit_feed WHEN EXISTS (SELECT 1 FROM audit_feed WHERE position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'audit_feed is append-only'); END;
