// The only place that reaches the service: all requests go through the client that is generated from the contract.
import { createClient, type Client, type components, isProblem, type Problem } from "@procedo/client";

export {
  etagOf, isProblem, type Event, parseExact, type Problem, ProblemError, type Run, type RunStep, type RunSummary, type SlotValue,
  unwrap,
} from "@procedo/client";

type Schemas = components["schemas"];
export type StepForm = Schemas["StepForm"];
export type FormSlot = Schemas["FormSlot"];
export type FormItem = Schemas["FormItem"];
export type ConditionState = Schemas["ConditionState"];
export type ConditionalField = Schemas["ConditionalField"];
export type Issue = Schemas["CheckIssue"];
export type Me = Schemas["Me"];
export type RunException = Schemas["RunException"];
export type RunVerification = Schemas["RunVerification"];
export type ProcedureSummary = Schemas["ProcedureSummary"];
export type Procedure = Schemas["Procedure"];
export type ProcedureGraph = Schemas["ProcedureGraph"];
export type VersionSummary = Schemas["ProcedureVersionSummary"];
export type LintReport = Schemas["LintReport"];
export type DefinitionGraph = Schemas["DefinitionGraph"];
export type Simulation = Schemas["Simulation"];
export type SimulationAnswer = Schemas["SimulationAnswer"];
export type Decision = Schemas["Decision"];
export type Tick = Schemas["Tick"];

// The script is at …/ui/-/DIGEST/app.js. Addresses are relative to it, because a proxy may add a prefix.
const script = import.meta.url;
export const consoleRoot = new URL("../../", script);
export const serviceRoot = new URL("../", consoleRoot);

/** Who the requests are for. */
export interface Caller {
  /** Returns the actor whom the page shows, or nothing as long as it is not known. A write asks until it is. */
  expected(needed: boolean): Promise<string | undefined>;
  /** Returns what the page answers itself instead of the service: nobody may act for the person whom it shows. */
  refusal(): Problem | undefined;
  /** Is called with each answer. */
  answered(status: number, other: string | undefined): void;
}

const otherActor = "access.other_actor";

/** Reports whether a problem says that the person must sign in, or that somebody else has. */
export const isUnproven = ({ code }: Problem): boolean => code.startsWith("token.") || code === otherActor;

/** Returns the problem of a request for a person who is not the one that is signed in now. */
export const replaced = (title: string, detail: string): Problem =>
  ({ type: "/problems/access-other-actor", title, status: 403, detail, instance: "", code: otherActor, params: {} });

/**
 * Returns a client for requests in a language. The actor is only sent while nobody is authenticated. Each request but
 * those that ask who the person is names the person for whom it is made. Browsers send the session of whoever signed in
 * last, so only the service can refuse it in time if that is somebody else.
 */
export function connect(language: string, actor: string, caller: Caller): Client {
  const baseUrl = serviceRoot.href.replace(/\/$/, "");
  const watched = async (request: Request) => {
    if (request.url === serviceRoot.href || request.url === `${baseUrl}/me`) {
      return fetch(request);
    }
    const expected = await caller.expected(request.method !== "GET");
    const refusal = caller.refusal();
    if (refusal !== undefined) {
      return Response.json(refusal, { status: refusal.status, headers: { "Content-Type": "application/problem+json" } });
    }
    if (expected !== undefined) {
      request.headers.set("X-Expected-Actor", headerBytes(expected));
    }
    const response = await fetch(request);
    caller.answered(response.status, response.status === 403 ? await otherOf(response.clone()) : undefined);
    return response;
  };
  return createClient({ baseUrl, language, fetch: watched, ...(actor === "" ? {} : { actor: headerBytes(actor) }) });
}

/** Returns the actor of a request that was meant for another one. */
async function otherOf(response: Response): Promise<string | undefined> {
  const problem: unknown = await response.json().catch(() => undefined);
  return isProblem(problem) && problem.code === otherActor ? String(problem.params["actor"]) : undefined;
}

/** Returns the address where the person signs in, and from where they come back to the present page. */
export function signInAddress(): string {
  const here = `/${location.href.slice(serviceRoot.href.length)}`.replace(/#.*/, "");
  return `${new URL("auth/login", serviceRoot).pathname}?return=${encodeURIComponent(here)}`;
}

/** Ends the session, and leaves the page. It reports whether the service has ended it. */
export async function signOut(): Promise<boolean> {
  try {
    const response = await fetch(new URL("auth/logout", serviceRoot), { method: "POST" });
    if (response.ok) {
      location.assign(((await response.json()) as { continue: string }).continue);
    }
    return response.ok;
  } catch {
    return false;
  }
}

/** Headers consist of bytes: browsers refuse other characters, and the service reads UTF-8. */
function headerBytes(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

/** Returns a new Idempotency-Key. crypto.randomUUID only exists on secure origins. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
