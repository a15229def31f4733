// An author changes a procedure: what is suggested and found, what a run would do, and what happens to two authors.
import assert from "node:assert/strict";
import { close, server, withPage } from "./browser.mjs";
import { accessible, api, demo, finish, fits, publish, start } from "./pages.mjs";

const view = (page, name) => page.locator(".segments label", { hasText: name }).click();
const status = (page, text) => page.locator(".head .status", { hasText: text }).waitFor();
const latest = () => api("GET", `/procedures/${demo}`);
const edit = async (page) => {
  await page.goto(`${server}/ui/procedures/${demo}`);
  await page.getByRole("link", { name: /^(Modifier|Edit)$/ }).click();
  await status(page, /Aucune erreur|No errors/);
};

await finish("ONE", "critical");
await finish("TWO", "high");
await finish("THREE", "low");
await start("OPEN");

// A step with a condition, written with two buttons and a suggestion.
await withPage({ locale: "fr-FR", viewport: { width: 1280, height: 900 } }, async (page) => {
  await edit(page);
  await page.getByRole("button", { name: "Étape" }).click();
  await page.keyboard.type("call");
  await page.getByRole("button", { name: "Condition" }).click();
  await page.keyboard.type("alert.se");
  await page.getByRole("option", { name: "alert.severity" }).waitFor();
  await page.keyboard.type("v");
  await page.getByRole("option", { name: "alert.severity" }).click(); // the keyboard takes it only after a moment
  await page.keyboard.type(" == 'hig");
  await page.locator(".findings .error").waitFor(); // there is no such option
  await page.keyboard.type("h");
  await status(page, "Aucune erreur");
  await page.reload(); // the draft is kept
  await page.getByText("Ce navigateur l’avait gardé.").waitFor();
  await status(page, "Aucune erreur");

  await view(page, "Chemins");
  await page.locator(".graph text", { hasText: "Nouvelle étape" }).waitFor();
  assert.match(await page.locator("figcaption").textContent(), /Nouvelle étape ne s’applique que si\s+alert\.severity == 'high'/);

  await view(page, "Essayer");
  await page.locator(".tried h3", { hasText: "Alerte" }).waitFor();
  assert.equal(await page.locator(".tried h3", { hasText: "Nouvelle étape" }).count(), 0);
  await page.locator(".tried label", { hasText: "Élevée" }).click();
  await page.locator(".tried h3", { hasText: "Nouvelle étape" }).waitFor();
  assert.match(await page.locator(".tried > li", { hasText: "Nouvelle étape" }).textContent(), /alert\.severity == 'high' est vraie car alert\.severity = high/);

  await view(page, "Rejouer");
  await page.getByRole("button", { name: "Rejouer les exécutions terminées" }).click();
  await page.locator(".summary", { hasText: "2 comme avant, 1 par un autre chemin, 0 à l’arrêt" }).waitFor();
  assert.match(await page.locator(".summary").textContent(), /1 exécution ouverte garde sa version/);
  await page.locator(".rehearsed button", { hasText: "TWO" }).click();
  assert.deepEqual(await page.locator(".ways dd .differs").allTextContents(), ["Nouvelle étape"]);
  assert.equal(await page.locator(".graph g.on text", { hasText: "Nouvelle étape" }).count(), 1);

  await page.getByRole("button", { name: "Publier…" }).click();
  const dialog = page.getByRole("dialog");
  assert.deepEqual(await dialog.locator("tbody td:first-child").allTextContents(), ["steps › call"]);
  await dialog.getByRole("button", { name: "Publier", exact: true }).click();
  await page.waitForURL(new RegExp(`/ui/procedures/${demo}\\?with=1$`));
  assert.equal((await latest()).steps[1].when, "alert.severity == 'high'");
  assert.equal(await page.evaluate(() => localStorage.length), 0);
});

