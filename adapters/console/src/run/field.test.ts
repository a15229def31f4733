import { describe, expect, test } from "vitest";

import type { FormSlot, SlotValue } from "../api/client";
import { Field } from "./field.svelte";

function slot(value: SlotValue, more: Partial<FormSlot> = {}): FormSlot {
  return {
    name: "cause", type: "string", label: "Cause", sensitive: false, required: true, when: null, required_when: null,
    given: value !== null, value, origin: null, erased: false, ...more,
  };
}

describe("what somebody else stores", () => {
  test("is followed in a field that is not being changed", () => {
    const field = new Field(slot(null), "en");
    field.merge(slot("theirs"), "claire");
    expect(field.input).toBe("theirs");
    expect(field.theirs).toBeNull();
  });
  test("never replaces what the person has entered", () => {
    const field = new Field(slot("before"), "en");
    field.input = "mine";
    field.merge(slot("theirs"), "claire");
    expect(field.input).toBe("mine");
    expect(field.theirs).toEqual({ value: "theirs", by: "claire" });
  });
  test.each([[true, "theirs", false], [false, "mine", true]])("is taken: %s", (take, shown, dirty) => {
    const field = new Field(slot("before"), "en");
    field.input = "mine";
    field.merge(slot("theirs"), "claire");
    field.resolve(take);
    expect(field.input).toBe(shown);
    expect(field.dirty).toBe(dirty);
  });
  test("is a conflict in a field that the person is looking at, even if their own was stored", () => {
    const field = new Field(slot(null), "en");
    field.focused = true;
    field.input = "mine";
    field.took("mine");
    field.merge(slot("mine"), null);
    field.merge(slot("theirs"), "claire");
    expect(field.input).toBe("mine");
    expect(field.theirs).toEqual({ value: "theirs", by: "claire" });
  });
  test("is no conflict with a default that nobody has touched", () => {
    const field = new Field(slot(null, { type: "number", default: "0.01" }), "en");
    field.focused = true;
    field.merge(slot("1.5", { type: "number", default: "0.01" }), "claire");
    expect(field.theirs).toBeNull();
    expect(field.input).toBe("1.5");
  });
  test("is no conflict if it is what the person has entered", () => {
    const field = new Field(slot(null), "en");
    field.input = "both";
    field.merge(slot("both"), "claire");
    expect(field.theirs).toBeNull();
    expect(field.dirty).toBe(false);
  });
});

describe("what the service holds in another form", () => {
  test("is shown once the person has left the field", () => {
    const field = new Field(slot(null, { type: "phone" }), "en");
    field.focused = true;
    field.input = "01 23 45 67 89";
    field.took("01 23 45 67 89");
    field.merge(slot("+33123456789", { type: "phone" }), null);
    expect(field.input).toBe("01 23 45 67 89");
    expect(field.dirty).toBe(false);
    field.leave();
    expect(field.input).toBe("+33123456789");
  });
  test("does not undo what the person typed during the save", () => {
    const field = new Field(slot(null), "en");
    field.focused = true;
    field.input = "ab";
    field.took("a");
    field.merge(slot("a"), null);
    expect(field.input).toBe("ab");
    expect(field.dirty).toBe(true);
  });
});

test("a sensitive value does not stay in the field after it was saved", () => {
  const field = new Field(slot(null, { sensitive: true }), "en");
  field.input = "secret";
  expect(field.dirty).toBe(true);
  field.took("secret");
  expect(field.input).toBe("");
  expect(field.dirty).toBe(false);
});

test("a cleared value is sent as null", () => {
  const field = new Field(slot("before"), "en");
  field.input = "";
  expect(field.dirty).toBe(true);
  expect(field.value).toBeNull();
});

test("a default is suggested, and sent only as long as it stands there", () => {
  const field = new Field(slot(null, { type: "number", default: "0.01" }), "fr");
  expect(field.input).toBe("0,01");
  expect(field.value).toBe("0.01");
  expect(field.dirty).toBe(true);
  field.input = "";
  expect(field.dirty).toBe(false);
  expect(new Field(slot("2", { type: "number", default: "0.01" }), "en").input).toBe("2");
});
