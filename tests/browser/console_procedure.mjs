// A procedure: its ways, its versions, and what distinguishes them.
import assert from "node:assert/strict";
import { close, server, withPage } from "./browser.mjs";
import { demo, publish } from "./pages.mjs";

await publish((procedure) => {
  procedure.steps[0].slots[0].validate = "INC-[0-9]{7}";
  procedure.steps.splice(1, 1);
});

await withPage({ locale: "fr-FR", refused: [404] }, async (page) => {
  await page.goto(`${server}/ui/procedures`);
  await page.getByRole("link", { name: "Incident sur les paiements instantanés" }).click();
  await page.waitForURL(new RegExp(`/ui/procedures/${demo}$`));
  const steps = page.locator(".outline > li");
  await steps.first().waitFor();
  assert.equal(await steps.count(), 5);
  assert.match(await page.locator("figcaption").textContent(), /De Validation à Diagnostic si\s+!service_restored/);

  await page.getByLabel("Version").selectOption("1");
  await page.locator(".outline > li", { hasText: "Cellule de crise" }).waitFor();
  assert.match(await page.locator("figcaption").textContent(), /Cellule de crise ne s’applique que si\s+alert\.severity == 'critical'/);
  assert.equal(await page.locator(".graph rect").count(), 7); // six steps and the end

  await page.goto(`${server}/ui/procedures/${demo}?with=1`); // the address can be sent to others
  const changes = page.locator(".procedure .list tbody tr");
  await changes.first().waitFor();
  assert.deepEqual(await changes.locator("td:first-child").allTextContents(), ["steps › alert › slots › incident_id › validate", "steps › crisis"]);
  assert.match(await changes.first().textContent(), /INC-\[0-9\]\{6\}.*INC-\[0-9\]\{7\}/);

  await page.getByRole("button", { name: "Démarrer" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("radio", { checked: true }).waitFor();
  await dialog.getByRole("button", { name: "Démarrer" }).click();
  await page.waitForURL(/\/ui\/runs\//);
  await page.getByText("version 2").first().waitFor();
  await page.goto(`${server}/ui/procedures/none`);
  await page.getByRole("alert").waitFor();
});

await close();
