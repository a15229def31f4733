// A draft in a page, before and after the server is killed. PROCEDO_TEST_PART says which part.
import assert from "node:assert/strict";
import { close, server, withPage } from "./browser.mjs";
import { api, start, until } from "./pages.mjs";

if (process.env.PROCEDO_TEST_PART === "before") {
  const run = await start("KILLED");
  await withPage({}, async (page) => {
    await page.goto(`${server}/ui/runs/${run}`);
    await page.locator("#slot-incident_id").fill("INC-000042");
    await page.locator(".saved", { hasText: /^\s*Saved/ }).waitFor();
  });
} else {
  const run = (await api("GET", "/runs?reference=KILLED")).items[0].id;
  await withPage({ refused: ["net::ERR"] }, async (page, context) => {
    await page.goto(`${server}/ui/runs/${run}`);
    await page.waitForFunction(() => document.querySelector("#slot-incident_id")?.value === "INC-000042");
    // While the server does not answer, the page says so, keeps what is typed, and stores it later.
    await context.route("**/steps/alert/**", (route) => route.abort());
    await page.locator("#slot-incident_id").fill("INC-000043");
    await page.locator(".saved", { hasText: /^\s*Not saved(?! yet)/ }).waitFor();
    await context.unroute("**/steps/alert/**");
    await until("the draft is stored", async () =>
      (await api("GET", `/runs/${run}`)).steps[0].slots.incident_id === "INC-000043");
    assert.equal(await page.locator("#slot-incident_id").inputValue(), "INC-000043");
  });
}

await close();
