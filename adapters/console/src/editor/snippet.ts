// Parts of a definition in YAML that a person adds with a button: a step, a field, an item, a condition.
import { isMap, isSeq, type Node, parseDocument, type YAMLMap, type YAMLSeq } from "yaml";

export type Part = "step" | "field" | "item" | "condition";

/** A text to insert, and what of it to select, so that the person writes over it. */
export interface Insertion {
  at: number;
  text: string;
  selected: { from: number; to: number };
}

/** What a new part is called. */
export type Words = Record<Exclude<Part, "condition">, string>;

/** Returns what adds a part after the step, or to the step, at a position. A text that is not in blocks has no place for it. */
export function insertion(text: string, position: number, part: Part, words: Words): Insertion | undefined {
  const steps = parseDocument(text, { prettyErrors: false, logLevel: "silent" }).get("steps", true);
  if (!isSeq(steps) || steps.flow === true) {
    return undefined;
  }
  const before = steps.items.filter((one) => (one as Node).range !== undefined && startOf(one as Node) <= position);
  const step = before.at(-1) ?? steps.items[0];
  if (!isMap(step) || step.flow === true) {
    return undefined;
  }
  switch (part) {
    case "step":
      return added(text, step, ["key", unique(steps, "key", "new_step")], ["title", words.step]);
    case "field":
      return member(text, step, "slots", ["name", "new_field"], ["label", words.field], ["type", "string"]);
    case "item":
      return member(text, step, "checklist_items", ["key", "new_item"], ["label", words.item]);
    case "condition": {
      const title = step.items.find(({ key }) => String(key) === "title")?.value;
      const at = step.has("when") ? undefined : endOf(text, (title ?? step) as Node);
      const insert = `\n${" ".repeat(column(text, step))}when: `;
      return at === undefined ? undefined : { at, text: insert, selected: { from: insert.length, to: insert.length } };
    }
  }
}

type Members = [name: string, value: string][];

/** Adds an entry to a list of the step, which is made if it is not there. */
function member(text: string, step: YAMLMap, name: string, [key, value]: [string, string], ...rest: Members): Insertion | undefined {
  const list = step.get(name, true);
  if (list !== undefined) {
    const last = isSeq(list) && list.flow !== true ? list.items.at(-1) : undefined;
    return isSeq(list) && isMap(last) && last.flow !== true ? added(text, last, [key, unique(list, key, value)], ...rest) : undefined;
  }
  const indent = " ".repeat(column(text, step));
  return entry(endOf(text, step), `\n${indent}${name}:\n${indent}  - `, `${indent}    `, [[key, value], ...rest]);
}

/** Adds an entry after another one of the same list. */
function added(text: string, sibling: YAMLMap, ...members: Members): Insertion {
  const inner = column(text, sibling);
  const line = text.slice(lineOf(text, startOf(sibling)));
  const dash = Math.max(0, line.slice(0, inner).lastIndexOf("-"));
  const lead = `${" ".repeat(dash)}-${" ".repeat(inner - dash - 1)}`;
  return entry(endOf(text, sibling), `\n${lead}`, " ".repeat(inner), members);
}

function entry(at: number, lead: string, indent: string, members: Members): Insertion {
  const [first, ...rest] = members.map(([name, value]) => `${name}: ${value}`);
  const from = lead.length + (members[0]?.[0].length ?? 0) + 2;
  return { at, text: lead + [first, ...rest.map((one) => indent + one)].join("\n"), selected: { from, to: from + (members[0]?.[1].length ?? 0) } };
}

/** Returns a name that no entry of a list has. */
function unique(list: YAMLSeq, member: string, name: string): string {
  const taken = new Set(list.items.map((one) => (isMap(one) ? String(one.get(member)) : "")));
  for (let n = 2; ; n++) {
    if (!taken.has(name)) {
      return name;
    }
    name = `${name.replace(/_\d+$/, "")}_${n}`;
  }
}

const startOf = (node: Node) => node.range?.[0] ?? 0;
const lineOf = (text: string, position: number) => text.lastIndexOf("\n", position - 1) + 1;
const column = (text: string, node: Node) => startOf(node) - lineOf(text, startOf(node));
const endOf = (text: string, node: Node) => text.slice(0, node.range?.[1] ?? text.length).trimEnd().length;
