-- Procedo on SQLite. Numbers, dates, instants and ids are TEXT: NUMERIC affinity would turn exact numbers into floats.
-- Instants are RFC 3339, UTC, six decimals, so that they sort as text.

-- A procedure as it stands: its latest version's facts, its status, and where its trail ends.
CREATE TABLE procedures (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  language TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('active', 'archived')),
  version INTEGER NOT NULL CHECK (version >= 1),
  seq INTEGER NOT NULL CHECK (seq >= 1),
  head_hash TEXT NOT NULL CHECK (length(head_hash) = 64)
) STRICT;

-- Published versions: immutable. document holds the canonical bytes that were digested; it is what is loaded.
CREATE TABLE procedure_versions (
  procedure_id TEXT NOT NULL REFERENCES procedures (id) DEFERRABLE INITIALLY DEFERRED,
  version INTEGER NOT NULL CHECK (version >= 1),
  digest TEXT NOT NULL CHECK (digest LIKE 'sha256:%' AND length(digest) = 71),
  document TEXT NOT NULL,
  max_visits INTEGER NOT NULL CHECK (max_visits >= 1),
  metadata TEXT CHECK (metadata IS NULL OR json_valid(metadata)),
  created_at TEXT NOT NULL,
  created_by TEXT NOT NULL,
  PRIMARY KEY (procedure_id, version)
) STRICT;

-- Relational projections of the document, for SQL to ask about.
CREATE TABLE procedure_steps (
  procedure_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  step_key TEXT NOT NULL,
  position INTEGER NOT NULL CHECK (position >= 1),
  title TEXT NOT NULL,
  prompt TEXT NOT NULL,
  metadata TEXT CHECK (metadata IS NULL OR json_valid(metadata)),
  PRIMARY KEY (procedure_id, version, step_key),
  UNIQUE (procedure_id, version, position),
  FOREIGN KEY (procedure_id, version) REFERENCES procedure_versions (procedure_id, version)
) STRICT;

CREATE TABLE procedure_slots (
  procedure_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  step_key TEXT NOT NULL,
  slot_name TEXT NOT NULL,
  position INTEGER NOT NULL CHECK (position >= 1),
  type TEXT NOT NULL CHECK (type IN ('string', 'text', 'integer', 'number', 'boolean', 'date', 'datetime', 'time', 'enum',
    'multi_enum', 'email', 'phone', 'url')),
  required INTEGER NOT NULL CHECK (required IN (0, 1)),
  sensitive INTEGER NOT NULL CHECK (sensitive IN (0, 1)),
  label TEXT NOT NULL,
  description TEXT NOT NULL,
  validate TEXT,
  mask TEXT,
  min TEXT,
  max TEXT,
  min_length INTEGER,
  max_length INTEGER,
  metadata TEXT CHECK (metadata IS NULL OR json_valid(metadata)),
  PRIMARY KEY (procedure_id, version, step_key, slot_name),
  UNIQUE (procedure_id, version, step_key, position),
  FOREIGN KEY (procedure_id, version, step_key) REFERENCES procedure_steps (procedure_id, version, step_key)
) STRICT;

CREATE TABLE procedure_slot_options (
  procedure_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  step_key TEXT NOT NULL,
  slot_name TEXT NOT NULL,
  position INTEGER NOT NULL CHECK (position >= 1),
  value TEXT NOT NULL,
  PRIMARY KEY (procedure_id, version, step_key, slot_name, position),
  UNIQUE (procedure_id, version, step_key, slot_name, value),
  FOREIGN KEY (procedure_id, version, step_key, slot_name)
    REFERENCES procedure_slots (procedure_id, version, step_key, slot_name)
) STRICT;

CREATE TABLE procedure_checklist_items (
  procedure_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  step_key TEXT NOT NULL,
  item_key TEXT NOT NULL,
  position INTEGER NOT NULL CHECK (position >= 1),
  label TEXT NOT NULL,
  description TEXT NOT NULL,
  required INTEGER NOT NULL CHECK (required IN (0, 1)),
  default_state INTEGER NOT NULL CHECK (default_state IN (0, 1)),
  metadata TEXT CHECK (metadata IS NULL OR json_valid(metadata)),
  PRIMARY KEY (procedure_id, version, step_key, item_key),
  UNIQUE (procedure_id, version, step_key, position),
  FOREIGN KEY (procedure_id, version, step_key) REFERENCES procedure_steps (procedure_id, version, step_key)
) STRICT;

