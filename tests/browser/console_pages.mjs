// Every page: its accessibility, its width on a small screen, and its first words in both languages.
import assert from "node:assert/strict";
import { close, server, withPage } from "./browser.mjs";
import { accessible, alert, api, demo, fits, publish, start } from "./pages.mjs";

const run = await start("LOOK");
await fetch(`${server}/runs/${run}/steps/alert/commit`, {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ slots: { severity: "huge" } }),
});
await api("POST", `/runs/${run}/steps/alert/commit`, alert);
await api("PATCH", `/runs/${run}/steps/diagnosis`, { slots: { components: ["gateway"], affected_iban: "FR7630006000011234567890189" } });
await api("POST", `/runs/${run}/steps/alert/amend`, { slots: { severity: "low" }, reason: "read from the wrong line" });
await publish((procedure) => { procedure.steps[0].title = "Alarme"; });
const { seq } = await api("GET", `/runs/${run}`);

// A page, what to wait for, and what to open on it.
const pages = {
  "": [".list", async () => {}],
  "?whose=mine&reference=none": [".empty", async (page) => page.locator(".head button").click()],
  [`runs/${run}`]: ["#slot-cause", async (page) => {
    await page.locator(".finish .main").click();
    await page.locator(".wrong .notice").waitFor();
    await page.locator(".events .quiet").first().click();
  }],
  [`runs/${run}?step=alert`]: [".values", async (page) => {
    for (const why of await page.locator(".work .why button").all()) await why.click();
    await page.locator(".work > button").click();
    await page.locator(".stepform").waitFor();
  }],
  [`runs/${run}?at=${seq - 2}`]: [".runpage.past .values", async (page) => {
    await page.locator(".runhead .buttons button").first().click();
    await page.locator("dialog .notice").nth(1).waitFor();
  }],
  [`runs/${run}/report`]: [".report section:nth-of-type(7)", async () => {}],
  [`procedures/${demo}?with=1`]: [".procedure .list", async (page) => page.locator(".head button").click()],
  procedures: [".cards", async () => {}],
  settings: ["input[name=theme]", async () => {}],
};

for (const [locale, colorScheme, width] of [["fr-FR", "light", 320], ["en-US", "dark", 1280]]) {
  await withPage({ locale, colorScheme, viewport: { width, height: 800 }, refused: [422] }, async (page) => {
    for (const [path, [ready, open]] of Object.entries(pages)) {
      const what = `${colorScheme}, ${width} px`;
      await page.goto(`${server}/ui/${path}`);
      await page.locator(ready).first().waitFor();
      await page.waitForFunction(() => document.querySelector(".who")); // the name is the last to come
      await fits(page, what);
      await open(page);
      await accessible(page, what);
    }
    assert.equal(await page.locator("html").getAttribute("lang"), locale.slice(0, 2));
  });
}

// Settings hold in this browser; an unknown page, a run that is not there and a network that fails are said plainly.
await withPage({ refused: [404, "net::ERR_FAILED"] }, async (page, context) => {
  await page.goto(`${server}/ui/settings`);
  await page.getByLabel("Français").check();
  await page.getByRole("heading", { name: "Réglages" }).waitFor();
  await page.getByLabel("Votre nom").fill("Hélène");
  await page.getByRole("button", { name: "Enregistrer" }).click();
  await page.locator(".who", { hasText: "Hélène" }).waitFor();
  await page.reload();
  await page.locator(".who", { hasText: "Hélène" }).waitFor();
  assert.equal((await page.goto(`${server}/ui/nowhere`)).status(), 404);
  await page.goto(`${server}/ui/runs/0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f`);
  await page.getByRole("alert").waitFor();
  await context.route(`${server}/runs?**`, (route) => route.abort());
  await page.goto(`${server}/ui/`);
  await page.getByText("Le service ne répond pas.").waitFor();
  await context.unroute(`${server}/runs?**`);
  await page.getByRole("button", { name: "Réessayer" }).press("Enter"); // the list may still move below a pointer
  await page.locator(".list").waitFor();
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.type), "search");
  await page.keyboard.press("Tab");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/ui\/runs\//);
});

await close();
