// Recomputes the trail in the browser, as docs/audit.md describes it, so that nobody has to believe the service.
import { type Event, parseExact } from "../api/client";

/** What does not hold, by the number of the event. */
export interface Finding {
  seq: number;
  problem: "sequence" | "previous" | "hash" | "copied" | "disclosed";
}

export const genesis = "0".repeat(64);

/** Reports whether this page can compute hashes: browsers only allow it on secure origins, such as HTTPS or localhost. */
export const canHash = (): boolean => globalThis.crypto?.subtle !== undefined;

/** Reports whether events reach the last one of their run: there is no verdict on a part of a trail. */
export const isWhole = (events: readonly Event[], last: number): boolean => events.length > 0 && (events.at(-1)?.seq ?? 0) >= last;

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
    const problem = await difference(event);
    if (problem !== undefined) {
      find(problem);
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

/** Returns how the members of an event differ from its hashed bytes, or nothing if they say the same. */
async function difference(event: Event): Promise<"copied" | "disclosed" | undefined> {
  const content = parsed(event.canonical);
  const copied = ["id", "entity_type", "entity_id", "seq", "action", "actor", "occurred_at"] as const;
  if (content === undefined || !copied.every((name) => content[name] === event[name])) {
    return "copied";
  }
  // Events of version 1 hold their values in the hashed bytes.
  const payload = content["v"] === 1 && event.disclosures === undefined ? content["payload"]
    : await opened(content["payload"], event.disclosures);
  if (payload === undefined) {
    return "disclosed";
  }
  return canonical(payload) === canonical(event.payload) ? undefined : "copied";
}

/**
 * Returns the hashed payload with each disclosed value in the place of its commitment. It returns nothing if a
 * disclosure does not match its commitment, or has none.
 */
async function opened(payload: unknown, disclosures: Event["disclosures"]): Promise<unknown> {
  const left = new Map(Object.entries(disclosures ?? {}));
  let isRight = disclosures === undefined || left.size > 0;
  const lay = async (value: unknown, place: string): Promise<unknown> => {
    if (typeof value !== "object" || value === null) {
      return value;
    }
    const digest = committed(value);
    const disclosure = left.get(place);
    if (digest !== undefined && disclosure !== undefined) {
      left.delete(place); // commitments within a disclosed value are text like any other
      if (!(await matches(disclosure, digest))) {
        isRight = false;
      }
      return disclosure.value;
    }
    if (digest !== undefined) {
      return value;
    }
    const members = await Promise.all(Object.entries(value).map(async ([name, one]) =>
      [name, await lay(one, `${place}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`)] as const));
    return Array.isArray(value) ? members.map(([, one]) => one) : Object.fromEntries(members);
  };
  const laid = await lay(payload, "");
  return isRight && left.size === 0 ? laid : undefined;
}

/** Returns the digest of a commitment, or nothing for any other object. */
function committed(value: object): string | undefined {
  const [[name, digest] = [], ...others] = Object.entries(value);
  const isOne = name === "sha256" && others.length === 0 && typeof digest === "string" && /^[A-Za-z0-9_-]{43}$/.test(digest);
  return isOne ? digest : undefined;
}

/** Reports whether a disclosure is well-formed, and of the value that was committed to. */
async function matches(disclosure: { salt: string; value?: unknown }, digest: string): Promise<boolean> {
  const { salt, value } = disclosure;
  if (Object.keys(disclosure).sort().join() !== "salt,value" || !/^[A-Za-z0-9_-]{21}[AQgw]$/.test(salt)) {
    return false;
  }
  return (await Promise.all(forms(value).map((text) => commitment(salt, text)))).includes(digest);
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

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return parseExact(text) as Record<string, unknown>; // as the client has read the payload
  } catch {
    return undefined;
  }
}

const sha256 = async (data: Uint8Array<ArrayBuffer>) => new Uint8Array(await crypto.subtle.digest("SHA-256", data));

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

const unhex = (text: string) => (text.match(/../g) ?? []).map((pair) => parseInt(pair, 16));

const unbase64 = (text: string) =>
  Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
