-- Refusals are counted, the last one is recognised, and times of a trail never go backwards. Amendments may make a run
-- diverge from the path that its values would lead to.
ALTER TABLE runs ADD COLUMN refusals INTEGER NOT NULL DEFAULT 0 CHECK (refusals BETWEEN 0 AND seq);
ALTER TABLE runs ADD COLUMN last_refusal TEXT CHECK (length(last_refusal) = 64);
ALTER TABLE runs ADD COLUMN divergences TEXT CHECK (json_valid(divergences));
ALTER TABLE runs ADD COLUMN last_event_at TEXT NOT NULL DEFAULT '0001-01-01T00:00:00.000000Z';
UPDATE runs SET
  refusals = (SELECT count(*) FROM audit_events WHERE entity_type = 'run' AND entity_id = runs.id
    AND action IN ('run.action_refused', 'step.draft_refused', 'step.commit_refused')),
  last_event_at = coalesce((SELECT occurred_at FROM audit_events WHERE entity_type = 'run' AND entity_id = runs.id
    AND audit_events.seq = runs.seq), updated_at);

ALTER TABLE procedures ADD COLUMN last_event_at TEXT NOT NULL DEFAULT '0001-01-01T00:00:00.000000Z';
UPDATE procedures SET
  last_event_at = coalesce((SELECT occurred_at FROM audit_events WHERE entity_type = 'procedure'
    AND entity_id = procedures.id AND audit_events.seq = procedures.seq), last_event_at);