-- Where a step may lead, in the order in which the conditions are asked; a row without condition is the default.
CREATE TABLE procedure_transitions (
  procedure_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  step_key TEXT NOT NULL,
  position INTEGER NOT NULL CHECK (position >= 1),
  condition TEXT,
  target TEXT NOT NULL,
  PRIMARY KEY (procedure_id, version, step_key, position),
  FOREIGN KEY (procedure_id, version, step_key) REFERENCES procedure_steps (procedure_id, version, step_key)
) STRICT;

-- A run as it stands: the fold of its events.
CREATE TABLE runs (
  id TEXT NOT NULL PRIMARY KEY,
  procedure_id TEXT NOT NULL,
  procedure_version INTEGER NOT NULL,
  user_id TEXT NOT NULL,
  reference TEXT NOT NULL,
  metadata TEXT CHECK (metadata IS NULL OR json_valid(metadata)),
  state TEXT NOT NULL CHECK (state IN ('pending', 'in_progress', 'completed', 'failed')),
  revision INTEGER NOT NULL CHECK (revision >= 1),
  seq INTEGER NOT NULL CHECK (seq >= revision),
  head_hash TEXT NOT NULL CHECK (length(head_hash) = 64),
  current_step TEXT,
  failure_reason TEXT,
  failure_at TEXT,
  failure_by TEXT,
  created_at TEXT NOT NULL,
  started_at TEXT,
  updated_at TEXT NOT NULL,
  closed_at TEXT,
  CHECK ((state IN ('completed', 'failed')) = (closed_at IS NOT NULL)),
  CHECK ((state IN ('completed', 'failed')) = (current_step IS NULL)),
  CHECK ((state = 'failed') = (failure_reason IS NOT NULL)),
  FOREIGN KEY (procedure_id, procedure_version) REFERENCES procedure_versions (procedure_id, version)
) STRICT;

CREATE INDEX runs_by_procedure ON runs (procedure_id, id);
CREATE INDEX runs_by_state ON runs (state, id);
CREATE INDEX runs_by_user ON runs (user_id, id);
CREATE INDEX runs_by_reference ON runs (reference, id);
CREATE INDEX runs_by_creation ON runs (created_at, id);

