-- Procedo on PostgreSQL 15 to 17. Every table and column says what it is for: docs/schema.md is made from that.

CREATE TABLE procedures (
  id text COLLATE "C" NOT NULL PRIMARY KEY,
  name text NOT NULL,
  description text NOT NULL,
  language text NOT NULL,
  status text NOT NULL CHECK (status IN ('active', 'archived')),
  version integer NOT NULL CHECK (version >= 1),
  seq bigint NOT NULL CHECK (seq >= 1),
  head_hash text NOT NULL CHECK (length(head_hash) = 64)
);

CREATE TABLE procedure_versions (
  procedure_id text COLLATE "C" NOT NULL REFERENCES procedures (id) DEFERRABLE INITIALLY DEFERRED,
  version integer NOT NULL CHECK (version >= 1),
  digest text NOT NULL CHECK (digest LIKE 'sha256:%' AND length(digest) = 71),
  document text NOT NULL,
  max_visits integer NOT NULL CHECK (max_visits >= 1),
  metadata json,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  PRIMARY KEY (procedure_id, version)
);

CREATE TABLE procedure_steps (
  procedure_id text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  step_key text COLLATE "C" NOT NULL,
  position integer NOT NULL CHECK (position >= 1),
  title text NOT NULL,
  prompt text NOT NULL,
  metadata json,
  condition text,
  skippable boolean NOT NULL,
  PRIMARY KEY (procedure_id, version, step_key),
  UNIQUE (procedure_id, version, position),
  FOREIGN KEY (procedure_id, version) REFERENCES procedure_versions (procedure_id, version)
);

CREATE TABLE procedure_slots (
  procedure_id text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  step_key text COLLATE "C" NOT NULL,
  slot_name text COLLATE "C" NOT NULL,
  position integer NOT NULL CHECK (position >= 1),
  type text NOT NULL CHECK (type IN ('string', 'text', 'integer', 'number', 'boolean', 'date', 'datetime', 'time', 'enum',
    'multi_enum', 'email', 'phone', 'url')),
  required boolean NOT NULL,
  sensitive boolean NOT NULL,
  label text NOT NULL,
  description text NOT NULL,
  validate text,
  mask text,
  min text,
  max text,
  min_length integer,
  max_length integer,
  metadata json,
  condition text,
  required_condition text,
  PRIMARY KEY (procedure_id, version, step_key, slot_name),
  UNIQUE (procedure_id, version, step_key, position),
  FOREIGN KEY (procedure_id, version, step_key) REFERENCES procedure_steps (procedure_id, version, step_key)
);

CREATE TABLE procedure_slot_options (
  procedure_id text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  step_key text COLLATE "C" NOT NULL,
  slot_name text COLLATE "C" NOT NULL,
  position integer NOT NULL CHECK (position >= 1),
  value text NOT NULL,
  PRIMARY KEY (procedure_id, version, step_key, slot_name, position),
  UNIQUE (procedure_id, version, step_key, slot_name, value),
  FOREIGN KEY (procedure_id, version, step_key, slot_name)
    REFERENCES procedure_slots (procedure_id, version, step_key, slot_name)
);

CREATE TABLE procedure_checklist_items (
  procedure_id text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  step_key text COLLATE "C" NOT NULL,
  item_key text COLLATE "C" NOT NULL,
  position integer NOT NULL CHECK (position >= 1),
  label text NOT NULL,
  description text NOT NULL,
  required boolean NOT NULL,
  default_state boolean NOT NULL,
  metadata json,
  condition text,
  PRIMARY KEY (procedure_id, version, step_key, item_key),
  UNIQUE (procedure_id, version, step_key, position),
  FOREIGN KEY (procedure_id, version, step_key) REFERENCES procedure_steps (procedure_id, version, step_key)
);

CREATE TABLE procedure_transitions (
  procedure_id text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  step_key text COLLATE "C" NOT NULL,
  position integer NOT NULL CHECK (position >= 1),
  condition text,
  target text NOT NULL,
  PRIMARY KEY (procedure_id, version, step_key, position),
  FOREIGN KEY (procedure_id, version, step_key) REFERENCES procedure_steps (procedure_id, version, step_key)
);

