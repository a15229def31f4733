import { expect, test } from "vitest";

import { en as editorEn } from "./editor/en";
import { fr as editorFr } from "./editor/fr";
import { en as consoleEn } from "./en";
import { fr as consoleFr } from "./fr";

const en = { console: consoleEn, editor: { ...editorEn, phrases: {} } }; // the phrases are those of another program
const fr = { console: consoleFr, editor: { ...editorFr, phrases: {} } };

/** Returns all texts by their place; functions are called with examples. */
function all(texts: unknown, place = ""): [string, string][] {
  if (typeof texts === "function") {
    return [[place, String(texts(...Array<unknown>(texts.length).fill(2)))]];
  }
  if (typeof texts === "string") {
    return [[place, texts]];
  }
  return Object.entries(texts as object).flatMap(([key, value]) => all(value, `${place}/${key}`));
}

test("both languages have the same texts", () => {
  expect(all(fr).map(([place]) => place).sort()).toEqual(all(en).map(([place]) => place).sort());
});

test("French has no ordinary space before a colon or a mark, and no straight apostrophe", () => {
  for (const [place, text] of all(fr)) {
    expect(text, place).not.toMatch(/[ \p{L}][:;!?](\s|$)|'/u);
  }
});

test("French uses the words of the glossary, as the messages of the service do", () => {
  for (const [place, text] of all(fr)) {
    expect(text, place).not.toMatch(/(?<!\p{L})(motifs?|passages?|membres?|étapes? passées?|passer)(?!\p{L})/iu);
  }
});

test("English has no straight apostrophe either", () => {
  for (const [place, text] of all(en)) {
    expect(text, place).not.toContain("'");
  }
});
