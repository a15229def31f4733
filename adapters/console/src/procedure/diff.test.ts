import { expect, test } from "vitest";

import type { Procedure } from "../api/client";
import { differences } from "./diff";

const version = (steps: unknown, more: object = {}) => ({ id: "p", name: "P", version: 1, steps, ...more }) as unknown as Procedure;

test("versions that only differ in what the service adds are the same", () => {
  expect(differences(version([], { digest: "a" }), version([], { digest: "b", version: 2 }))).toEqual([]);
});

test("a step, a slot and a member are found by their names, wherever they stand", () => {
  const before = version([{ key: "a", title: "A", slots: [{ name: "x", type: "string" }, { name: "y", type: "date" }] }, { key: "b", title: "B" }]);
  const after = version([
    { key: "a", title: "A", slots: [{ name: "x", type: "integer", when: "y != ''" }] }, { key: "c", title: "C" }, { key: "b", title: "Other" },
  ]);
  expect(differences(before, after)).toEqual([
    { place: ["steps", "a", "slots", "x", "type"], before: "string", after: "integer" },
    { place: ["steps", "a", "slots", "x", "when"], after: "y != ''" },
    { place: ["steps", "a", "slots", "y"], before: 'name: "y"\ntype: date' },
    { place: ["steps", "c"], after: "key: c\ntitle: C" },
    { place: ["steps", "b", "title"], before: "B", after: "Other" },
  ]);
});

test("another order is a difference, also without any other", () => {
  const [a, b] = [{ key: "a" }, { key: "b" }];
  expect(differences(version([a, b]), version([b, a]))).toEqual([{ place: ["steps", "order"], before: "a, b", after: "b, a" }]);
});

test("lists of values are compared as a whole", () => {
  const options = (...all: string[]) => version([{ key: "a", slots: [{ name: "x", options: all }] }]);
  expect(differences(options("1"), options("1", "2"))).toEqual([
    { place: ["steps", "a", "slots", "x", "options"], before: '["1"]', after: '["1","2"]' },
  ]);
});
