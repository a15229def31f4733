-- What the list of procedures is cached under: a page that was read at a generation is good as long as it stands. The hash
-- tells generations apart that have one number, as after a backup was restored.
CREATE TABLE procedure_list (
  id integer NOT NULL PRIMARY KEY CHECK (id = 1),
  generation bigint NOT NULL,
  last_hash text NOT NULL
);
INSERT INTO procedure_list (id, generation, last_hash) VALUES (1, 0, replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''));
COMMENT ON TABLE procedure_list IS 'One row that every change of a procedure moves on, so that pages of the list can be kept.';
COMMENT ON COLUMN procedure_list.id IS 'Always 1.';
COMMENT ON COLUMN procedure_list.generation IS 'How many changes there have been since the row was made.';
COMMENT ON COLUMN procedure_list.last_hash IS 'The hash of the last change''s event; before the first, something random.';
