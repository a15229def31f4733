ALTER TABLE idempotency_keys DROP COLUMN run_id;
DROP TABLE service_keys;