// What is wrong is said in the author's language, and leads to its place.
await withPage({ locale: "fr-FR" }, async (page) => {
  await edit(page);
  await page.getByLabel("La définition").focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText("name: N\nsteps:\n  - key: a\n    title: A\n    slots:\n      - name: x\n        type: dat\n");
  await status(page, "1 constat");
  assert.equal(await page.locator(".findings button").textContent(), "7");
  await page.locator(".findings button").click();
  await page.keyboard.type("date"); // the place is selected
  await status(page, "Aucune erreur");
  await page.keyboard.press("Escape"); // closes the suggestions
  await page.keyboard.press("Tab"); // and the keyboard gets out of the editor
  assert.equal(await page.evaluate(() => document.activeElement.closest(".code")), null);
  await page.getByLabel("La définition").focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText("name: N\nname: M\n");
  await status(page, "Pas encore lisible");
  await page.getByText("Ce nom est déjà utilisé au même endroit.").waitFor();
  assert.ok(await page.getByRole("button", { name: "Publier…" }).isDisabled());
  await page.getByRole("button", { name: "L’abandonner" }).waitFor({ state: "hidden" }); // it was written here and now
});

// Somebody else publishes meanwhile: nothing is lost, and both see what the other did.
await publish((procedure) => {
  const slot = procedure.steps.find((step) => step.key === "diagnosis").slots.find((one) => one.name === "error_rate");
  slot.max = 100;
});
await withPage({ refused: [412] }, async (page) => {
  await edit(page);
  await page.getByRole("button", { name: "Checklist item" }).click();
  await page.keyboard.type("seen");
  await status(page, "No errors");
  await publish((procedure) => { procedure.steps[0].title = "Alarme"; });
  await page.getByRole("button", { name: "Publish…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Publish", exact: true }).click();
  await dialog.getByRole("alert").waitFor();
  const places = (n) => dialog.locator("table").nth(n).locator("td:first-child").allTextContents();
  assert.deepEqual(await places(0), ["steps › alert › title"]);
  assert.deepEqual((await places(1)).sort(), ["steps › alert › checklist_items › seen", "steps › alert › title"]);
  await accessible(page, "two authors");
  await dialog.getByRole("button", { name: "Go on editing" }).click();
  await dialog.waitFor({ state: "detached" });
  const { version, steps } = await latest();
  assert.equal(steps[0].title, "Alarme"); // nothing was published over it
  await page.getByRole("button", { name: "Publish…" }).click();
  await dialog.getByRole("button", { name: "Publish", exact: true }).click();
  await dialog.getByRole("button", { name: `Publish over version ${version}` }).click();
  await page.waitForURL(/\?with=/);
  assert.equal((await latest()).version, version + 1);

  // Or both changes go on together.
  await edit(page);
  await page.getByRole("button", { name: "Field" }).click();
  await page.keyboard.type("extra");
  await status(page, "No errors");
  await publish((procedure) => { procedure.steps[0].title = "Alarme"; });
  await page.getByRole("button", { name: "Publish…" }).click();
  await dialog.getByRole("button", { name: "Publish", exact: true }).click();
  await dialog.getByRole("button", { name: /^Take over/ }).click();
  await dialog.waitFor({ state: "detached" });
  await status(page, "No errors");
  await page.getByRole("button", { name: "Publish…" }).click();
  assert.deepEqual(await places(0), ["steps › alert › slots › extra"]);
  await dialog.getByRole("button", { name: "Publish", exact: true }).click();
  await page.waitForURL(/\?with=/);
  const joined = (await latest()).steps[0];
  assert.deepEqual([joined.title, joined.slots.at(-1).name], ["Alarme", "extra"]);
});

