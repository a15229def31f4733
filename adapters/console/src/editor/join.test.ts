import { expect, test } from "vitest";

import { read } from "./document";
import { join } from "./join";
import { editable, toYAML } from "./write";

/** Returns a version as the client reads it from the service: numbers of slots are strings of their digits. */
const version = (of: { name?: string; min?: string; max?: string; default?: string }) => ({
  id: "p", version: 1, name: of.name ?? "P", steps: [{
    key: "s", title: "S", slots: [
      { name: "n", type: "number", min: of.min ?? "5", max: of.max ?? "12345678901234567890.10", ...(of.default === undefined ? {} : { default: of.default }) },
      { name: "d", type: "date", min: "2026-01-01", required: false, description: null },
    ],
  }],
});

/** Returns what an author makes of a version in the editor. */
const draft = (of: object, from: string, to: string) => read(toYAML(editable(of)).replace(from, to)).value ?? {};

test("a number that somebody else has changed is taken over", () => {
  const { value, conflicts } = join(version({}), version({ min: "7" }), draft(version({}), "name: P", "name: Mine"));
  expect(conflicts).toEqual([]);
  expect(toYAML(value as Record<string, unknown>)).toBe(toYAML(editable(version({ name: "Mine", min: "7" }))).replace("version: 1\n", ""));
});

test("a number that both have changed is named, once", () => {
  const { value, conflicts } = join(version({}), version({ min: "7" }), draft(version({}), "min: 5", "min: 6"));
  expect(conflicts).toEqual([["steps", "s", "slots", "n", "min"]]);
  expect(toYAML(value as Record<string, unknown>)).toContain("min: 6");
});

test("a number with more digits than a double holds stays a number, with all of them", () => {
  const { value } = join(version({}), version({ default: "98765432109876543210" }), draft(version({}), "name: P", "name: Mine"));
  expect(toYAML(value as Record<string, unknown>)).toContain("default: 98765432109876543210\n");
  expect(toYAML(value as Record<string, unknown>)).toContain("max: 12345678901234567890.10\n");
});
