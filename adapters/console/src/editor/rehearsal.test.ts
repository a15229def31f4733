import { expect, test } from "vitest";

import type { Event, Simulation } from "../api/client";
import { compare, differing, fitting, walkOf } from "./rehearsal";

const event = (action: string, payload: object) => ({ action, payload }) as unknown as Event;
const visit = (step: string, missing: string[] = [], number = 1) => ({ step, visit: number, missing });
const simulated = (path: object[], problem: unknown = null) => ({ path, problem }) as unknown as Simulation;

const events = [
  event("run.started", {}),
  event("step.committed", { step: "a", visit: 1, slots: { x: "1", pin: { sealed: "…" }, note: { sha256: "…" } }, checklist: [{ key: "k", completed: true, by: "c" }] }),
  event("step.not_applicable", { step: "b" }),
  event("step.skipped", { step: "c", reason: "r" }),
  event("step.amended", { step: "a", slots: { x: "2" } }),
  event("step.committed", { step: "a", visit: 2, slots: { x: "3" } }),
];

test("what was committed and skipped is walked again, a correction is not", () => {
  const walk = walkOf(events);
  expect(walk.path).toEqual(["a", "c", "a"]);
  expect(walk.answers).toEqual([
    { step: "a", slots: { x: "1" }, checklist: [{ key: "k", completed: true }] }, { step: "c", skip: true }, { step: "a", slots: { x: "3" }, checklist: [] },
  ]);
  expect(walk.hidden).toEqual(["a.pin", "a.note"]);
});

test("what the draft no longer asks for is left out", () => {
  const draft = { steps: [{ key: "a", slots: [{ name: "y" }], checklist_items: [{ key: "k" }] }, { key: "d" }] };
  expect(fitting(walkOf(events).answers, draft)).toEqual([
    { step: "a", slots: {}, checklist: [{ key: "k", completed: true }] }, { step: "a", slots: {}, checklist: [] },
  ]);
});

test("a run goes as before, another way, or stops", () => {
  const walk = walkOf(events);
  const kind = (path: object[], problem?: unknown) => compare(walk, simulated(path, problem)).kind;
  const before = [visit("a"), visit("b", [], 0), visit("c"), visit("a", [], 2)];
  expect(kind(before)).toBe("same");
  expect(kind([...before, visit("d")])).toBe("other");
  expect(kind(before.slice(1))).toBe("other");
  expect(kind(before, { detail: "no" })).toBe("stops");
});

test("only what the trail shows can be missing, and each step says it once", () => {
  const outcome = (missing: string[]) => compare(walkOf(events), simulated([visit("a", missing), visit("c"), visit("a", missing, 2)]));
  expect(outcome(["slots.pin", "slots.note"])).toMatchObject({ kind: "same", missing: [] });
  expect(outcome(["slots.pin", "slots.z", "checklist.k"])).toMatchObject({ kind: "stops", missing: [{ step: "a", fields: ["slots.z", "checklist.k"] }] });
});

test("only what one way has and the other has not is marked", () => {
  const marked = (way: string, other: string) => [...differing([...way], [...other])].map((i) => way[i]).join("");
  expect(marked("abcd", "abcd")).toBe("");
  expect(marked("axbcd", "abcd")).toBe("x");
  expect(marked("abcd", "axbcd")).toBe("");
  expect(marked("abcbcd", "abcd")).toBe("bc");
  expect(marked("", "a")).toBe("");
  expect(marked("ab", "")).toBe("ab");
});
