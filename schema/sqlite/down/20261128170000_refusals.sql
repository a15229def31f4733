ALTER TABLE procedures DROP COLUMN last_event_at;
ALTER TABLE runs DROP COLUMN last_event_at;
ALTER TABLE runs DROP COLUMN divergences;
ALTER TABLE runs DROP COLUMN last_refusal;
ALTER TABLE runs DROP COLUMN refusals;
