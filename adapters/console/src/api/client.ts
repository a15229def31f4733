// The only place that reaches the service: all requests go through the client that is generated from the contract.
import { createClient, type Client, type components } from "@procedo/client";

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

/**
 * Returns a client for requests in a language. The actor is only sent while nobody is authenticated. Each answer of an
 * operation that may ask who the person is calls a function with its status.
 */
export function connect(language: string, actor: string, answered: (status: number) => void): Client {
  const baseUrl = serviceRoot.href.replace(/\/$/, "");
  const watched = async (request: Request) => {
    const response = await fetch(request);
    if (request.url !== serviceRoot.href) {
      answered(response.status);
    }
    return response;
  };
  return createClient({ baseUrl, language, fetch: watched, ...(actor === "" ? {} : { actor: headerBytes(actor) }) });
}

/** Returns the address where the person signs in, and from where they come back to the present page. */
export function signInAddress(): string {
  const here = `/${location.href.slice(serviceRoot.href.length)}`.replace(/#.*/, "");
  return `${new URL("auth/login", serviceRoot).pathname}?return=${encodeURIComponent(here)}`;
}

/** Ends the session, and leaves the page. */
export async function signOut(): Promise<void> {
  const response = await fetch(new URL("auth/logout", serviceRoot), { method: "POST" });
  if (response.ok) {
    location.assign(((await response.json()) as { continue: string }).continue);
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
