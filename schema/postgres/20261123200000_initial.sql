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

-- What everything is for.
COMMENT ON TABLE procedures IS 'A procedure as it stands: its latest version''s facts, its status, and where its trail ends.';
COMMENT ON COLUMN procedures.id IS 'Its slug.';
COMMENT ON COLUMN procedures.name IS 'What people call it.';
COMMENT ON COLUMN procedures.description IS 'What it is for; empty where it does not say.';
COMMENT ON COLUMN procedures.language IS 'BCP 47 tag of its own texts; empty where it does not say.';
COMMENT ON COLUMN procedures.status IS 'active; archived: no new runs, no new versions.';
COMMENT ON COLUMN procedures.version IS 'Number of the latest version.';
COMMENT ON COLUMN procedures.seq IS 'Seq of the last event of its trail.';
COMMENT ON COLUMN procedures.head_hash IS 'Hash of that event.';
COMMENT ON TABLE procedure_versions IS 'A published version: immutable.';
COMMENT ON COLUMN procedure_versions.procedure_id IS 'Its procedure.';
COMMENT ON COLUMN procedure_versions.version IS 'Its number, from 1.';
COMMENT ON COLUMN procedure_versions.digest IS 'sha256: and the hex SHA-256 of document.';
COMMENT ON COLUMN procedure_versions.document IS 'The canonical bytes that were digested; what is loaded.';
COMMENT ON COLUMN procedure_versions.max_visits IS 'How often a step may be visited in one run.';
COMMENT ON COLUMN procedure_versions.metadata IS 'Free data; NULL where there is none.';
COMMENT ON COLUMN procedure_versions.created_at IS 'When it was published.';
COMMENT ON COLUMN procedure_versions.created_by IS 'Who published it.';
COMMENT ON TABLE procedure_steps IS 'A step of a version: a projection of document, for SQL to ask about.';
COMMENT ON COLUMN procedure_steps.procedure_id IS 'Its procedure.';
COMMENT ON COLUMN procedure_steps.version IS 'Its version.';
COMMENT ON COLUMN procedure_steps.step_key IS 'Its key.';
COMMENT ON COLUMN procedure_steps.position IS 'Its place, from 1.';
COMMENT ON COLUMN procedure_steps.title IS 'Its title.';
COMMENT ON COLUMN procedure_steps.prompt IS 'What to do; empty where it does not say.';
COMMENT ON COLUMN procedure_steps.metadata IS 'Free data.';
COMMENT ON COLUMN procedure_steps.condition IS 'When it applies (CEL); NULL: always.';
COMMENT ON COLUMN procedure_steps.skippable IS 'Whether it may be skipped.';
COMMENT ON TABLE procedure_slots IS 'A slot of a version: a projection of document.';
COMMENT ON COLUMN procedure_slots.procedure_id IS 'Its procedure.';
COMMENT ON COLUMN procedure_slots.version IS 'Its version.';
COMMENT ON COLUMN procedure_slots.step_key IS 'Its step.';
COMMENT ON COLUMN procedure_slots.slot_name IS 'Its name.';
COMMENT ON COLUMN procedure_slots.position IS 'Its place in the step, from 1.';
COMMENT ON COLUMN procedure_slots.type IS 'One of the thirteen types.';
COMMENT ON COLUMN procedure_slots.required IS 'Whether a commit needs a value, where required_condition does not say.';
COMMENT ON COLUMN procedure_slots.sensitive IS 'Whether runs and events hold only its seal.';
COMMENT ON COLUMN procedure_slots.label IS 'What a form shows; may be empty.';
COMMENT ON COLUMN procedure_slots.description IS 'What to enter; may be empty.';
COMMENT ON COLUMN procedure_slots.validate IS 'RE2 pattern for the whole value.';
COMMENT ON COLUMN procedure_slots.mask IS 'Mask: X is a digit.';
COMMENT ON COLUMN procedure_slots.min IS 'Least value, as text.';
COMMENT ON COLUMN procedure_slots.max IS 'Greatest value, as text.';
COMMENT ON COLUMN procedure_slots.min_length IS 'Least length, in code points or choices.';
COMMENT ON COLUMN procedure_slots.max_length IS 'Greatest length.';
COMMENT ON COLUMN procedure_slots.metadata IS 'Free data.';
COMMENT ON COLUMN procedure_slots.condition IS 'When it applies (CEL); NULL: always.';
COMMENT ON COLUMN procedure_slots.required_condition IS 'When a value is needed (CEL); NULL: as required says.';
COMMENT ON TABLE procedure_slot_options IS 'An option of an enum or multi_enum: a projection of document.';
COMMENT ON COLUMN procedure_slot_options.procedure_id IS 'Its procedure.';
COMMENT ON COLUMN procedure_slot_options.version IS 'Its version.';
COMMENT ON COLUMN procedure_slot_options.step_key IS 'Its step.';
COMMENT ON COLUMN procedure_slot_options.slot_name IS 'Its slot.';
COMMENT ON COLUMN procedure_slot_options.position IS 'Its place, from 1.';
COMMENT ON COLUMN procedure_slot_options.value IS 'The option.';
COMMENT ON TABLE procedure_checklist_items IS 'A checklist item of a version: a projection of document.';
COMMENT ON COLUMN procedure_checklist_items.procedure_id IS 'Its procedure.';
COMMENT ON COLUMN procedure_checklist_items.version IS 'Its version.';
COMMENT ON COLUMN procedure_checklist_items.step_key IS 'Its step.';
COMMENT ON COLUMN procedure_checklist_items.item_key IS 'Its key.';
COMMENT ON COLUMN procedure_checklist_items.position IS 'Its place in the step, from 1.';
COMMENT ON COLUMN procedure_checklist_items.label IS 'What is confirmed.';
COMMENT ON COLUMN procedure_checklist_items.description IS 'What it means; may be empty.';
COMMENT ON COLUMN procedure_checklist_items.required IS 'Whether a commit needs it ticked.';
COMMENT ON COLUMN procedure_checklist_items.default_state IS 'What a form may show first.';
COMMENT ON COLUMN procedure_checklist_items.metadata IS 'Free data.';
COMMENT ON COLUMN procedure_checklist_items.condition IS 'When it applies (CEL); NULL: always.';
COMMENT ON TABLE procedure_transitions IS 'Where a step may lead, in the order in which the conditions are asked.';
COMMENT ON COLUMN procedure_transitions.procedure_id IS 'Its procedure.';
COMMENT ON COLUMN procedure_transitions.version IS 'Its version.';
COMMENT ON COLUMN procedure_transitions.step_key IS 'The step that is left.';
COMMENT ON COLUMN procedure_transitions.position IS 'Its place, from 1.';
COMMENT ON COLUMN procedure_transitions.condition IS 'When it is taken (CEL); NULL: the default.';
COMMENT ON COLUMN procedure_transitions.target IS 'Key of the step that follows, or end.';
COMMENT ON TABLE runs IS 'A run as it stands: the fold of its events.';
COMMENT ON COLUMN runs.id IS 'UUIDv7.';
COMMENT ON COLUMN runs.procedure_id IS 'Its procedure.';
COMMENT ON COLUMN runs.procedure_version IS 'The version it keeps for life.';
COMMENT ON COLUMN runs.user_id IS 'Who it is for.';
COMMENT ON COLUMN runs.reference IS 'The owner''s own number; empty where there is none.';
COMMENT ON COLUMN runs.metadata IS 'Free data.';
COMMENT ON COLUMN runs.state IS 'pending, in_progress, completed or failed.';
COMMENT ON COLUMN runs.revision IS 'One more with each accepted command that changed it.';
COMMENT ON COLUMN runs.seq IS 'Seq of the last event of its trail: what a write expects.';
COMMENT ON COLUMN runs.head_hash IS 'Hash of that event.';
COMMENT ON COLUMN runs.current_step IS 'Key of the open step; NULL once it is final.';
COMMENT ON COLUMN runs.failure_reason IS 'Why it was ended; NULL unless failed.';
COMMENT ON COLUMN runs.failure_at IS 'When it was ended.';
COMMENT ON COLUMN runs.failure_by IS 'Who ended it.';
COMMENT ON COLUMN runs.created_at IS 'When it was created; lists are in this order.';
COMMENT ON COLUMN runs.started_at IS 'When work began.';
COMMENT ON COLUMN runs.updated_at IS 'When it last changed.';
COMMENT ON COLUMN runs.closed_at IS 'When it became final.';
COMMENT ON TABLE run_steps IS 'A visit of a step. A step passed over before its first visit has the row of that visit.';
COMMENT ON COLUMN run_steps.run_id IS 'Its run.';
COMMENT ON COLUMN run_steps.step_key IS 'Its step.';
COMMENT ON COLUMN run_steps.visit IS 'Which visit, from 1.';
COMMENT ON COLUMN run_steps.state IS 'Of the latest visit, where the step stands; of earlier ones committed or skipped.';
COMMENT ON COLUMN run_steps.amended IS 'Whether it was corrected after its commit.';
COMMENT ON COLUMN run_steps.committed_at IS 'When it was closed, by commit or skip.';
COMMENT ON COLUMN run_steps.committed_by IS 'Who closed it.';
COMMENT ON COLUMN run_steps.reason IS 'Why it was skipped; NULL where it was not.';
COMMENT ON TABLE run_inapplicable_slots IS 'A slot that did not apply when its visit was committed.';
COMMENT ON COLUMN run_inapplicable_slots.run_id IS 'Its run.';
COMMENT ON COLUMN run_inapplicable_slots.step_key IS 'Its step.';
COMMENT ON COLUMN run_inapplicable_slots.visit IS 'Its visit.';
COMMENT ON COLUMN run_inapplicable_slots.slot_name IS 'Its name.';
COMMENT ON TABLE run_slot_values IS 'A value in the column of its kind; a multi_enum has a row for each choice.';
COMMENT ON COLUMN run_slot_values.run_id IS 'Its run.';
COMMENT ON COLUMN run_slot_values.step_key IS 'Its step.';
COMMENT ON COLUMN run_slot_values.visit IS 'Its visit.';
COMMENT ON COLUMN run_slot_values.slot_name IS 'Its slot.';
COMMENT ON COLUMN run_slot_values.ordinal IS 'Place of a choice, from 0; 0 of any other value.';
COMMENT ON COLUMN run_slot_values.value_text IS 'Texts, choices, times of day.';
COMMENT ON COLUMN run_slot_values.value_number IS 'Integers and numbers, exact.';
COMMENT ON COLUMN run_slot_values.value_boolean IS 'True or false.';
COMMENT ON COLUMN run_slot_values.value_date IS 'Dates.';
COMMENT ON COLUMN run_slot_values.value_timestamp IS 'The instant of a datetime.';
COMMENT ON COLUMN run_slot_values.literal IS 'The datetime as it was given, with its offset.';
COMMENT ON COLUMN run_slot_values.origin IS 'manual, agent, device or import.';
COMMENT ON COLUMN run_slot_values.salt IS 'Of a sensitive value: 16 random bytes in hex.';
COMMENT ON COLUMN run_slot_values.digest IS 'Of a sensitive value: hex SHA-256 of salt and value.';
COMMENT ON COLUMN run_slot_values.erased_at IS 'When the plain value was erased; salt and digest stay.';
COMMENT ON TABLE run_checklist_states IS 'A checklist item that is ticked, or of a committed visit.';
COMMENT ON COLUMN run_checklist_states.run_id IS 'Its run.';
COMMENT ON COLUMN run_checklist_states.step_key IS 'Its step.';
COMMENT ON COLUMN run_checklist_states.visit IS 'Its visit.';
COMMENT ON COLUMN run_checklist_states.item_key IS 'Its key.';
COMMENT ON COLUMN run_checklist_states.completed IS 'Whether it is ticked.';
COMMENT ON COLUMN run_checklist_states.completed_at IS 'When.';
COMMENT ON COLUMN run_checklist_states.completed_by IS 'By whom.';
COMMENT ON TABLE audit_events IS 'The trail: append-only. The other columns are copies of what canonical says, which verification compares.';
COMMENT ON COLUMN audit_events.entity_type IS 'run or procedure.';
COMMENT ON COLUMN audit_events.entity_id IS 'Id of the run or procedure.';
COMMENT ON COLUMN audit_events.seq IS 'Place in the entity''s chain, from 1 without gaps.';
COMMENT ON COLUMN audit_events.action IS 'What happened.';
COMMENT ON COLUMN audit_events.actor IS 'Who did it.';
COMMENT ON COLUMN audit_events.occurred_at IS 'When, to the microsecond.';
COMMENT ON COLUMN audit_events.payload IS 'The facts.';
COMMENT ON COLUMN audit_events.canonical IS 'The bytes that were hashed: RFC 8785 of the event.';
COMMENT ON COLUMN audit_events.prev_hash IS 'Hash of the event before it; 64 zeros of the first.';
COMMENT ON COLUMN audit_events.hash IS 'Hex SHA-256 of prev_hash as 32 bytes, then canonical.';
COMMENT ON TABLE idempotency_keys IS 'The answer of a request that bore an Idempotency-Key, kept for a day.';
COMMENT ON COLUMN idempotency_keys.actor IS 'Who asked.';
COMMENT ON COLUMN idempotency_keys.operation IS 'Method and path pattern of the request.';
COMMENT ON COLUMN idempotency_keys.key IS 'The key.';
COMMENT ON COLUMN idempotency_keys.fingerprint IS 'Of path and body: a repeat must have the same.';
COMMENT ON COLUMN idempotency_keys.answer IS 'The answer as it was given.';
COMMENT ON COLUMN idempotency_keys.created_at IS 'When.';
