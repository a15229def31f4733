import { afterEach, describe, expect, test, vi } from "vitest";

import { fitsField, fitsTime, join, offsetAt, ownOffset, read, readOffset, same, split, write } from "./values";

describe("numbers", () => {
  const digits = "123456789012345678901234567890.123456789012345678901234567890";
  test("keep every digit in both languages", () => {
    for (const language of ["en", "fr"]) {
      expect(read("number", write("number", digits, language), language)).toBe(digits);
    }
  });
  test("have a comma and groups in French only", () => {
    for (const space of [" ", "\u00a0", "\u202f"]) {
      expect(read("number", `1${space}234${space}567,50`, "fr")).toBe("1234567.50");
    }
    expect(read("number", "12,5", "en")).toBe("12,5"); // the service refuses it, and says so
    expect(read("number", "12 34", "fr")).toBe("12 34");
  });
  test("are nothing without digits", () => {
    expect(read("integer", "  ", "en")).toBeNull();
  });
});

test("texts keep their spaces", () => {
  expect(read("text", " a\n", "en")).toBe(" a\n");
  expect(read("email", " a@example.org ", "en")).toBe("a@example.org");
});

test("times get the seconds that a field leaves out", () => {
  expect(read("time", "10:05", "en")).toBe("10:05:00");
  expect(read("time", "10:05:07", "en")).toBe("10:05:07");
});

test("a time fits a field up to milliseconds", () => {
  expect(["", "10:00", "10:00:00", "10:00:00.123"].filter((time) => !fitsTime(time))).toEqual([]);
  expect(["10:00:00.1234", "10:00:00.123456", "24:00:00", "23:59:60", "10"].filter(fitsTime)).toEqual([]);
});

describe("dates with a time", () => {
  test.each(["2026-11-23T09:30:00+01:00", "2026-11-23T09:30:00.123456Z", "2026-11-23T09:30:15-05:30"])(
    "%s keeps its offset and its fraction", (value) => {
      const parts = split(value);
      expect(parts && join(parts)).toBe(value);
    });
  test("are split only if they are complete", () => {
    expect(split("yesterday")).toBeUndefined();
    expect(join({ local: "2026-11-23T09:30", offset: "+01:00" })).toBe("2026-11-23T09:30:00+01:00");
  });
  test("fit a field up to milliseconds", () => {
    expect(fitsField("2026-11-23T09:30:00.123")).toBe(true);
    expect(fitsField("2026-11-23T09:30:00.1234")).toBe(false);
  });
});

describe("the offset of the clock", () => {
  afterEach(() => vi.unstubAllEnvs());
  test.each([
    ["Europe/Paris", "2026-07-01T10:30", "+02:00"], ["Europe/Paris", "2026-12-01T10:30", "+01:00"],
    ["America/New_York", "2026-07-01T10:30", "-04:00"], ["Asia/Kathmandu", "2026-07-01T10:30", "+05:45"],
    ["Europe/Paris", "0002-07-01T10:30", "+00:09"], ["America/New_York", "0202-07-01T10:30", "-04:56"],
  ])("of %s at %s is %s", (zone, local, offset) => {
    vi.stubEnv("TZ", zone);
    expect(offsetAt(local)).toBe(offset);
    expect(split(`${local}:00${offset}`)).toBeDefined();
  });
  test("follows the local time; another one is kept", () => {
    vi.stubEnv("TZ", "Europe/Paris");
    expect(ownOffset({ local: "2026-07-01T10:30:00", offset: "+02:00" })).toBeUndefined();
    expect(ownOffset({ local: "2026-07-01T10:30:00", offset: "+01:00" })).toBe("+01:00");
    expect(ownOffset({ local: "2026-07-01T10:30:00", offset: "Z" })).toBe("Z");
  });
  test.each([["+2", "+02:00"], ["-0530", "-05:30"], ["\u22125:30", "-05:30"], [" z ", "Z"], ["+24", undefined], ["", undefined], ["2", undefined]])(
    "%j is read as %s", (text, offset) => expect(readOffset(text)).toBe(offset));
});

test("values are compared by what they hold", () => {
  expect(same(["a", "b"], ["a", "b"])).toBe(true);
  expect(same(null, "")).toBe(false);
  expect(same(false, null)).toBe(false);
});