// What was not checked is not called right, and what this browser has kept never locks anybody out.
await withPage({ refused: ["net::ERR_FAILED"] }, async (page, context) => {
  for (const kept of ['{"text":"name: N","version":9999,"at":"2026-11-29T12:00:00Z"}', '{"text":"x","version":1,"at":"notadate"}', "{{{", "null", "[]"]) {
    await page.goto(`${server}/ui/`);
    await page.evaluate(([name, text]) => localStorage.setItem(name, text), [`procedo.draft.${demo}`, kept]);
    await page.goto(`${server}/ui/procedures/${demo}/edit`);
    await page.getByLabel("The definition").waitFor();
  }
  await page.evaluate(() => localStorage.clear());
  await edit(page);
  await context.route("**/procedures/lint", (route) => route.abort());
  await page.getByRole("button", { name: "Field" }).click();
  await page.keyboard.type("wrong name");
  await status(page, "Not checked");
  assert.ok(await page.getByRole("button", { name: "Publish…" }).isDisabled());
  await context.unroute("**/procedures/lint");
  await status(page, "1 finding"); // by itself
  await page.getByLabel("The definition").focus();
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("End");
  await page.keyboard.type("-other");
  await page.locator(".findings", { hasText: "The id of a procedure does not change" }).waitFor();

  // Two tabs write two drafts, and a person says which one stays.
  const other = await context.newPage();
  await other.goto(`${server}/ui/procedures/${demo}/edit`);
  await other.getByLabel("The definition").focus();
  await other.keyboard.press("Control+Home");
  await other.keyboard.type("# other\n");
  await page.getByText("another draft of this procedure in another tab").waitFor();
  await page.getByRole("button", { name: "Take the other one" }).click();
  await page.locator(".cm-line", { hasText: "# other" }).waitFor();
  await other.close();
});

// The same definition in JSON is the same version; a bound keeps all of its digits.
const digits = "12345678901234567890123456789012345678.0123456789012345678901";
await publish((procedure) => {
  procedure.steps.find((step) => step.key === "validation").slots.find((one) => one.name === "test_amount").max = digits;
});
await withPage({}, async (page) => {
  await edit(page);
  const { version, digest } = await latest();
  for (const form of ["Write as JSON", "Write as YAML"]) {
    await page.getByRole("button", { name: form }).click();
    await status(page, "No errors");
  }
  await page.getByRole("button", { name: "Publish…" }).click();
  await page.getByRole("dialog").getByText("Nothing.", { exact: true }).waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Publish", exact: true }).click();
  await page.waitForURL(/\/ui\/procedures\//);
  assert.deepEqual([(await latest()).version, (await latest()).digest], [version, digest]);
});

// A rehearsal that stops says what is missing, and a value that the trail does not show is not missing.
await publish((procedure) => {
  procedure.steps.find((step) => step.key === "diagnosis").slots.push({ name: "ticket", type: "string" });
  procedure.steps.find((step) => step.key === "diagnosis").slots.find((one) => one.name === "affected_iban").required = true;
});
await withPage({}, async (page) => {
  await edit(page);
  await view(page, "Rehearse");
  await page.getByRole("button", { name: "Rehearse on finished runs" }).click();
  await page.locator(".summary", { hasText: "0 as before, 0 another way, 3 stop" }).waitFor();
  assert.match(await page.locator(".rehearsed li").first().textContent(), /needed: .*ticket/);
});

// A new procedure, and every view of the editor for those who use it otherwise.
await withPage({}, async (page) => {
  await page.goto(`${server}/ui/procedures`);
  await page.getByRole("link", { name: "New procedure" }).click();
  await status(page, "No errors");
  await page.getByRole("button", { name: "Publish…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
  await page.waitForURL(/\/ui\/procedures\/new-procedure$/);
  await page.getByRole("button", { name: "Start" }).waitFor();
});
for (const [colorScheme, width] of [["light", 320], ["dark", 1280]]) {
  await withPage({ colorScheme, viewport: { width, height: 800 } }, async (page) => {
    await edit(page);
    for (const name of ["Findings", "Ways", "Try", "Rehearse"]) {
      await view(page, name);
      await fits(page, `${name}, ${width} px`);
      await accessible(page, `${name}, ${colorScheme}`);
    }
  });
}

await close();
