// The form of the open step: what it says of wrong values, what it stores, and what it never loses.
import assert from "node:assert/strict";
import { close, server, withPage } from "./browser.mjs";
import { actions, alert, api, slots, start, until } from "./pages.mjs";

const show = (page, run) => page.goto(`${server}/ui/runs/${run}`);
const field = (page, name) => page.locator(`#slot-${name}`);
const issue = (page, name) => page.locator(`#slot-${name}-issue`);
const saved = (page) => page.locator(".saved", { hasText: /^\s*(Saved|Enregistré)/ }).waitFor();

// A refused commit leads to what must be corrected.
await withPage({ locale: "fr-FR", refused: [422] }, async (page) => {
  const run = await start("REFUSED");
  await show(page, run);
  await field(page, "incident_id").fill("450123");
  await page.getByRole("button", { name: "Valider l’étape" }).click();
  const summary = page.getByRole("alert").filter({ hasText: "sont à corriger" });
  await summary.waitFor();
  await page.waitForFunction(() => document.activeElement.classList.contains("wrong"));
  assert.match(await issue(page, "incident_id").textContent(), /format attendu/);
  assert.equal(await field(page, "incident_id").getAttribute("aria-invalid"), "true");
  assert.match(await field(page, "incident_id").getAttribute("aria-describedby"), /slot-incident_id-issue/);
  await summary.getByRole("link", { name: "Numéro d’incident" }).click();
  await page.waitForFunction(() => document.activeElement.id === "slot-incident_id");
  await summary.getByRole("link", { name: "Responsable d’astreinte prévenu" }).click();
  await page.waitForFunction(() => document.activeElement.id === "item-on_call_informed");
  await page.locator(".events .notable", { hasText: "Refus" }).waitFor();
});

// What is wrong is said once the field is left, and leaves no trace. What is right is stored.
await withPage({}, async (page) => {
  const run = await start("WRONG");
  await show(page, run);
  const before = await actions(run);
  for (const wrong of ["4", "INC-12", "nothing"]) {
    await field(page, "incident_id").fill(wrong);
    await page.keyboard.press("Tab");
    await issue(page, "incident_id").waitFor();
  }
  assert.deepEqual(await actions(run), before);
  await field(page, "reporter_email").fill("ada@example.org"); // right, beside a field that is wrong
  await page.keyboard.press("Tab");
  await until("the address is stored", async () => (await slots(run, "alert")).reporter_email === "ada@example.org");
  assert.deepEqual((await actions(run)).filter((action) => action.includes("refused")), []);
  assert.equal((await slots(run, "alert")).incident_id, undefined);

  // What is wrong cannot be stored, and is still there after a look at another page.
  await page.locator(".top nav a").first().click();
  await page.locator(".list").waitFor();
  await page.goBack();
  await page.waitForFunction(() => document.querySelector("#slot-incident_id")?.value === "nothing");
  await issue(page, "incident_id").waitFor();

  // Corrected, it is stored without leaving the field, and survives that the page is loaded again.
  await field(page, "incident_id").fill("INC-000001");
  await until("the number is stored", async () => (await slots(run, "alert")).incident_id === "INC-000001");
  await saved(page);
  assert.equal(await issue(page, "incident_id").count(), 0);
  await page.reload();
  await page.waitForFunction(() => document.querySelector("#slot-incident_id")?.value === "INC-000001");

  // Half a date is no value, and is not left out without a word.
  await field(page, "detected_at").pressSequentially("11");
  await page.getByRole("button", { name: "Complete step" }).click();
  await issue(page, "detected_at").waitFor();
  await page.waitForFunction(() => document.activeElement.id === "slot-detected_at");
  assert.deepEqual((await actions(run)).filter((action) => action.includes("refused")), []);
});