CREATE TABLE runs (
  id uuid NOT NULL PRIMARY KEY,
  procedure_id text COLLATE "C" NOT NULL,
  procedure_version integer NOT NULL,
  user_id text NOT NULL,
  reference text NOT NULL,
  metadata json,
  state text NOT NULL CHECK (state IN ('pending', 'in_progress', 'completed', 'failed')),
  revision bigint NOT NULL CHECK (revision >= 1),
  seq bigint NOT NULL CHECK (seq >= revision),
  head_hash text NOT NULL CHECK (length(head_hash) = 64),
  current_step text,
  failure_reason text,
  failure_at timestamptz,
  failure_by text,
  created_at timestamptz NOT NULL,
  started_at timestamptz,
  updated_at timestamptz NOT NULL,
  closed_at timestamptz,
  CHECK ((state IN ('completed', 'failed')) = (closed_at IS NOT NULL)),
  CHECK ((state IN ('completed', 'failed')) = (current_step IS NULL)),
  CHECK ((state = 'failed') = (failure_reason IS NOT NULL)),
  FOREIGN KEY (procedure_id, procedure_version) REFERENCES procedure_versions (procedure_id, version)
);

-- Lists are newest first: every index ends in the order of the list.
CREATE INDEX runs_newest ON runs (created_at DESC, id DESC);
CREATE INDEX runs_by_procedure ON runs (procedure_id, created_at DESC, id DESC);
CREATE INDEX runs_by_procedure_state ON runs (procedure_id, state, created_at DESC, id DESC);
CREATE INDEX runs_by_state ON runs (state, created_at DESC, id DESC);
CREATE INDEX runs_by_user ON runs (user_id, created_at DESC, id DESC);
CREATE INDEX runs_by_user_state ON runs (user_id, state, created_at DESC, id DESC);
CREATE INDEX runs_by_user_procedure ON runs (user_id, procedure_id, created_at DESC, id DESC);
CREATE INDEX runs_by_reference ON runs (reference, created_at DESC, id DESC);

CREATE TABLE run_steps (
  run_id uuid NOT NULL REFERENCES runs (id),
  step_key text COLLATE "C" NOT NULL,
  visit integer NOT NULL CHECK (visit >= 1),
  state text NOT NULL CHECK (state IN ('open', 'committed', 'skipped', 'not_applicable', 'locked')),
  amended boolean NOT NULL,
  committed_at timestamptz,
  committed_by text,
  reason text,
  CHECK (state NOT IN ('committed', 'skipped') OR committed_at IS NOT NULL),
  CHECK ((committed_at IS NULL) = (committed_by IS NULL)),
  PRIMARY KEY (run_id, step_key, visit)
);

CREATE UNIQUE INDEX run_steps_one_open ON run_steps (run_id) WHERE state = 'open';

CREATE TABLE run_inapplicable_slots (
  run_id uuid NOT NULL,
  step_key text COLLATE "C" NOT NULL,
  visit integer NOT NULL,
  slot_name text COLLATE "C" NOT NULL,
  PRIMARY KEY (run_id, step_key, visit, slot_name),
  FOREIGN KEY (run_id, step_key, visit) REFERENCES run_steps (run_id, step_key, visit)
);

CREATE TABLE run_slot_values (
  run_id uuid NOT NULL,
  step_key text COLLATE "C" NOT NULL,
  visit integer NOT NULL,
  slot_name text COLLATE "C" NOT NULL,
  ordinal integer NOT NULL CHECK (ordinal >= 0),
  value_text text,
  value_number numeric,
  value_boolean boolean,
  value_date date,
  value_timestamp timestamptz,
  literal text,
  origin text NOT NULL CHECK (origin IN ('manual', 'agent', 'device', 'import')),
  salt text CHECK (length(salt) = 32),
  digest text CHECK (length(digest) = 64),
  erased_at timestamptz,
  CHECK (num_nonnulls(value_text, value_number, value_boolean, value_date, value_timestamp) = (erased_at IS NULL)::integer),
  CHECK ((value_timestamp IS NULL) = (literal IS NULL)),
  CHECK ((salt IS NULL) = (digest IS NULL)),
  CHECK (erased_at IS NULL OR digest IS NOT NULL),
  PRIMARY KEY (run_id, step_key, visit, slot_name, ordinal),
  FOREIGN KEY (run_id, step_key, visit) REFERENCES run_steps (run_id, step_key, visit)
);

