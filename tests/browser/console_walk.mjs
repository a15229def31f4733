// The demo from start to end in the console, with the keyboard alone.
import assert from "node:assert/strict";
import { close, withPage } from "./browser.mjs";
import { actions, api } from "./pages.mjs";
import { server } from "./browser.mjs";

const words = {
  "en-US": {
    start: "Start a run", go: "Start", reference: /^Reference/, commit: "Complete step", done: "The run is completed.", yes: "Yes", high: "High",
    incident: "Incident number", at: "Detected at", gateway: "Gateway", failed: "Failed transfers", rate: "Error rate (%)", cause: "Probable cause",
    action: "Restart", on: "Date of the action", time: "Time of the action (local time)", restored: "Service restored", amount: "Amount of the test transfer (EUR)",
    summary: "Summary", review: "Date of the review", typed: "12.5", iban: "IBAN of an affected customer",
    ticks: ["Alert acknowledged in monitoring", "On-call manager informed", "Logs saved", "Action checked by a second person", "No transfers left in the queue",
      "Thirty minutes of observation without a new error", "Teams and branches informed"],
  },
  "fr-FR": {
    start: "Démarrer", go: "Démarrer", reference: /^Référence/, commit: "Valider l’étape", done: "L’exécution est terminée.", yes: "Oui", high: "Élevée",
    incident: "Numéro d’incident", at: "Détecté le", gateway: "Passerelle", failed: "Virements en échec", rate: "Taux d’erreur (%)", cause: "Cause probable",
    action: "Redémarrage", on: "Date de l’action", time: "Heure de l’action (heure locale)", restored: "Service rétabli", amount: "Montant du virement d’essai (EUR)",
    summary: "Résumé", review: "Date du retour d’expérience", typed: "12,5", iban: "IBAN d’un client touché",
    ticks: ["Alerte acquittée dans la supervision", "Responsable d’astreinte prévenu", "Journaux mis de côté", "Action contrôlée par une deuxième personne",
      "Plus aucun virement en attente", "Trente minutes d’observation sans nouvelle erreur", "Équipes et agences informées"],
  },
};

for (const [locale, w] of Object.entries(words)) {
  await withPage({ locale }, async (page) => {
    const keys = page.keyboard;
    // reach moves the focus by Tab, as somebody without a mouse does, until it is on the element.
    async function reach(target, describe) {
      await target.waitFor();
      for (let i = 0; i < 80; i++) {
        if (await target.evaluate((element) => element === document.activeElement)) return;
        await keys.press("Tab");
      }
      assert.fail(`the keyboard does not reach ${describe}`);
    }
    const type = async (label, text) => {
      await reach(page.getByLabel(label, { exact: false }).first(), label);
      await keys.type(text);
    };
    const choose = async (role, name) => {
      await reach(page.getByRole(role, { name }), name);
      await keys.press("Space");
    };
    // pick chooses one of a group of radio buttons: Tab reaches the group, arrows move in it.
    const pick = async (group, name) => {
      const options = page.getByRole("group", { name: group }).getByRole("radio");
      await options.first().waitFor();
      for (let i = 0; !(await options.evaluateAll((all) => all.includes(document.activeElement))); i++) {
        assert.ok(i < 80, `the keyboard does not reach ${group}`);
        await keys.press("Tab");
      }
      await keys.press("Space");
      for (let i = 0; !(await page.getByRole("radio", { name }).isChecked()); i++) {
        assert.ok(i < 10, `${name} cannot be chosen`);
        await keys.press("ArrowDown");
      }
    };
    const tick = (i) => choose("checkbox", w.ticks[i]);
    const commit = async (next) => {
      await keys.press("Control+Enter");
      await page.getByRole("heading", { level: 2, name: next }).first().waitFor();
    };

    await page.goto(server + "/"); // a browser is sent to the console
    await choose("button", w.start);
    await reach(page.getByRole("dialog").getByLabel(w.reference), "the reference");
    await keys.type("WALK-" + locale);
    await reach(page.getByRole("dialog").getByRole("button", { name: w.go }), w.go);
    await keys.press("Enter");
    await page.waitForURL(/\/ui\/runs\/[0-9a-f-]+$/);
    const run = page.url().split("/").at(-1);

    await type(w.incident, "INC-450123");
    await reach(page.getByLabel(w.at).first(), w.at);
    await keys.type("11232026093000AM");
    await pick(/Severity|Gravité/, w.high);
    await tick(0);
    await tick(1);
    await commit(/Diagnosis|Diagnostic/);

    await choose("checkbox", w.gateway);
    await type(w.failed, "1250");
    await type(w.rate, w.typed);
    await type(w.iban, "FR7630006000011234567890189");
    await type(w.cause, "Gateway out of memory");
    await tick(2);
    await commit(/Remediation|Remédiation/);

    await pick(/^Action$/, w.action);
    await reach(page.getByLabel(w.on), w.on);
    await keys.type("11232026");
    await reach(page.getByLabel(w.time), w.time);
    await keys.type("100500AM");
    await tick(3);
    await commit("Validation");

    await pick(w.restored, w.yes);
    await tick(4); // it applies once the answer is stored
    await tick(5);
    await commit(/Closure|Clôture/);

    await type(w.summary, "Certificate renewed.");
    await reach(page.getByLabel(w.review), w.review);
    await keys.type("12012026");
    await tick(6);
    await keys.press("Control+Enter");
    await page.getByText(w.done).first().waitFor();

    const stored = await api("GET", `/runs/${run}`);
    assert.equal(stored.state, "completed");
    assert.equal(stored.reference, "WALK-" + locale);
    const values = (key) => stored.steps.find((step) => step.key === key).slots;
    assert.equal(values("alert").severity, "high");
    assert.match(values("alert").detected_at, /^2026-11-23T09:30:00(\+00:00|Z)/);
    assert.equal(values("diagnosis").error_rate, 12.5);
    assert.equal(values("remediation").done_at, "10:05:00");
    const refused = (await actions(run)).filter((action) => action.includes("refused"));
    assert.deepEqual(refused, []);
    const everything = await page.content() + JSON.stringify(await page.evaluate(() => ({ ...localStorage, ...sessionStorage })));
    assert.ok(!everything.includes("FR7630006000011234567890189"), "a sensitive value stays in the page or its storage");
  });
}

await close();