// Two people at the same step: what the other stores appears, and nothing that was typed is lost.
await withPage({}, async (page, context) => {
  await context.addInitScript(() => localStorage.setItem("procedo.actor", "ada"));
  const run = await start("TWO");
  await show(page, run);
  await field(page, "incident_id").waitFor();
  await api("PATCH", `/runs/${run}/steps/alert`, { slots: { reporter_email: "claire@example.org", severity: "low" } });
  await page.waitForFunction(() => document.querySelector("#slot-reporter_email").value === "claire@example.org");
  assert.ok(await page.getByRole("radio", { name: "Low" }).isChecked());

  await field(page, "reporter_email").fill("ada@"); // not stored, because it is not an address yet
  await api("PATCH", `/runs/${run}/steps/alert`, { slots: { reporter_email: "other@example.org" } });
  const conflict = page.locator("#slot-reporter_email-theirs");
  await conflict.waitFor();
  assert.match(await conflict.textContent(), /claire changed this to other@example\.org/);
  assert.equal(await field(page, "reporter_email").inputValue(), "ada@");
  await conflict.getByRole("button", { name: "Keep mine" }).click();
  await field(page, "reporter_email").fill("ada@example.org");
  await until("her own address is stored", async () => (await slots(run, "alert")).reporter_email === "ada@example.org");

  // What is typed is stored even if the person goes to another page at once.
  await field(page, "incident_id").fill("INC-000099");
  await page.getByRole("link", { name: "All runs" }).click();
  await until("what was typed last is stored", async () => (await slots(run, "alert")).incident_id === "INC-000099");
  await show(page, run);

  await field(page, "reporter_email").fill("half");
  await api("PATCH", `/runs/${run}/steps/alert`, { slots: { reporter_email: "third@example.org" } });
  await conflict.waitFor();
  await page.getByRole("button", { name: "Complete step" }).click(); // it waits for the choice
  await page.waitForFunction(() => document.activeElement.textContent === "Take theirs");
  await conflict.getByRole("button", { name: "Take theirs" }).click();
  assert.equal(await field(page, "reporter_email").inputValue(), "third@example.org");
});

// What is shown is what is committed, and what cannot be stored any more is not lost without a word.
await withPage({ refused: [409] }, async (page) => {
  const run = await start("CLOSED");
  await api("PATCH", `/runs/${run}/steps/alert`, alert);
  await show(page, run);
  await field(page, "incident_id").fill("INC-000001");
  await until("her own is stored", async () => (await slots(run, "alert")).incident_id === "INC-000001");
  await saved(page);
  await api("PATCH", `/runs/${run}/steps/alert`, { slots: { incident_id: "INC-000002" } }); // while she is still there
  await page.locator("#slot-incident_id-theirs").waitFor();
  assert.equal(await field(page, "incident_id").inputValue(), "INC-000001");
  await page.keyboard.press("Enter"); // completes nothing
  await page.keyboard.press("Control+Enter"); // and asks which one to keep
  await page.waitForFunction(() => document.activeElement.textContent === "Take theirs");
  assert.ok(!(await actions(run)).includes("step.committed"));
  await page.locator("#slot-incident_id-theirs").getByRole("button", { name: "Keep mine" }).click();
  await until("her own is stored again", async () => (await slots(run, "alert")).incident_id === "INC-000001");

  await field(page, "reporter_email").fill("half@");
  await api("POST", `/runs/${run}/steps/alert/commit`, {}, "zoe");
  const lost = page.getByRole("alert").filter({ hasText: "zoe has closed the step" });
  await lost.waitFor();
  assert.match(await lost.textContent(), /half@/);
  await page.waitForFunction(() => document.activeElement.textContent === "Diagnosis"); // and the page goes on
  await lost.getByRole("button", { name: "Close" }).click();
  await lost.waitFor({ state: "detached" });
});

