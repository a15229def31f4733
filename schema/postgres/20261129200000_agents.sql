-- What an assistant or a program may do with a step.
ALTER TABLE procedure_steps
  ADD COLUMN agents text NOT NULL DEFAULT 'commit' CHECK (agents IN ('commit', 'draft', 'none'));

COMMENT ON COLUMN procedure_steps.agents IS 'What an assistant or a program may do with it: commit (everything), draft, or none.';
