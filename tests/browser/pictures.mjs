// Makes the pictures of the console in docs/images, from a server with the demo.
import { close, server, withPage } from "./browser.mjs";
import { alert, api, demo, finish } from "./pages.mjs";

const images = new URL("../../docs/images/", import.meta.url).pathname;

// begin starts a run that somebody has brought as far as the given steps.
async function begin(reference, actor, ...steps) {
  const { id } = await api("POST", "/runs", { procedure_id: demo, reference, user_id: actor }, actor);
  for (const [step, body] of steps) await api("POST", `/runs/${id}/steps/${step}/commit`, body, actor);
  return id;
}

const diagnosis = (origins) => ["diagnosis", {
  slots: { components: ["gateway", "network"], failed_transfers: 1250, error_rate: 12.5, affected_iban: "FR7630006000011234567890189",
    cause: "Certificate of the gateway expired" },
  checklist: [{ key: "logs_saved", completed: true }], origins,
}];
const remediation = ["remediation", {
  slots: { action: "configuration", change_ticket: "CHG-000042", done_on: "2026-11-23", done_at: "10:05:00" },
  checklist: [{ key: "second_pair_of_eyes", completed: true }],
}];
const validation = ["validation", {
  slots: { service_restored: true, test_amount: 0.01 },
  checklist: [{ key: "backlog_empty", completed: true }, { key: "watched_30_minutes", completed: true }],
}];

await begin("INC-450119", "karim", ["alert", alert]);
await begin("INC-450120", "karim", ["alert", alert], diagnosis({}));
await begin("INC-450121", "zoe");
await begin("INC-450122", "claire", ["alert", alert], diagnosis({}), remediation);
const run = await begin("INC-450123", "claire");
await fetch(`${server}/runs/${run}/steps/alert/commit`, {
  method: "POST", headers: { "Content-Type": "application/json", "X-Actor": "claire" },
  body: JSON.stringify({ slots: { incident_id: "450123", severity: "huge" } }),
});
await api("POST", `/runs/${run}/steps/alert/commit`, alert);
const [, half] = diagnosis();
await api("PATCH", `/runs/${run}/steps/diagnosis`, {
  slots: { components: half.slots.components, failed_transfers: 1250, affected_iban: half.slots.affected_iban }, origins: { components: "agent" },
});
const finished = await begin("INC-450118", "claire", ["alert", alert], diagnosis({ components: "agent" }), remediation, validation);
await api("POST", `/runs/${finished}/steps/remediation/amend`, { slots: { done_at: "10:15:00" }, reason: "Read from the wrong log" });
const events = (await api("GET", `/runs/${finished}/events?limit=200`)).items;
const at = events.find((event) => event.action === "step.committed" && event.payload.step === "remediation").seq;

for (const [locale, end] of [["en-GB", ""], ["fr-FR", ".fr"]]) {
  for (const [name, path, ready, height, colorScheme] of [
    ["inbox", "", ".list time", 520, "light"],
    ["run", `runs/${run}`, "#slot-cause", 900, "light"],
    ["travel", `runs/${finished}?at=${at}`, ".since", 760, "dark"],
    ["report", `runs/${finished}/report`, ".report section:nth-of-type(7)", 1000, "light"],
  ]) {
    await withPage({ locale, colorScheme, viewport: { width: 1240, height } }, async (page) => {
      await page.goto(`${server}/ui/${path}`);
      await page.locator(ready).first().waitFor();
      await page.locator(".who").waitFor();
      await page.waitForTimeout(1_000); // for what comes last, such as names; nothing depends on it
      await page.screenshot({ path: `${images}console-${name}${end}.png` });
    });
  }
}

// The editor, with a rehearsal of what the finished runs would have done.
await finish("INC-450108", "high");
await finish("INC-450109", "low");
for (const [locale, end, words] of [
  ["en-GB", "", { step: "Step", condition: "Condition", valid: "No errors", view: "Rehearse", start: "Rehearse on finished runs", title: "Call the duty team" }],
  ["fr-FR", ".fr", { step: "Étape", condition: "Condition", valid: "Aucune erreur", view: "Rejouer", start: "Rejouer les exécutions terminées", title: "Appeler l’équipe d’astreinte" }],
]) {
  await withPage({ locale, viewport: { width: 1240, height: 860 } }, async (page) => {
    await page.goto(`${server}/ui/procedures/${demo}/edit`);
    await page.getByRole("button", { name: words.step, exact: true }).click();
    await page.keyboard.type("call");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("End");
    await page.keyboard.press("Shift+Home");
    await page.keyboard.type(`title: ${words.title}`);
    await page.getByRole("button", { name: words.condition, exact: true }).click();
    await page.keyboard.type("alert.severity == 'high'");
    await page.locator(".head .status", { hasText: words.valid }).waitFor();
    await page.locator(".segments label", { hasText: words.view }).click();
    await page.getByRole("button", { name: words.start }).click();
    await page.locator(".rehearsed button").first().click();
    await page.screenshot({ path: `${images}console-editor${end}.png` });
  });
}

await close();
