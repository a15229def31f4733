-- Restores the indexes that end in id alone.
DROP INDEX runs_by_reference;
DROP INDEX runs_by_user;
DROP INDEX runs_by_state;
DROP INDEX runs_by_procedure;
CREATE INDEX runs_by_procedure ON runs (procedure_id, id);
CREATE INDEX runs_by_state ON runs (state, id);
CREATE INDEX runs_by_user ON runs (user_id, id);
CREATE INDEX runs_by_reference ON runs (reference, id);
