import { expect, test } from "vitest";

import { read } from "./document";
import { editable, toJSON, toYAML } from "./write";

/** Texts that YAML could take for something else, or that end a line or a document. */
const traps = [
  "", " ", "a", "a b", "a: b", "a:", "a #b", "#", "- a", "-", "?", "true", "Yes", "null", "~", "1", "1.10", "0x1F", "1e3", ".inf", "2026-11-29",
  "12:30", "'", '"', "\\", "a\nb", "a\n\nb\n", "\na", " a\n b", "a\n  b\nc", "a \nb", "a\tb", "a\r\nb", "é, à", "«\u00a0x\u00a0»", "a\u0085b",
  "\u2028", "\u0000", "\u200b", "{a}", "[a]", "a, b", "a]", "*a", "&a", "!a", "%a", "@a", "`a`", "|", ">", "---", "...", "--- a", "=", "<<",
  "alert.severity == 'critical'", "!service_restored", "has(a.b) && c > 1", "^[A-Z]{2}$", "a\n---\nb", "a\n#b", "😀", "a\n", "x ",
];

test("what is written is read again, in both forms", () => {
  for (const text of traps) {
    const value = { name: text, [text === "__proto__" ? "x" : `k${text}`]: text, list: [text, [text, [text]], { text, deep: { text } }], metadata: { n: 1.5, b: true, l: [], o: {} } };
    for (const written of [toYAML(value), toJSON(value)]) {
      expect(read(written).problems, written).toEqual([]);
      expect(read(written).value, written).toEqual(value);
    }
  }
});

test("no digit of a number is lost on the way", () => {
  const slot = { name: "n", type: "number", min: "12345678901234567890.10", max: "99999999999999999999.5" };
  const written = toYAML(editable({ steps: [{ slots: [slot] }] }));
  expect(written).toContain("min: 12345678901234567890.10\n");
  expect(read(written).value).toEqual({ steps: [{ slots: [slot] }] });
  expect(read("a: 1.10\nb: 1e3\nc: -0.5\nd: 0x1F\ne: 0").value).toEqual({ a: 1.1, b: 1000, c: -0.5, d: 31, e: 0 });
});

test("what the service adds is not edited", () => {
  expect(editable({ name: "N", version: 3, digest: "x", warnings: [], steps: [{ key: "a", prompt: null }] })).toEqual({ name: "N", steps: [{ key: "a" }] });
});

test("a text that cannot be read says why and where", () => {
  const of = (text: string) => read(text).problems.map(({ reason, from }) => [reason, from]);
  expect(of("a: 1\na: 2")).toEqual([["duplicate", 5]]);
  expect(of("a: 'x")[0]).toEqual(["unclosed", 5]);
  expect(of("a: &x 1\nb: *x")).toEqual([["alias", 11]]);
  expect(of("a: 1\n---\nb: 2")[0]?.[0]).toBe("several");
  expect(of("")).toEqual([["empty", 0]]);
  expect(of("- a")).toEqual([["empty", 0]]);
  expect(of("a: !x 1")[0]?.[0]).toBe("syntax");
  expect(of("a:\n\t- b").length).toBeGreaterThan(0);
  expect(read("a: !x 1").value).toBeUndefined();
});

test("a finding stands at what it is about, in both forms", () => {
  const value = { name: "N", steps: [{ key: "a", title: "T", slots: [{ name: "x/y", type: "date" }] }] };
  for (const text of [toYAML(value), toJSON(value)]) {
    const at = (pointer: string) => {
      const { from, to } = read(text).locate(pointer);
      return text.slice(from, to).replaceAll('"', "");
    };
    expect(at("/name")).toBe("N");
    expect(at("/steps/0/slots/0/type")).toBe("date");
    expect(at("/steps/0/slots")).toBe("slots");
    expect(at("/steps/0/slots/0/missing")).toMatch(/^name: x\/y|^\{/);
    expect(at("/steps/9/key")).toBe("steps");
    expect(at("")).toBe(text.split("\n")[0]?.replaceAll('"', ""));
  }
  expect(read("a/b:\n  c~d: 1").locate("/a~1b/c~0d")).toEqual({ from: 12, to: 13 });
});
