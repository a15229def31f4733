/// <reference types="vite/client" />
import { afterEach, expect, test, vi } from "vitest";

import { pageKeys } from "./shortcuts";

const sources: Record<string, string> = import.meta.glob("../**/*.svelte", { query: "?raw", import: "default", eager: true });

afterEach(() => vi.unstubAllGlobals());

test.each([[null, 1], [{}, 0]])("the keys of a page act unless a dialog is open: %s", (dialog, calls) => {
  vi.stubGlobal("document", { querySelector: (selector: string) => (selector === "dialog[open]" ? dialog : null) });
  const handle = vi.fn();
  pageKeys(handle)({ key: "Enter", ctrlKey: true } as KeyboardEvent);
  expect(handle).toHaveBeenCalledTimes(calls);
});

test("no page listens to the keys of the window in another way", () => {
  const listening = Object.entries(sources).filter(([, text]) => /<svelte:(window|document|body)[^>]*onkey/.test(text));
  expect(listening.length).toBeGreaterThan(0);
  for (const [file, text] of listening) {
    expect(text, file).not.toMatch(/<svelte:(window|document|body)[^>]*onkey\w+=\{(?!pageKeys\()/);
  }
});
