import { expect, test, vi } from "vitest";

import type { Event, Run } from "../api/client";
import { OpenRun } from "./run.svelte";

vi.hoisted(() => vi.stubGlobal("navigator", { languages: [] })); // Node.js 20 has none

// A proxy that compresses makes ETags weak, and If-Match never matches a weak one.
test.each([['"1-2-en"', '"1-2-en"'], ['W/"1-2-en"', '"1-2-en"']])("the ETag %s of a run is sent as %s", (answered, sent) => {
  const of = new OpenRun("r");
  of.adopt({ seq: 1 } as Run, new Response(null, { headers: { ETag: answered } }));
  expect(of.etag).toBe(sent);
});

test("the author of a slot is the one who stored it in the same step", () => {
  const of = new OpenRun("r");
  of.events = [
    { seq: 1, actor: "ann", payload: { step: "a", slots: { note: "x" } } },
    { seq: 2, actor: "bob", payload: { step: "b", slots: { note: "y" } } },
  ] as unknown as Event[];
  expect(of.authorOf("a", "note", 2)).toBe("ann");
  expect(of.authorOf("b", "note", 2)).toBe("bob");
  expect(of.authorOf("b", "note", 1)).toBeUndefined();
});
