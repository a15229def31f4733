import { expect, test, vi } from "vitest";

import type { Run } from "../api/client";
import { OpenRun } from "./run.svelte";

vi.hoisted(() => vi.stubGlobal("navigator", { languages: [] })); // Node.js 20 has none

// A proxy that compresses makes ETags weak, and If-Match never matches a weak one.
test.each([['"1-2-en"', '"1-2-en"'], ['W/"1-2-en"', '"1-2-en"']])("the ETag %s of a run is sent as %s", (answered, sent) => {
  const of = new OpenRun("r");
  of.adopt({ seq: 1 } as Run, new Response(null, { headers: { ETag: answered } }));
  expect(of.etag).toBe(sent);
});
