-- The secret keys of the service, which all replicas share.
CREATE TABLE service_keys (
  name TEXT NOT NULL PRIMARY KEY,
  key BLOB NOT NULL CHECK (length(key) = 32)
) STRICT, WITHOUT ROWID;
INSERT INTO service_keys (name, key) VALUES ('hmac', randomblob(32));

ALTER TABLE idempotency_keys ADD COLUMN run_id TEXT;

-- Earlier releases did not store the run. Their answers hold the run in base64, and its JSON begins with {"id":"ID",
-- which is 45 bytes or 60 characters of base64. The recursive query decodes four characters to three bytes at a time.
UPDATE idempotency_keys SET run_id = (
  WITH RECURSIVE
    encoded(body) AS (SELECT substr(CAST(answer AS TEXT), instr(CAST(answer AS TEXT), '"body":"') + 8, 60)),
    digits(digits) AS (VALUES ('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')),
    decoded(position, bits, text) AS (
      VALUES (1, 0, '')
      UNION ALL
      SELECT
        position + 1,
        iif(position % 4 = 1, 0, bits << 6) | (instr(digits, substr(body, position, 1)) - 1),
        text || iif(position % 4 = 1 AND position > 1, char(bits >> 16, bits >> 8 & 255, bits & 255), '')
      FROM decoded, encoded, digits WHERE position <= 61
    )
  SELECT id FROM runs WHERE id = (SELECT substr(text, 8, 36) FROM decoded WHERE position = 62)
) WHERE operation LIKE 'POST /runs%';
