import type { components } from "./schema.gen.js";

export { type Client, type ClientOptions, createClient, unwrap } from "./client.js";
export { etagOf } from "./etag.js";
export { parseExact } from "./json.js";
export type { Items, ListParams, ListPath } from "./pages.js";
export { type Issue, isProblem, type Problem, type ProblemCode, ProblemError, ResponseError } from "./problem.js";
export type { RetryOptions } from "./retry.js";
export type { components, operations, paths } from "./schema.gen.js";
export type { Fetch } from "./send.js";
export type { StreamOptions } from "./stream.js";
export type { Bound, OtherString, SlotValue, SlotValues } from "./values.js";

/** A run, with its steps. */
export type Run = components["schemas"]["Run"];
/** A run in a list. */
export type RunSummary = components["schemas"]["RunSummary"];
/** The current visit of a step. */
export type RunStep = components["schemas"]["RunStep"];
/** A version of a procedure. */
export type Procedure = components["schemas"]["Procedure"];
/** An event of the audit trail. `canonical` holds the exact bytes that were hashed. */
export type Event = components["schemas"]["Event"];
