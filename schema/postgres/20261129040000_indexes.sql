-- Every write pays for every index of its table. What is left are the fewest and smallest indexes with which each list
-- still reads about as many rows as it returns. Lists without a state merge the runs of all states.
DROP INDEX runs_newest;
DROP INDEX runs_by_procedure;
DROP INDEX runs_by_user;
-- Runs are added at the end of an ascending index, so that its pages fill up before they are split.
DROP INDEX runs_by_state;
DROP INDEX runs_by_procedure_state;
DROP INDEX runs_by_user_state;
DROP INDEX runs_by_user_procedure;
DROP INDEX runs_by_reference;
CREATE INDEX runs_by_state ON runs (state, created_at, id);
CREATE INDEX runs_by_procedure_state ON runs (procedure_id, state, created_at, id);
CREATE INDEX runs_by_user_state ON runs (user_id, state, created_at, id);
CREATE INDEX runs_by_user_procedure ON runs (user_id, procedure_id, created_at, id);
CREATE INDEX runs_by_reference ON runs (reference, created_at, id) WHERE reference <> '';

-- Only the few events of one commit have the same time, so the lists sort these by the other columns.
DROP INDEX audit_events_newest;
DROP INDEX audit_events_by_actor;
DROP INDEX audit_events_by_action;
DROP INDEX audit_events_by_actor_action;
CREATE INDEX audit_events_newest ON audit_events (occurred_at);
CREATE INDEX audit_events_by_actor ON audit_events (actor, occurred_at);
CREATE INDEX audit_events_by_action ON audit_events (action, occurred_at);
CREATE INDEX audit_events_by_actor_action ON audit_events (actor, action, occurred_at);
