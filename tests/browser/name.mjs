// The API reference under another name of the server: its requests go to that name.
import assert from "node:assert/strict";
import { close, server, withPage } from "./browser.mjs";
import { execute, expand } from "./reference.mjs";

await withPage({}, async (page) => {
  await page.goto(server + "/docs");
  const runs = await expand(page, "listRuns");
  await runs.getByRole("button", { name: "Try it out" }).click();
  const listed = await execute(page, runs);
  assert.equal(listed.status, "200");
  assert.equal(new URL(listed.request.url()).origin, server);
});

await close();
