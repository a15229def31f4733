-- Refusals are counted, the last one is recognised, and times of a trail never go backwards. Amendments may make a run
-- diverge from the path that its values would lead to.
ALTER TABLE runs
  ADD COLUMN refusals bigint NOT NULL DEFAULT 0,
  ADD COLUMN last_refusal text CHECK (length(last_refusal) = 64),
  ADD COLUMN divergences json,
  ADD COLUMN last_event_at timestamptz;
UPDATE runs SET
  refusals = (SELECT count(*) FROM audit_events WHERE entity_type = 'run' AND entity_id = runs.id::text
    AND action IN ('run.action_refused', 'step.draft_refused', 'step.commit_refused')),
  last_event_at = coalesce((SELECT occurred_at FROM audit_events WHERE entity_type = 'run'
    AND entity_id = runs.id::text AND audit_events.seq = runs.seq), updated_at);
ALTER TABLE runs
  ADD CHECK (refusals BETWEEN 0 AND seq),
  ALTER COLUMN last_event_at SET NOT NULL;

ALTER TABLE procedures ADD COLUMN last_event_at timestamptz;
UPDATE procedures SET
  last_event_at = coalesce((SELECT occurred_at FROM audit_events WHERE entity_type = 'procedure'
    AND entity_id = procedures.id AND audit_events.seq = procedures.seq), '0001-01-01T00:00:00Z');
ALTER TABLE procedures ALTER COLUMN last_event_at SET NOT NULL;

COMMENT ON COLUMN runs.refusals IS 'Number of refused commands in the trail.';
COMMENT ON COLUMN runs.last_refusal IS 'SHA-256 of the refusal that the last event records completely; NULL if it records none.';
COMMENT ON COLUMN runs.divergences IS 'Conditions on the path that would now have another result; NULL if there are none.';
COMMENT ON COLUMN runs.last_event_at IS 'Time of the last event of the trail; no later event is earlier.';
COMMENT ON COLUMN procedures.last_event_at IS 'Time of the last event of the trail; no later event is earlier.';
