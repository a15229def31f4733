-- The secret keys of the service, which all replicas share.
CREATE TABLE service_keys (
  name text COLLATE "C" NOT NULL PRIMARY KEY,
  key bytea NOT NULL CHECK (octet_length(key) = 32)
);
INSERT INTO service_keys (name, key)
  VALUES ('hmac', sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));

ALTER TABLE idempotency_keys ADD COLUMN run_id uuid;

-- Earlier releases did not store the run. Their answers hold the run in base64, and its JSON begins with {"id":"ID",
-- which is 45 bytes or 60 characters of base64.
UPDATE idempotency_keys k SET run_id = r.id FROM runs r
  WHERE k.operation LIKE 'POST /runs%'
  AND r.id::text = substr(encode(decode(
    substring(encode(k.answer, 'escape') FROM '"body":"([A-Za-z0-9+/]{60})'), 'base64'), 'escape'), 8, 36);

COMMENT ON TABLE service_keys IS 'Secret keys of the service, which all replicas share. The migration makes them.';
COMMENT ON COLUMN service_keys.name IS 'Its name: hmac, the key that authenticates what the service stores.';
COMMENT ON COLUMN service_keys.key IS 'The key: 32 random bytes.';
COMMENT ON COLUMN idempotency_keys.run_id IS 'The run in the answer; NULL if the answer is about a procedure.';
COMMENT ON COLUMN idempotency_keys.fingerprint IS 'hmac-sha256: and the hex HMAC of path and body; in receipts of earlier releases, their hex SHA-256. A repeat must have the same.';
