import type { components } from "./schema.gen.js";

/** A problem document (RFC 9457), as the service returns it for every refused or failed request. */
export type Problem = components["schemas"]["Problem"];

/** One error in the submitted data. */
export type Issue = components["schemas"]["Issue"];

/** The code of a problem. The set is open: later releases can add codes. */
export type ProblemCode = Problem["code"];

/** A problem as an error. `issues` lists what is wrong with the submitted data. */
export class ProblemError extends Error {
  readonly problem: Problem;
  readonly response: Response;

  constructor(problem: Problem, response: Response) {
    const issues = (problem.issues ?? []).map((issue) => `\n  ${issue.field}: ${issue.message} (${issue.code})`);
    super(`${problem.title}. ${problem.detail}${issues.join("")}`);
    this.name = "ProblemError";
    this.problem = problem;
    this.response = response;
  }

  get code(): ProblemCode {
    return this.problem.code;
  }

  get status(): number {
    return this.problem.status;
  }

  /** The parameters of the message, for texts of your own. Exact numbers are strings of their digits. */
  get params(): Problem["params"] {
    return this.problem.params;
  }

  /** The errors in the submitted data: at most 256; `problem.issue_count` states their number. */
  get issues(): readonly Issue[] {
    return this.problem.issues ?? [];
  }
}

/** A response that is neither what was asked for nor a problem document, such as one of a proxy. */
export class ResponseError extends Error {
  readonly response: Response;

  constructor(response: Response) {
    const but = response.ok ? ", but not with what was asked for" : "";
    super(`The server answered with the status ${response.status}${but}.`);
    this.name = "ResponseError";
    this.response = response;
  }
}

/** Reports whether a value is a problem document. */
export function isProblem(value: unknown): value is Problem {
  return (
    typeof value === "object" && value !== null && "code" in value && typeof value.code === "string" &&
    "title" in value && typeof value.title === "string" && "detail" in value && typeof value.detail === "string"
  );
}

/** Returns the error for a response without data and its parsed body. */
export function errorOf(body: unknown, response: Response): ProblemError | ResponseError {
  return isProblem(body) ? new ProblemError(body, response) : new ResponseError(response);
}