-- One row for each visit of a step that has been reached.
CREATE TABLE run_steps (
  run_id TEXT NOT NULL REFERENCES runs (id),
  step_key TEXT NOT NULL,
  visit INTEGER NOT NULL CHECK (visit >= 1),
  state TEXT NOT NULL CHECK (state IN ('open', 'committed', 'skipped', 'not_applicable', 'locked')),
  amended INTEGER NOT NULL CHECK (amended IN (0, 1)),
  committed_at TEXT,
  committed_by TEXT,
  CHECK ((state IN ('committed', 'skipped')) <= (committed_at IS NOT NULL)),
  CHECK ((committed_at IS NULL) = (committed_by IS NULL)),
  PRIMARY KEY (run_id, step_key, visit)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX run_steps_one_open ON run_steps (run_id) WHERE state = 'open';

-- A value in the column of its kind; a multi_enum has a row for each choice. A sensitive value keeps salt and digest
-- when its plain value is erased.
CREATE TABLE run_slot_values (
  run_id TEXT NOT NULL,
  step_key TEXT NOT NULL,
  visit INTEGER NOT NULL,
  slot_name TEXT NOT NULL,
  ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
  value_text TEXT,
  value_number TEXT,
  value_boolean INTEGER CHECK (value_boolean IN (0, 1)),
  value_date TEXT,
  value_timestamp TEXT,
  literal TEXT,
  origin TEXT NOT NULL CHECK (origin IN ('manual', 'agent', 'device', 'import')),
  salt TEXT CHECK (length(salt) = 32),
  digest TEXT CHECK (length(digest) = 64),
  erased_at TEXT,
  CHECK ((value_text IS NOT NULL) + (value_number IS NOT NULL) + (value_boolean IS NOT NULL) + (value_date IS NOT NULL)
    + (value_timestamp IS NOT NULL) = (erased_at IS NULL)),
  CHECK ((value_timestamp IS NULL) = (literal IS NULL)),
  CHECK ((salt IS NULL) = (digest IS NULL)),
  CHECK (erased_at IS NULL OR digest IS NOT NULL),
  PRIMARY KEY (run_id, step_key, visit, slot_name, ordinal),
  FOREIGN KEY (run_id, step_key, visit) REFERENCES run_steps (run_id, step_key, visit)
) STRICT, WITHOUT ROWID;

-- A row for each item that is ticked, and for every item of a committed step.
CREATE TABLE run_checklist_states (
  run_id TEXT NOT NULL,
  step_key TEXT NOT NULL,
  visit INTEGER NOT NULL,
  item_key TEXT NOT NULL,
  completed INTEGER NOT NULL CHECK (completed IN (0, 1)),
  completed_at TEXT,
  completed_by TEXT,
  CHECK ((completed = 1) = (completed_at IS NOT NULL)),
  CHECK ((completed = 1) = (completed_by IS NOT NULL)),
  PRIMARY KEY (run_id, step_key, visit, item_key),
  FOREIGN KEY (run_id, step_key, visit) REFERENCES run_steps (run_id, step_key, visit)
) STRICT, WITHOUT ROWID;

-- The trail. canonical holds the hashed bytes; the other columns are copies that verification compares.
CREATE TABLE audit_events (
  entity_type TEXT NOT NULL CHECK (entity_type IN ('run', 'procedure')),
  entity_id TEXT NOT NULL,
  seq INTEGER NOT NULL CHECK (seq >= 1),
  action TEXT NOT NULL,
  actor TEXT NOT NULL,
  occurred_at TEXT NOT NULL,
  payload TEXT NOT NULL CHECK (json_valid(payload)),
  canonical TEXT NOT NULL,
  prev_hash TEXT NOT NULL CHECK (length(prev_hash) = 64),
  hash TEXT NOT NULL CHECK (length(hash) = 64),
  PRIMARY KEY (entity_type, entity_id, seq)
) STRICT, WITHOUT ROWID;

-- The answers of requests that bore an idempotency key, kept for a day.
CREATE TABLE idempotency_keys (
  actor TEXT NOT NULL,
  operation TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  answer BLOB NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (actor, operation, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- What has happened and what was published stays.
CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events
BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END;
CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events
BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END;
CREATE TRIGGER procedure_versions_no_update BEFORE UPDATE ON procedure_versions
BEGIN SELECT RAISE(ABORT, 'procedure_versions is append-only'); END;
CREATE TRIGGER procedure_versions_no_delete BEFORE DELETE ON procedure_versions
BEGIN SELECT RAISE(ABORT, 'procedure_versions is append-only'); END;
CREATE TRIGGER procedure_steps_no_update BEFORE UPDATE ON procedure_steps
BEGIN SELECT RAISE(ABORT, 'procedure_steps is append-only'); END;
CREATE TRIGGER procedure_steps_no_delete BEFORE DELETE ON procedure_steps
BEGIN SELECT RAISE(ABORT, 'procedure_steps is append-only'); END;
CREATE TRIGGER procedure_slots_no_update BEFORE UPDATE ON procedure_slots
BEGIN SELECT RAISE(ABORT, 'procedure_slots is append-only'); END;
CREATE TRIGGER procedure_slots_no_delete BEFORE DELETE ON procedure_slots
BEGIN SELECT RAISE(ABORT, 'procedure_slots is append-only'); END;
CREATE TRIGGER procedure_slot_options_no_update BEFORE UPDATE ON procedure_slot_options
BEGIN SELECT RAISE(ABORT, 'procedure_slot_options is append-only'); END;
CREATE TRIGGER procedure_slot_options_no_delete BEFORE DELETE ON procedure_slot_options
BEGIN SELECT RAISE(ABORT, 'procedure_slot_options is append-only'); END;
CREATE TRIGGER procedure_checklist_items_no_update BEFORE UPDATE ON procedure_checklist_items
BEGIN SELECT RAISE(ABORT, 'procedure_checklist_items is append-only'); END;
CREATE TRIGGER procedure_checklist_items_no_delete BEFORE DELETE ON procedure_checklist_items
BEGIN SELECT RAISE(ABORT, 'procedure_checklist_items is append-only'); END;
CREATE TRIGGER procedure_transitions_no_update BEFORE UPDATE ON procedure_transitions
BEGIN SELECT RAISE(ABORT, 'procedure_transitions is append-only'); END;
CREATE TRIGGER procedure_transitions_no_delete BEFORE DELETE ON procedure_transitions
BEGIN SELECT RAISE(ABORT, 'procedure_transitions is append-only'); END;
