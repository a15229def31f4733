// Generated from openapi.yaml by npm run generate. Do not edit.

// Paths whose POST takes an Idempotency-Key.
export const keyed: ReadonlySet<string> = new Set([
  "/procedures",
  "/procedures/{procedure_id}/archive",
  "/procedures/{procedure_id}/unarchive",
  "/runs",
  "/runs/{run_id}/steps/{step_key}/commit",
  "/runs/{run_id}/steps/{step_key}/amend",
  "/runs/{run_id}/steps/{step_key}/skip",
  "/runs/{run_id}/fail",
  "/runs/{run_id}/erasures",
]);

// Paths whose POST takes none, because it stores nothing.
export const effectless: ReadonlySet<string> = new Set([
  "/procedures/lint",
  "/procedures/simulate",
  "/runs/{run_id}/steps/{step_key}/check",
]);