// A run that has moved on is shown before anything is committed. An answer that is lost is asked for with the same key.
await withPage({ refused: ["net::ERR_FAILED"] }, async (page, context) => {
  const run = await start("MOVED");
  await show(page, `${run}?step=unknown`); // an address can be wrong: then the open step is shown
  await field(page, "incident_id").waitFor();
  await api("PATCH", `/runs/${run}/steps/alert`, alert);
  await page.waitForFunction(() => document.querySelector("#slot-incident_id").value === "INC-450123");
  const keys = [];
  await context.route("**/steps/alert/commit", async (route) => {
    keys.push(route.request().headers()["idempotency-key"]);
    if (keys.length > 1) return route.continue();
    await route.fetch(); // the service commits, but the answer does not arrive
    return route.abort();
  });
  await page.getByRole("button", { name: "Complete step" }).click();
  await page.getByRole("heading", { level: 2, name: "Diagnosis" }).waitFor();
  await until("the commit is sent again", () => keys.length > 1);
  assert.equal(new Set(keys).size, 1);
  assert.equal((await actions(run)).filter((action) => action === "step.committed").length, 1);
});

// Numbers keep every digit, whatever JavaScript makes of them.
await withPage({ locale: "fr-FR", refused: [422] }, async (page) => {
  const digits = "123456789012345678901234567890.123456789012345678901234567891";
  await api("POST", "/procedures", {
    format: "2", id: "numbers", name: "Numbers", language: "en",
    steps: [
      { key: "one", title: "One", slots: [{ name: "exact", type: "number" }, { name: "secret", type: "string", sensitive: true }] },
      { key: "two", title: "Two", skippable: true },
      { key: "three", title: "Three", slots: [{ name: "note", type: "text" }] },
    ],
  });
  const run = await start("DIGITS", "numbers");
  await show(page, run);
  await field(page, "exact").fill(digits.replace(".", ","));
  await page.keyboard.press("Tab");
  await page.locator(".saved", { hasText: /^\s*Enregistré/ }).waitFor();
  await page.reload();
  await page.waitForFunction((text) => document.querySelector("#slot-exact")?.value === text, digits.replace(".", ","));
  const raw = await (await fetch(`${server}/runs/${run}`)).text();
  assert.ok(raw.includes(`"exact":${digits}`), raw);

  // A sensitive value is given, hidden, replaced, and shown only with a reason.
  assert.equal(await field(page, "secret").getAttribute("type"), "password");
  await field(page, "secret").fill("a number to call");
  await page.keyboard.press("Tab");
  await page.getByText("Donnée, masquée").waitFor();
  assert.ok(!(await page.content()).includes("a number to call"));
  await page.getByRole("button", { name: "Remplacer" }).click();
  await field(page, "secret").fill("another one");
  await page.getByRole("button", { name: "Valider l’étape" }).click();
  await page.getByRole("heading", { level: 2, name: "Two" }).waitFor();
  await page.getByRole("button", { name: /One/ }).first().click();
  await page.getByRole("button", { name: /Afficher/ }).click();
  await page.getByRole("dialog").getByLabel("Justification").fill("to call back");
  await page.getByRole("dialog").getByRole("button", { name: "Afficher…" }).click();
  await page.getByText("another one").waitFor();
  await page.getByRole("button", { name: "Fermer" }).click();
  assert.ok(!(await page.content()).includes("another one"));
  assert.ok((await actions(run)).includes("slot.revealed"));

  // A step can be skipped, a finished one corrected, and the run stopped, each with a reason.
  await page.getByRole("link", { name: "Aller à l’étape ouverte" }).click();
  await page.getByRole("button", { name: "Sauter…" }).click();
  await page.getByRole("dialog").getByLabel("Justification").fill("not needed");
  await page.keyboard.press("Enter"); // a new line, as in every text of several lines
  assert.equal(await page.getByRole("dialog").getByLabel("Justification").inputValue(), "not needed\n");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("heading", { level: 2, name: "Three" }).waitFor();
  await page.getByRole("button", { name: /One/ }).first().click();
  await page.getByRole("button", { name: "Corriger…" }).click();
  await field(page, "exact").fill("2,50");
  await page.getByRole("button", { name: "Enregistrer la correction" }).click();
  await page.getByRole("alert").waitFor(); // there is no reason yet
  await page.getByLabel("Justification").fill("read from the wrong line");
  await page.getByRole("button", { name: "Enregistrer la correction" }).click();
  await page.getByText("2,50").first().waitFor();
  await page.getByRole("button", { name: "Arrêter l’exécution…" }).click();
  await page.getByRole("dialog").getByLabel("Justification").fill("no longer needed");
  await page.getByRole("dialog").getByRole("button", { name: "Arrêter l’exécution…" }).click();
  await page.getByText("L’exécution a été arrêtée.").waitFor();
  const after = await actions(run);
  for (const action of ["step.skipped", "step.amended", "run.failed"]) assert.ok(after.includes(action), action);
});

