// What can be written at a place of a definition, by its JSON Schema (draft 2020-12) and by the definition itself.
import type { Place } from "./place";

export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  description?: string;
  type?: string | string[];
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: Schema | boolean;
  anyOf?: Schema[];
}

export interface Suggestion {
  label: string;
  kind: "name" | "value";
  /** What it means, in the reader's language. */
  about: string | undefined;
  /** Whether the member cannot be left out. */
  needed: boolean;
  /** What follows a name. */
  opens: "value" | "list" | "members";
}

// The members that hold conditions in CEL, and those that name a step.
const conditions = new Set(["when", "required_when", "assert"]);
const end = "end";

// The members that the service adds to a version.
const added = new Set(["version", "status", "digest", "created_at", "created_by", "warnings", "warning_count"]);

/** Returns what can be written at a place. The definition is what could be read of it; it need not be valid. */
export function suggestions(root: Schema, place: Place, definition: unknown, language: string): Suggestion[] {
  const last = place.path.at(-1);
  if (place.kind !== "name" && typeof last === "string" && (conditions.has(last) || last === "to")) {
    const names = last === "to" ? [...steps(definition).map(keyOf), end] : words(definition, place);
    return names.filter((name) => name !== "").map((label) => ({ label, kind: "value", about: undefined, needed: false, opens: "value" }));
  }
  if (place.kind === "word") {
    return [];
  }
  const present = place.kind === "name" ? new Set(Object.keys(object(at(definition, place.path)))) : new Set<string>();
  return below(root, place.path).flatMap((schema) => (place.kind === "name" ? [...names(schema), ...values(schema)] : values(schema)));

  function names(schema: Schema): Suggestion[] {
    return Object.entries(schema.properties ?? {})
      .filter(([label]) => !present.has(label) && !(place.path.length === 0 && added.has(label)))
      .map(([label, member]) => {
        const resolved = resolve(root, member);
        const needed = schema.required?.includes(label) ?? false;
        return { label, kind: "name", about: describe(member, resolved), needed, opens: form(resolved) };
      });
  }

  function values(schema: Schema): Suggestion[] {
    const all = schema.enum ?? (types(schema).includes("boolean") ? [true, false] : []);
    return all.filter((one) => one !== null).map((one) => ({ label: String(one), kind: "value", about: undefined, needed: false, opens: "value" }));
  }

  /** The descriptions of the schemas have a line for each language. */
  function describe(member: Schema, resolved: Schema): string | undefined {
    const lines = (member.description ?? resolved.description)?.split("\n");
    return lines?.[language === "fr" ? 1 : 0] ?? lines?.[0];
  }
}

/** Returns the schemas at a path, without references and alternatives. */
function below(root: Schema, path: Place["path"]): Schema[] {
  let found = alternatives(root, root);
  for (const segment of path) {
    found = found.flatMap((schema) => {
      const rest = typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;
      const next = typeof segment === "number" ? schema.items : schema.properties?.[segment] ?? rest;
      return next === undefined ? [] : alternatives(root, next);
    });
  }
  return found;
}

const alternatives = (root: Schema, schema: Schema): Schema[] => {
  const resolved = resolve(root, schema);
  return resolved.anyOf?.flatMap((one) => alternatives(root, one)) ?? [resolved];
};

function resolve(root: Schema, schema: Schema): Schema {
  const name = schema.$ref?.split("/").pop();
  return name === undefined ? schema : { ...schema, ...root.$defs?.[name] };
}

const types = ({ type }: Schema) => [type ?? []].flat();

function form(schema: Schema): Suggestion["opens"] {
  return types(schema).includes("array") ? "list" : types(schema).includes("object") ? "members" : "value";
}

const object = (value: unknown): Record<string, unknown> =>
  (typeof value === "object" && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : {});

const at = (value: unknown, path: Place["path"]): unknown =>
  path.reduce((found: unknown, key) => (Array.isArray(found) ? found[Number(key)] : object(found)[key]), value);

const list = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.map(object) : []);
const steps = (definition: unknown) => list(object(definition)["steps"]);
const text = (value: unknown) => (typeof value === "string" ? value : "");
const keyOf = (step: Record<string, unknown>) => text(step["key"]);

/** Returns what can stand in a condition: slots, and the options of slots as texts. */
function words(definition: unknown, place: Place): string[] {
  const options = steps(definition).flatMap((step) => list(step["slots"])).flatMap((slot) => (Array.isArray(slot["options"]) ? slot["options"] as unknown[] : []))
    .map((one) => text(typeof one === "string" ? one : object(one)["value"]));
  const distinct = [...new Set(options)];
  return place.quoted === true ? distinct : [...variables(definition, place.path), ...(place.kind === "word" ? distinct.map((one) => `'${one}'`) : [])];
}

/** Returns the slots that a condition can read: those of its own step by their names, others by step and name. */
function variables(definition: unknown, path: Place["path"]): string[] {
  const own = path[0] === "steps" ? path[1] : undefined;
  const readable = (step: Record<string, unknown>) => list(step["slots"]).filter((slot) => slot["sensitive"] !== true).map((slot) => text(slot["name"]));
  const isOfStep = path.length === 3 && path[2] === "when"; // decided before the step has values
  return steps(definition).flatMap((step, index) => {
    if (index === own) {
      return isOfStep ? [] : readable(step);
    }
    return typeof own === "number" && index > own ? [] : readable(step).map((name) => `${keyOf(step)}.${name}`);
  });
}
