-- The order of lists of events across entities, newest first: of all, of an actor, of an action, of both. Those of procedures are few
-- among those of runs; those of one entity are listed along the primary key.
CREATE INDEX audit_events_newest ON audit_events (occurred_at, entity_type, entity_id, seq);
CREATE INDEX audit_events_by_actor ON audit_events (actor, occurred_at, entity_type, entity_id, seq);
CREATE INDEX audit_events_by_action ON audit_events (action, occurred_at, entity_type, entity_id, seq);
CREATE INDEX audit_events_by_actor_action ON audit_events (actor, action, occurred_at, entity_type, entity_id, seq);
CREATE INDEX audit_events_of_procedures ON audit_events (occurred_at, entity_type, entity_id, seq) WHERE entity_type = 'procedure';
