// The first page of a server without the API reference.
import assert from "node:assert/strict";
import { close, server, withPage } from "./browser.mjs";

await withPage({ locale: "fr-FR" }, async (page) => {
  await page.goto(server + "/");
  assert.equal(new URL(page.url()).pathname, "/");
  assert.equal(await page.locator("html").getAttribute("lang"), "fr");
  for (const address of await page.locator("main a").evaluateAll((links) => links.map((a) => a.href))) {
    assert.equal((await fetch(address)).status, 200, address);
  }
  await page.getByRole("link", { name: "Problèmes" }).click();
  assert.equal(new URL(page.url()).pathname, "/problems/");
});

await close();
