import { describe, expect, test } from "vitest";

import type { Event } from "../api/client";
import { altered, genesis, isWhole, verify } from "./verify";

type Disclosures = NonNullable<Event["disclosures"]>;

const salt = "AAAAAAAAAAAAAAAAAAAAAA"; // 16 bytes of zeros

async function commitment(text: string): Promise<{ sha256: string }> {
  const data = new Uint8Array([...new Uint8Array(16), ...new TextEncoder().encode(text)]);
  const digest = btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest("SHA-256", data))));
  return { sha256: digest.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "") };
}

/** Returns an event with a hashed payload, what is disclosed of it, and the payload that is shown. */
async function event(seq: number, hashedPayload: object, payload: object, disclosures?: Disclosures, v = 2): Promise<Event> {
  const members = { action: "step.committed", actor: "claire", entity_id: "r", entity_type: "run", id: `r/${seq}` };
  const occurred_at = "2026-11-23T09:30:00.000000Z";
  const canonical = JSON.stringify({ ...members, occurred_at, payload: hashedPayload, seq, v });
  return { ...members, seq, occurred_at, payload, canonical, ...(disclosures === undefined ? {} : { disclosures }) } as Event;
}

/** Returns the events as a chain. */
async function chain(...all: Promise<Event>[]): Promise<Event[]> {
  let previous = genesis;
  const chained: Event[] = [];
  for (const one of await Promise.all(all)) {
    const bytes = [...previous.match(/../g) ?? []].map((pair) => parseInt(pair, 16));
    const data = new Uint8Array([...bytes, ...new TextEncoder().encode(one.canonical)]);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
    const hash = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    chained.push({ ...one, prev_hash: previous, hash });
    previous = hash;
  }
  return chained;
}

const value = { sha256: "a".repeat(43) }; // a value that looks like a commitment
const [low, hidden, list] = await Promise.all(['"low"', '"x"', "[1,2]"].map(commitment));
const slots = { "a/b": "low", hidden };
const disclosed: Disclosures = { "/slots/a~1b": { salt, value: "low" }, "/reasons/0": { salt, value: [1, 2] } };
const events = await chain(
  event(1, { slots: { severity: "low", count: 3 } }, { slots: { count: 3, severity: "low" } }, undefined, 1),
  event(2, { slots: { "a/b": low, hidden }, reasons: [list], step: "alert" }, { step: "alert", slots, reasons: [[1, 2]] }, disclosed),
  event(3, { input: await commitment(JSON.stringify(value)) }, { input: value }, { "/input": { salt, value: value as never } }),
  event(4, { secret: { sealed: "0f" } }, { secret: { sealed: "0f" } }),
);

/** Returns the events with other members in one of them. */
const forged = (seq: number, other: object) => events.map((event) => (event.seq === seq ? { ...event, ...other } : event));

test("events hold whose payload follows from their bytes and disclosures", async () => {
  expect(await verify(events)).toEqual([]);
});

describe("what is shown is compared with what was hashed", () => {
  test.each<[string, number, object]>([
    ["a value that was hashed itself", 1, { slots: { severity: "high", count: 3 } }],
    ["a disclosed value", 2, { step: "alert", slots: { ...slots, "a/b": "high" }, reasons: [[1, 2]] }],
    ["a hidden value", 2, { step: "alert", slots: { ...slots, hidden: "x" }, reasons: [[1, 2]] }],
    ["a sealed value", 4, { secret: "seen" }],
    ["another member", 2, { step: "alert", slots, reasons: [[1, 2]], reason: "R" }],
    ["a missing member", 2, { step: "alert", slots: { "a/b": "low" }, reasons: [[1, 2]] }],
  ])("%s", async (_, seq, payload) => {
    expect(await verify(forged(seq, { payload }))).toEqual([{ seq, problem: "copied" }]);
  });
  test("the actor", async () => {
    expect(await verify(forged(2, { actor: "somebody" }))).toEqual([{ seq: 2, problem: "copied" }]);
  });
});

describe("each disclosure matches its commitment", () => {
  const payload = { step: "alert", slots: { ...slots, "a/b": "high" }, reasons: [[1, 2]] };
  test.each<[string, object]>([
    ["another value", { payload, disclosures: { ...disclosed, "/slots/a~1b": { salt, value: "high" } } }],
    ["another value beside a right one", { disclosures: { ...disclosed, "/reasons/0": { salt, value: [2, 1] } } }],
    ["a place without a commitment", { disclosures: { ...disclosed, "/step": { salt, value: "alert" } } }],
    ["a place that does not exist", { disclosures: { ...disclosed, "/slots/none": { salt, value: "low" } } }],
    ["another member", { disclosures: { ...disclosed, "/reasons/0": { salt, value: [1, 2], more: 1 } } }],
    ["a malformed salt", { disclosures: { ...disclosed, "/reasons/0": { salt: `${salt}=`, value: [1, 2] } } }],
    ["no disclosure at all", { disclosures: {} }],
  ])("%s", async (_, other) => {
    expect(await verify(forged(2, other))).toEqual([{ seq: 2, problem: "disclosed" }]);
  });
  test("events of version 1 have none", async () => {
    expect(await verify(forged(1, { disclosures: disclosed }))).toEqual([{ seq: 1, problem: "disclosed" }]);
  });
});

test("an altered character, a missing event and another order are found", async () => {
  expect((await verify(altered(events, 2))).map(({ problem }) => problem)).toEqual(["hash", "copied"]);
  expect(await verify(events.slice(1))).not.toEqual([]);
  expect(await verify([events[1], events[0], ...events.slice(2)] as Event[])).not.toEqual([]);
});

test("there is no verdict on an empty or partial trail", () => {
  expect(isWhole([], 0)).toBe(false);
  expect(isWhole(events.slice(0, -1), events.length)).toBe(false);
  expect(isWhole(events, events.length)).toBe(true);
});
