DROP INDEX audit_events_by_actor_action;
DROP INDEX audit_events_of_procedures;
DROP INDEX audit_events_by_action;
DROP INDEX audit_events_by_actor;
DROP INDEX audit_events_newest;
