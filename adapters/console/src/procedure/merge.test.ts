import { expect, test } from "vitest";

import { merge } from "./merge";

const step = (key: string, more: object = {}) => ({ key, title: key, ...more });
const of = (...steps: object[]) => ({ name: "N", steps });
const base = of(step("a"), step("b"), step("c"));

test("what each has changed is there", () => {
  const theirs = { ...of(step("a"), step("new"), step("b", { when: "x" }), step("c")), language: "fr" };
  const mine = of(step("a", { prompt: "P" }), step("b"), step("own"), step("c"));
  expect(merge(base, theirs, mine)).toEqual({
    value: { ...of(step("a", { prompt: "P" }), step("new"), step("b", { when: "x" }), step("own"), step("c")), language: "fr" }, conflicts: [],
  });
});

test("what one has removed is gone, unless the other has changed it", () => {
  expect(merge(base, of(step("a"), step("c")), base).value).toEqual(of(step("a"), step("c")));
  expect(merge(base, base, of(step("a"), step("c"))).value).toEqual(of(step("a"), step("c")));
  const changed = of(step("a"), step("b", { prompt: "P" }), step("c"));
  expect(merge(base, of(step("a"), step("c")), changed)).toEqual({ value: changed, conflicts: [["steps", "b"]] });
});

test("where both have changed the same, the author's own stays, and the place is named", () => {
  const theirs = of(step("a", { title: "T" }), step("b"), step("c"));
  const mine = of(step("a", { title: "M" }), step("b"), step("c"));
  expect(merge(base, theirs, mine)).toEqual({ value: mine, conflicts: [["steps", "a", "title"]] });
  expect(merge(base, theirs, theirs)).toEqual({ value: theirs, conflicts: [] });
});

test("lists without names are a whole", () => {
  const options = (...all: string[]) => ({ options: all });
  expect(merge(options("a"), options("a", "b"), options("a")).value).toEqual(options("a", "b"));
  expect(merge(options("a"), options("a", "b"), options("a", "c"))).toEqual({ value: options("a", "c"), conflicts: [["options"]] });
});

test("the order is that of whoever has changed it", () => {
  const [a, b, c] = [step("a"), step("b"), step("c")];
  const titled = step("a", { title: "T" });
  expect(merge(base, of(c, a, b), of(titled, b, c))).toEqual({ value: of(c, titled, b), conflicts: [] });
  expect(merge(base, of(titled, b, c), of(c, a, b))).toEqual({ value: of(c, titled, b), conflicts: [] });
  expect(merge(base, of(c, a, b), of(a, step("own"), b, c)).value).toEqual(of(c, a, step("own"), b));
  expect(merge(base, of(c, a), of(titled, b, c)).value).toEqual(of(c, titled)); // one step is gone as well
});

test("where both have changed the order, the author's own stays, and the place is named", () => {
  const [a, b, c] = [step("a"), step("b"), step("c")];
  expect(merge(base, of(c, a, b), of(b, a, c))).toEqual({ value: of(b, a, c), conflicts: [["steps", "order"]] });
  expect(merge(base, of(c, a, step("b", { title: "T" })), of(c, a, b)).conflicts).toEqual([]);
  expect(merge({}, of(a, b), of(b, a)).conflicts).toEqual([["steps", "order"]]);
});

test("the order of members means nothing", () => {
  const value = { name: "N", language: "fr", title: "T" };
  expect(merge({ name: "N" }, { title: "T", name: "N", language: "fr" }, value)).toEqual({ value, conflicts: [] });
});
