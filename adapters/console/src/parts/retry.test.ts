import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { retry } from "./retry";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the next attempt begins once the last one has ended", async () => {
  let end = () => undefined as void;
  const attempt = vi.fn(() => new Promise<void>((done) => (end = done)));
  const stop = retry(attempt);
  await vi.advanceTimersByTimeAsync(4_999);
  expect(attempt).toHaveBeenCalledTimes(0);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(attempt).toHaveBeenCalledTimes(1);
  end();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(attempt).toHaveBeenCalledTimes(2);
  stop();
  end();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(attempt).toHaveBeenCalledTimes(2);
});
