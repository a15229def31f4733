-- Runs are listed by created_at and id, descending: the indexes of lists end in that order.
DROP INDEX runs_by_procedure;
DROP INDEX runs_by_state;
DROP INDEX runs_by_user;
DROP INDEX runs_by_reference;
CREATE INDEX runs_by_procedure ON runs (procedure_id, created_at, id);
CREATE INDEX runs_by_state ON runs (state, created_at, id);
CREATE INDEX runs_by_user ON runs (user_id, created_at, id);
CREATE INDEX runs_by_reference ON runs (reference, created_at, id);
