// Recomputes the trail in the browser, as docs/audit.md describes it, so that nobody has to believe the service.
import type { Event } from "../api/client";

/** What does not hold, by the number of the event. */
export interface Finding {
  seq: number;
  problem: "sequence" | "previous" | "hash" | "copied" | "disclosed";
}

export const genesis = "0".repeat(64);

/** Reports whether this page can compute hashes: browsers only allow it on secure origins, such as HTTPS or localhost. */
export const canHash = (): boolean => globalThis.crypto?.subtle !== undefined;

/** Verifies the events of a run from the first one on. */
export async function verify(events: readonly Event[]): Promise<Finding[]> {
  const found: Finding[] = [];
  let previous = genesis;
  for (const [index, event] of events.entries()) {
    const find = (problem: Finding["problem"]) => found.push({ seq: event.seq, problem });
    if (event.seq !== index + 1) {
      find("sequence");
    }
    if (event.prev_hash !== previous) {
      find("previous");
    }
    if (event.hash !== (await chained(event.prev_hash, event.canonical))) {
      find("hash");
    }
    const content = parsed(event.canonical);
    if (content === undefined || !isCopied(event, content)) {
      find("copied");
    } else if (!(await isDisclosed(event, content))) {
      find("disclosed");
    }
    previous = event.hash;
  }
  return found;
}

/** Returns a copy of the events in which one character of what an event recorded is another. */
export function altered(events: readonly Event[], seq: number): Event[] {
  return events.map((event) => {
    if (event.seq !== seq) {
      return event;
    }
    const at = event.canonical.indexOf('"occurred_at":"') + 15; // the first digit of the year
    const other = event.canonical[at] === "2" ? "1" : "2";
    return { ...event, canonical: event.canonical.slice(0, at) + other + event.canonical.slice(at + 1) };
  });
}

/** Returns the hash of an event: SHA-256 of the previous hash and of the bytes of the event. */
async function chained(previous: string, canonical: string): Promise<string> {
  return hex(await sha256(new Uint8Array([...unhex(previous), ...new TextEncoder().encode(canonical)])));
}

/** Reports whether the members beside the hashed bytes say the same as these. */
function isCopied(event: Event, content: Record<string, unknown>): boolean {
  return (["id", "entity_type", "entity_id", "seq", "action", "actor", "occurred_at"] as const)
    .every((name) => content[name] === event[name]);
}

/** Reports whether each disclosed value is the one that the event has a commitment to. */
async function isDisclosed(event: Event, content: Record<string, unknown>): Promise<boolean> {
  for (const [place, { salt, value }] of Object.entries(event.disclosures ?? {})) {
    const committed = at(content["payload"], place);
    const digest = typeof committed === "object" && committed !== null ? (committed as { sha256?: unknown }).sha256 : undefined;
    const digests = await Promise.all(forms(value).map((text) => commitment(salt, text)));
    if (typeof digest !== "string" || !digests.includes(digest)) {
      return false;
    }
  }
  return true;
}

/** Returns the canonical forms (RFC 8785) that a value can have. Digits that a number cannot hold come as a string. */
function forms(value: unknown): string[] {
  const text = canonical(value);
  return typeof value === "string" && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value) ? [text, value] : [text];
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(canonical).join(",")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([name, one]) => `${JSON.stringify(name)}:${canonical(one)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

async function commitment(salt: string, text: string): Promise<string> {
  const digest = await sha256(new Uint8Array([...unbase64(salt), ...new TextEncoder().encode(text)]));
  return btoa(String.fromCharCode(...digest)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Returns the value at a JSON Pointer (RFC 6901). */
function at(value: unknown, pointer: string): unknown {
  return pointer.split("/").slice(1).map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>((inner, part) => (typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[part] : undefined), value);
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>; // only short texts and digests are compared
  } catch {
    return undefined;
  }
}

const sha256 = async (data: Uint8Array<ArrayBuffer>) => new Uint8Array(await crypto.subtle.digest("SHA-256", data));

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

const unhex = (text: string) => (text.match(/../g) ?? []).map((pair) => parseInt(pair, 16));

const unbase64 = (text: string) =>
  Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
