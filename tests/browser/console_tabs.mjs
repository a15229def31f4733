// Eight tabs at one server: browsers open at most six connections to it, and an event stream holds one.
import assert from "node:assert/strict";
import { close, server, withPage } from "./browser.mjs";
import { api, start, until } from "./pages.mjs";

await withPage({}, async (first, context) => {
  const run = await start("TABS");
  const pages = [first];
  while (pages.length < 8) pages.push(await context.newPage());
  const streams = [];
  context.on("request", (request) => request.url().endsWith("/events/stream") && streams.push(request));
  for (const page of pages) {
    await page.goto(`${server}/ui/runs/${run}`);
    await page.locator("#slot-incident_id").waitFor();
  }
  await until("three tabs have streams", () => streams.length >= 3);
  await api("PATCH", `/runs/${run}/steps/alert`, { slots: { incident_id: "INC-000008" } });
  for (const page of pages) {
    await page.waitForFunction(() => document.querySelector("#slot-incident_id").value === "INC-000008");
  }
  assert.equal(streams.length, 3);

  // When a tab with a stream is closed, another one takes its place.
  await pages[0].close();
  await until("a fourth stream", () => streams.length === 4);
});

await close();
