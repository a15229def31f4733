// The pages that explain problems, issues and schemas, in both languages.
import assert from "node:assert/strict";
import { close, server, withPage } from "./browser.mjs";

const words = {
  "en-GB": { heading: "Problems", problem: "Step out of order", issues: "Issues", all: "All problems", schemas: "JSON Schemas" },
  "fr-CH": {
    heading: "Problèmes", problem: "Ordre des étapes non respecté", issues: "Anomalies", all: "Tous les problèmes",
    schemas: "Schémas JSON",
  },
};

for (const [locale, word] of Object.entries(words)) {
  await withPage({ locale }, async (page) => {
    const heading = page.locator("h1");
    await page.goto(server + "/problems/");
    assert.equal(await heading.innerText(), word.heading);
    const margin = await page.evaluate(() => getComputedStyle(document.querySelector("table")).borderCollapse);
    assert.equal(margin, "collapse", "the style sheet is applied");

    await page.getByRole("link", { name: "step.out_of_order" }).click();
    assert.equal(new URL(page.url()).pathname, "/problems/step-out-of-order");
    assert.equal(await heading.innerText(), word.problem);
    assert.equal(await page.locator("html").getAttribute("lang"), locale.slice(0, 2));
    await page.getByRole("link", { name: word.issues }).click();
    assert.equal(new URL(page.url()).hash, "#issues");
    assert.ok(await page.locator('[id="validation.min"]').innerText());
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "no scrolling sideways");

    await page.goto(server + "/schemas/");
    assert.equal(await heading.innerText(), word.schemas);
    const addresses = await page.locator("main a").evaluateAll((links) => links.map((a) => a.href));
    assert.ok(addresses.includes(`${server}/schemas/json_schema_procedure_v2.json`));
    for (const address of addresses) assert.equal((await fetch(address)).status, 200, address);
  });
}

await close();
