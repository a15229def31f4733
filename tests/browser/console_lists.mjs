// Lists answer the last question. After an outage, each page goes on by itself.
import assert from "node:assert/strict";
import { close, server, withPage } from "./browser.mjs";
import { api, start } from "./pages.mjs";

const ended = await start("ENDED");
await api("POST", `/runs/${ended}/fail`, { reason: "no longer needed" });
await start("WAITS");

// An answer that comes late is not shown under another question.
await withPage({}, async (page, context) => {
  let release;
  const held = new Promise((done) => (release = done));
  await context.route(/[/](runs[?].*state=completed|procedures[?].*query=none)/, async (route) => {
    await held;
    await route.continue();
  });
  const finished = page.waitForResponse(/state=completed/);
  const row = (reference) => page.locator("a.run", { hasText: reference });
  await page.goto(`${server}/ui/`);
  await row("WAITS").waitFor();
  await page.getByText("Finished", { exact: true }).click();
  await row("WAITS").waitFor({ state: "detached" }); // nor is what was there before
  await page.getByText("Open", { exact: true }).click();
  await row("WAITS").waitFor();
  const search = await context.newPage();
  const none = search.waitForResponse(/query=none/);
  await search.goto(`${server}/ui/procedures`);
  await search.locator(".cards h2").first().waitFor();
  const asked = search.waitForRequest(/query=none/);
  await search.getByRole("searchbox").fill("none");
  await asked;
  await search.getByRole("searchbox").fill("");
  await search.waitForResponse((response) => /[/]procedures[?]limit=50$/.test(response.url()));
  release();
  await Promise.all([finished, none]);
  await Promise.all([page, search].map((one) => one.waitForTimeout(500))); // to show it, if it did
  assert.equal(await row("ENDED").count(), 0);
  assert.equal(await row("WAITS").count(), 1);
  assert.ok(await search.locator(".cards h2").count() > 0);
});

// Where a page says that it tries again, it does, and goes on once the service answers.
await withPage({ refused: ["net::ERR_FAILED"] }, async (first, context) => {
  let down = true;
  await context.route((url) => down && /^[/](runs|procedures)/.test(url.pathname), (route) => route.abort());
  const open = async (path, shown) => {
    const page = await context.newPage();
    await page.goto(`${server}/ui/${path}`);
    return { page, shown: shown(page) };
  };
  const pages = await Promise.all([
    open("", (page) => page.locator("a.run", { hasText: "WAITS" })),
    open(`runs/${ended}`, (page) => page.getByRole("heading", { level: 2 }).first()),
    open(`runs/${ended}/report`, (page) => page.locator("article code").first()),
    open("procedures", (page) => page.locator(".cards h2").first()),
  ]);
  await first.goto(`${server}/ui/`);
  await first.getByRole("button", { name: "Start a run" }).click();
  pages.push({ page: first.getByRole("dialog"), shown: first.getByRole("dialog").getByRole("radio").first() });
  await Promise.all(pages.map(({ page }) => page.getByText("The page tries again").first().waitFor()));
  down = false;
  await Promise.all(pages.map(({ shown }) => shown.waitFor({ state: "attached" })));
  await Promise.all(pages.map(({ page }) => page.getByText("The page tries again").waitFor({ state: "detached" })));
});

await close();
