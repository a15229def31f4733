import { expect, test } from "vitest";

import { Attempt } from "./attempt";

test("the same content keeps its key, and another one gets another", () => {
  const attempt = new Attempt();
  const first = attempt.keyOf({ reference: "INC-1" });
  expect(attempt.keyOf({ reference: "INC-1" })).toBe(first);
  expect(attempt.keyOf({ reference: "INC-2" })).not.toBe(first);
});
