import { beforeEach, describe, expect, test, vi } from "vitest";

import { Draft } from "./draft.svelte";

const procedure = { id: "p", name: "P", version: 1, steps: [{ key: "s", title: "S" }] };
const client = {
  GET: async () => ({ data: procedure, response: new Response(null, { headers: { ETag: '"1"' } }) }),
  POST: async () => ({ data: { valid: true, issues: [], warnings: [] } }),
  PUT: async () => ({ data: { ...procedure, version: 2 } }),
};
vi.mock("../session.svelte", () => ({ session: { language: "en", get client() { return client; } } }));

/** What the tabs of a browser share: a change in one of them is an event in the others. */
const place = "procedo.draft.p";
const items = new Map<string, string>();
const watchers: ((event: { key: string | null }) => void)[] = [];
const changes: number[] = []; // the tabs that have made them
let acting = 0;
vi.stubGlobal("localStorage", {
  getItem: (key: string) => items.get(key) ?? null,
  setItem: (key: string, value: string) => { items.set(key, value); changes.push(acting); },
  removeItem: (key: string) => { items.delete(key); changes.push(acting); },
});
vi.stubGlobal("addEventListener", (_: string, watch: (event: { key: string | null }) => void) => watchers.push(watch));

/** Tells each change to the other tabs. */
function tell(): void {
  for (let from = changes.shift(); from !== undefined; from = changes.shift()) {
    watchers.forEach((watch, tab) => {
      acting = tab;
      return tab === from ? undefined : watch({ key: place });
    });
  }
}

async function tab(): Promise<Draft> {
  const draft = new Draft("p", { name: "N", step: "S" });
  await draft.load();
  draft.watch();
  return draft;
}

describe("two tabs write the same draft", () => {
  let [a, b]: Draft[] = [];
  const as = async (one: number, act: (draft: Draft) => unknown) => {
    acting = one;
    await act([a, b][one] as Draft);
    tell();
  };
  const kept = () => (JSON.parse(items.get(place) ?? "null") as { text: string; version: number } | null);
  beforeEach(async () => {
    vi.useFakeTimers();
    items.clear();
    watchers.length = 0;
    a = await tab();
    b = await tab();
    await as(0, (draft) => draft.write("name: A"));
    await as(1, (draft) => draft.resolve(false)); // keeps its own
    await as(1, (draft) => draft.write("name: B"));
    expect(a.elsewhere).toBe("name: B");
  });
  test.each([["published", (draft: Draft) => draft.publish()], ["discarded", (draft: Draft) => draft.discard()]])(
    "once one is %s, the browser keeps the other", async (_, act) => {
      await as(1, act);
      expect(kept()).toMatchObject({ text: "name: A", version: 1 });
      expect([a?.elsewhere, a?.isKept]).toEqual([null, true]);
      await as(0, (draft) => draft.write("name: AA"));
      expect(kept()?.text).toBe("name: AA");
    });
  test("a tab in which nothing was written keeps nothing", async () => {
    await as(0, (draft) => draft.discard());
    await as(1, (draft) => draft.publish());
    expect(kept()).toBeNull();
  });
});
