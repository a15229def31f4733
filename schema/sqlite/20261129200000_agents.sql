-- What an assistant or a program may do with a step.
ALTER TABLE procedure_steps ADD COLUMN agents TEXT NOT NULL DEFAULT 'commit' CHECK (agents IN ('commit', 'draft', 'none'));