CREATE TABLE run_checklist_states (
  run_id uuid NOT NULL,
  step_key text COLLATE "C" NOT NULL,
  visit integer NOT NULL,
  item_key text COLLATE "C" NOT NULL,
  completed boolean NOT NULL,
  completed_at timestamptz,
  completed_by text,
  CHECK (completed = (completed_at IS NOT NULL)),
  CHECK (completed = (completed_by IS NOT NULL)),
  PRIMARY KEY (run_id, step_key, visit, item_key),
  FOREIGN KEY (run_id, step_key, visit) REFERENCES run_steps (run_id, step_key, visit)
);

CREATE TABLE audit_events (
  entity_type text COLLATE "C" NOT NULL CHECK (entity_type IN ('run', 'procedure')),
  entity_id text COLLATE "C" NOT NULL,
  seq bigint NOT NULL CHECK (seq >= 1),
  action text NOT NULL,
  actor text COLLATE "C" NOT NULL,
  occurred_at timestamptz NOT NULL,
  payload json NOT NULL,
  canonical text NOT NULL,
  prev_hash text NOT NULL CHECK (length(prev_hash) = 64),
  hash text NOT NULL CHECK (length(hash) = 64),
  PRIMARY KEY (entity_type, entity_id, seq)
);

CREATE TABLE idempotency_keys (
  actor text COLLATE "C" NOT NULL,
  operation text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  fingerprint text NOT NULL,
  answer bytea NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (actor, operation, key)
);

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- What has happened and what was published stays.
CREATE FUNCTION procedo_append_only() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN RAISE EXCEPTION ''% is append-only'', TG_TABLE_NAME USING ERRCODE = ''integrity_constraint_violation''; END';

CREATE TRIGGER audit_events_no_change BEFORE UPDATE OR DELETE ON audit_events FOR EACH ROW EXECUTE FUNCTION procedo_append_only();
CREATE TRIGGER audit_events_no_truncate BEFORE TRUNCATE ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION procedo_append_only();
CREATE TRIGGER procedure_versions_no_change BEFORE UPDATE OR DELETE ON procedure_versions FOR EACH ROW EXECUTE FUNCTION procedo_append_only();
CREATE TRIGGER procedure_versions_no_truncate BEFORE TRUNCATE ON procedure_versions FOR EACH STATEMENT EXECUTE FUNCTION procedo_append_only();
CREATE TRIGGER procedure_steps_no_change BEFORE UPDATE OR DELETE ON procedure_steps FOR EACH ROW EXECUTE FUNCTION procedo_append_only();
CREATE TRIGGER procedure_steps_no_truncate BEFORE TRUNCATE ON procedure_steps FOR EACH STATEMENT EXECUTE FUNCTION procedo_append_only();
CREATE TRIGGER procedure_slots_no_change BEFORE UPDATE OR DELETE ON procedure_slots FOR EACH ROW EXECUTE FUNCTION procedo_append_only();
CREATE TRIGGER procedure_slots_no_truncate BEFORE TRUNCATE ON procedure_slots FOR EACH STATEMENT EXECUTE FUNCTION procedo_append_only();
CREATE TRIGGER procedure_slot_options_no_change BEFORE UPDATE OR DELETE ON procedure_slot_options FOR EACH ROW EXECUTE FUNCTION procedo_append_only();
CREATE TRIGGER procedure_slot_options_no_truncate BEFORE TRUNCATE ON procedure_slot_options FOR EACH STATEMENT EXECUTE FUNCTION procedo_append_only();
CREATE TRIGGER procedure_checklist_items_no_change BEFORE UPDATE OR DELETE ON procedure_checklist_items FOR EACH ROW EXECUTE FUNCTION procedo_append_only();
CREATE TRIGGER procedure_checklist_items_no_truncate BEFORE TRUNCATE ON procedure_checklist_items FOR EACH STATEMENT EXECUTE FUNCTION procedo_append_only();
CREATE TRIGGER procedure_transitions_no_change BEFORE UPDATE OR DELETE ON procedure_transitions FOR EACH ROW EXECUTE FUNCTION procedo_append_only();
CREATE TRIGGER procedure_transitions_no_truncate BEFORE TRUNCATE ON procedure_transitions FOR EACH STATEMENT EXECUTE FUNCTION procedo_append_only();
