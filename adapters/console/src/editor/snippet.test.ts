import { expect, test } from "vitest";

import { read } from "./document";
import { insertion, type Part } from "./snippet";

const words = { step: "New step", field: "New field", item: "New item" };

/** Returns the definition after a part was added where the mark is, and the text that is then selected. */
function add(marked: string, part: Part): { value: unknown; selected: string } | undefined {
  const position = marked.indexOf("‸");
  const text = marked.replace("‸", "");
  const found = insertion(text, position, part, words);
  if (found === undefined) {
    return undefined;
  }
  const after = text.slice(0, found.at) + found.text + text.slice(found.at);
  return { value: read(after).value, selected: found.text.slice(found.selected.from, found.selected.to) };
}

const a = { key: "a", title: "A" };
const b = { key: "b", title: "B" };

test("a step comes after the one of the cursor", () => {
  for (const text of [
    "name: N\nsteps:\n  - key: a\n    title: A‸\n  - key: b\n    title: B\nlanguage: fr\n",
    "name: N\nsteps:\n- key: ‸a\n  title: A\n\n# the last\n- key: b\n  title: B\nlanguage: fr",
    "name: N\nsteps:\n  -   key: a‸\n      title: A\n  -   key: b\n      title: B\nlanguage: fr",
  ]) {
    expect(add(text, "step"), text).toEqual({
      value: { name: "N", steps: [a, { key: "new_step", title: "New step" }, b], language: "fr" }, selected: "new_step",
    });
  }
  expect(add("‸name: N\nsteps:\n  - key: new_step\n    title: A", "step")).toMatchObject({ value: { steps: [{}, { key: "new_step_2" }] } });
});

test("a field and an item are added to the step of the cursor", () => {
  const text = "name: N\nsteps:\n  - key: a\n    title: A\n  - key: b\n    title: B‸\n    slots:\n      - name: x\n        type: date\n";
  const field = { name: "new_field", label: "New field", type: "string" };
  expect(add(text, "field")?.value).toEqual({ name: "N", steps: [a, { ...b, slots: [{ name: "x", type: "date" }, field] }] });
  expect(add(text, "item")?.value).toMatchObject({ steps: [a, { checklist_items: [{ key: "new_item", label: "New item" }] }] });
  expect(add(text.replace("‸", "").replace("title: A", "title: A‸"), "field")?.value).toMatchObject({ steps: [{ ...a, slots: [field] }, b] });
});

test("a condition is added once", () => {
  const text = "name: N\nsteps:\n  - key: a\n    title: A‸\n    prompt: P\n";
  expect(add(text, "condition")).toEqual({ value: { name: "N", steps: [{ ...a, when: null, prompt: "P" }] }, selected: "" });
  expect(add("steps:\n  - key: a‸\n    when: 'true'", "condition")).toBeUndefined();
});

test("what is not in blocks has no place for a part", () => {
  for (const text of ['{"steps": [{"key": "a"‸}]}', "steps: []‸", "name: N‸", "steps: [{key: a‸}]", "‸"]) {
    expect(add(text, "step"), text).toBeUndefined();
  }
});
