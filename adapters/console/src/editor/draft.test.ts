import { expect, test, vi } from "vitest";

import { Draft } from "./draft.svelte";

vi.hoisted(() => vi.stubGlobal("navigator", { languages: [] })); // Node.js 20 has none

// A proxy that compresses makes ETags weak, and If-Match never matches a weak one.
test.each([['"1"', '"1"'], ['W/"1"', '"1"']])("the ETag %s of the version is sent as %s", async (answered, sent) => {
  const conditions: (string | null)[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    if (request.method === "PUT") {
      conditions.push(request.headers.get("If-Match"));
    }
    const headers = { "Content-Type": "application/json", ETag: answered };
    return new Response(JSON.stringify({ id: "p", version: 1 }), { headers });
  });
  const draft = new Draft("p", { name: "", step: "" });
  draft.text = "id: p\n";
  const published = await draft.publish(await draft.latest());
  expect(published?.id).toBe("p");
  expect(conditions).toEqual([sent]);
});