// A correction shows what others have corrected meanwhile, and what was typed is not lost without a word.
await withPage({}, async (page) => {
  const run = await start("CORRECTED");
  await api("POST", `/runs/${run}/steps/alert/commit`, alert);
  await page.goto(`${server}/ui/runs/${run}?step=alert`);
  await page.getByRole("button", { name: "Correct…" }).click();
  await field(page, "incident_id").fill("INC-000007");
  await api("POST", `/runs/${run}/steps/alert/amend`, { slots: { incident_id: "INC-000008" }, reason: "typing error" }, "paul");
  const conflict = page.locator("#slot-incident_id-theirs");
  await conflict.waitFor();
  assert.match(await conflict.textContent(), /paul changed this to INC-000008/);
  await page.getByRole("button", { name: /Diagnosis/ }).first().click();
  await page.getByRole("heading", { level: 2, name: "Diagnosis" }).waitFor();
  await page.getByRole("button", { name: /Alert/ }).first().click();
  await page.waitForFunction(() => document.querySelector("#slot-incident_id")?.value === "INC-000007");
  await conflict.getByRole("button", { name: "Keep mine" }).click();
  await page.getByLabel("Reason").fill("read from the wrong line");
  await page.getByRole("button", { name: "Record the correction" }).click();
  await until("her own is recorded", async () => (await slots(run, "alert")).incident_id === "INC-000007");
  await page.getByRole("button", { name: "Correct…" }).click();
  await field(page, "incident_id").fill("INC-000009");
  const asked = [];
  page.on("dialog", (dialog) => { asked.push(dialog.type()); void dialog.accept(); });
  await page.reload();
  assert.deepEqual(asked, ["beforeunload"]);
});

// A time has the offset of the clock at that time, in whatever order its parts are typed, unless another one is chosen.
await withPage({ timezoneId: "Europe/Paris" }, async (page) => {
  await api("POST", "/procedures", {
    format: "2", id: "moments", name: "Moments", language: "en",
    steps: [{ key: "one", title: "One", slots: [{ name: "at", type: "datetime" }, { name: "other", type: "string" }, { name: "clock", type: "time" }] }],
  });
  const run = await start("MOMENTS", "moments");
  await api("PATCH", `/runs/${run}/steps/one`, { slots: { clock: "10:00:00.123456" } });
  const stored = (at) => until(`${at} is stored`, async () => (await slots(run, "one")).at === at);
  await show(page, run);
  await field(page, "at").focus();
  assert.equal(await field(page, "clock").inputValue(), "10:00:00.123456"); // more digits than a browser's field holds
  await page.keyboard.type("07012026103000AM");
  await stored("2026-07-01T10:30:00+02:00");
  await field(page, "other").focus();
  await field(page, "at").focus();
  await page.keyboard.type("12"); // the month is another one
  await stored("2026-12-01T10:30:00+01:00");
  const offset = page.locator("input.offset");
  await offset.focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("-0530");
  await field(page, "other").focus();
  await stored("2026-12-01T10:30:00-05:30");
  await field(page, "at").focus();
  await page.keyboard.press("Backspace"); // no value for a moment
  await page.keyboard.type("07");
  await stored("2026-07-01T10:30:00-05:30");

  await show(page, await start("LAST", "moments"));
  await field(page, "at").focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
  await page.keyboard.type("103000AM");
  await field(page, "other").focus();
  await field(page, "at").focus();
  await page.keyboard.type("07012026"); // the first digit of the year makes it a time, of the year 2
  await page.waitForFunction(() => document.activeElement.value === "2026-07-01T10:30:00" || document.activeElement.value === "2026-07-01T10:30");
  assert.equal(await offset.inputValue(), "+02:00");
});

await close();
