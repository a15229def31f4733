-- The meaning of a version's conditions: 2 counts in exact decimals and compares times by value. Versions published
-- before this column have NULL and keep the older meaning. The digest does not determine it; the publishing event does.
ALTER TABLE procedure_versions ADD COLUMN conditions INTEGER CHECK (conditions >= 2);
