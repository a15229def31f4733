import { expect, test } from "vitest";

import { Latest } from "./latest";

test("only the answer to the last question counts", () => {
  const latest = new Latest();
  const first = latest.ask();
  expect(first()).toBe(true);
  const second = latest.ask();
  expect([first(), second(), first()]).toEqual([false, true, false]);
});
