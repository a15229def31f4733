// What the parts of a definition are called in the reader's language, as far as the definition can be read.
import { session } from "../session.svelte";

export type Members = Record<string, unknown>;

/** Returns the entries of a list that are objects. */
export const list = (value: unknown): Members[] =>
  (Array.isArray(value) ? value.filter((one): one is Members => typeof one === "object" && one !== null) : []);

export const text = (value: unknown) => (typeof value === "string" ? value : "");

/** Returns a text of a part in the reader's language, or else as the definition has it. */
export function translated(part: Members, name: string): string {
  const translations = part["translations"] as Record<string, Members> | null | undefined;
  return text(translations?.[session.language]?.[name]) || text(part[name]);
}

/** Returns what a place of a step is called, such as slots.severity or checklist.informed. */
export function placeName(definition: Members, step: string, place: string): string {
  const [kind, name = ""] = place.split(".");
  const found = list(definition["steps"]).find((one) => one["key"] === step);
  const part = kind === "slots"
    ? list(found?.["slots"]).find((one) => one["name"] === name)
    : list(found?.["checklist_items"]).find((one) => one["key"] === name);
  return part === undefined ? place : translated(part, "label") || name;
}
