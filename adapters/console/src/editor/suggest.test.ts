import { expect, test } from "vitest";

import file from "../../../../docs/json_schema_procedure_v2.json";
import { placeAt } from "./place";
import { type Schema, suggestions } from "./suggest";

const schema = file as Schema;

const definition = {
  name: "N",
  steps: [
    { key: "a", slots: [{ name: "x", type: "date" }, { name: "pin", type: "string", sensitive: true }] },
    { key: "b", slots: [{ name: "y", type: "enum", options: ["high", { value: "low", label: "Low" }] }] },
    { key: "c" },
  ],
};

const of = (path: (string | number)[], kind: "name" | "value" | "word", language = "en") => suggestions(schema, { path, kind, from: 0 }, definition, language);
const labels = (path: (string | number)[], kind: "name" | "value" | "word") => of(path, kind).map(({ label }) => label);

test("names are those of the schema that are not there yet", () => {
  expect(labels([], "name")).toContain("description");
  expect(labels([], "name")).not.toContain("name");
  expect(labels([], "name")).not.toContain("digest");
  expect(labels(["steps", 2], "name")).toEqual(expect.arrayContaining(["title", "slots", "when", "transitions"]));
  expect(labels(["steps", 0, "slots", 0], "name")).not.toContain("type");
  expect(labels(["translations", "fr"], "name")).toEqual(expect.arrayContaining(["name", "description"]));
  expect(of(["steps", 2], "name").find(({ label }) => label === "title")).toMatchObject({ needed: true, opens: "value" });
  expect(of(["steps", 2], "name").find(({ label }) => label === "slots")).toMatchObject({ needed: false, opens: "list" });
  expect(labels(["nothing", "here"], "name")).toEqual([]);
});

test("values are those of the schema", () => {
  expect(labels(["steps", 0, "slots", 0, "type"], "value")).toContain("multi_enum");
  expect(labels(["steps", 0, "skippable"], "value")).toEqual(["true", "false"]);
  expect(labels(["steps", 0, "agents"], "value")).toEqual(expect.arrayContaining(["commit", "draft", "none"]));
  expect(labels(["steps", 0, "title"], "value")).toEqual([]);
});

test("transitions lead to steps, and conditions read slots that can have a value by then", () => {
  expect(labels(["steps", 1, "transitions", 0, "to"], "value")).toEqual(["a", "b", "c", "end"]);
  expect(labels(["steps", 1, "when"], "value")).toEqual(["a.x"]);
  expect(labels(["steps", 1, "transitions", 0, "when"], "word")).toEqual(["a.x", "y", "'high'", "'low'"]);
  expect(labels(["steps", 1, "slots", 0, "required_when"], "value")).toEqual(["a.x", "y"]);
  const quoted = { path: ["steps", 2, "when"], kind: "word" as const, from: 0, quoted: true };
  expect(suggestions(schema, quoted, definition, "en").map(({ label }) => label)).toEqual(["high", "low"]);
});

test("what a member means is said in the reader's language", () => {
  const about = (language: string) => of(["steps", 2], "name", language).find(({ label }) => label === "when")?.about;
  expect(about("en")).toMatch(/^A CEL expression/);
  expect(about("fr")).toMatch(/^Condition d’application/);
});

test("every member of the schema is suggested somewhere", () => {
  const text = "name: N\nsteps:\n  - key: a\n    slots:\n      - name: x\n        ";
  const place = placeAt(text, text.length);
  expect(place && suggestions(schema, place, {}, "en").map(({ label }) => label)).toEqual(Object.keys(schema.$defs?.["slot"]?.properties ?? {}));
});
