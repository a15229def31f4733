-- What the list of procedures is cached under: a page that was read at a generation is good as long as it stands. The hash
-- tells generations apart that have one number, as after a backup was restored.
CREATE TABLE procedure_list (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  generation INTEGER NOT NULL,
  last_hash TEXT NOT NULL
);
INSERT INTO procedure_list (id, generation, last_hash) VALUES (1, 0, lower(hex(randomblob(32))));
