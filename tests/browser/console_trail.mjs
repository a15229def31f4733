// What a reviewer sees: the trail, the run as it stood, its verification, and the report.
import assert from "node:assert/strict";
import { close, server, withPage } from "./browser.mjs";
import { alert, api, start } from "./pages.mjs";

const run = await start("REVIEW");
const refused = await fetch(`${server}/runs/${run}/steps/alert/commit`, {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ slots: { severity: "huge" } }),
});
assert.equal(refused.status, 422);
await api("POST", `/runs/${run}/steps/alert/commit`, alert);
await api("POST", `/runs/${run}/steps/diagnosis/commit`, {
  slots: { components: ["gateway"], failed_transfers: 1250, error_rate: 12.5, cause: "Gateway out of memory" },
  origins: { components: "agent" }, checklist: [{ key: "logs_saved", completed: true }],
});
await api("POST", `/runs/${run}/steps/alert/amend`, { slots: { severity: "low" }, reason: "read from the wrong line" }, "zoe");
const last = (await api("GET", `/runs/${run}`)).seq;
const events = (await api("GET", `/runs/${run}/events?limit=200`)).items;

// The refused attempt and the correction are found without reading everything.
await withPage({}, async (page) => {
  await page.goto(`${server}/ui/runs/${run}`);
  await page.getByText("Notable", { exact: true }).click();
  await page.locator(".events li", { hasText: "Refused" }).waitFor();
  const notable = await page.locator(".events li").allTextContents();
  assert.ok(notable.some((text) => /Refused: Alert[^]*Severity: This must be one of/.test(text)), notable.join("\n"));
  assert.ok(notable.some((text) => /Corrected: Alert[^]*zoe[^]*read from the wrong line[^]*Severity[^]*High became Low/.test(text)), notable.join("\n"));
  assert.ok(notable.some((text) => /not by hand[^]*Gateway/.test(text)), notable.join("\n"));
  await page.getByRole("button", { name: /^Details 1$/ }).click();
  assert.match(await page.locator(".proof").textContent(), /"action":"run.created"/);
});

// After each event, the page shows what the service says of the run at that point, and nothing can be changed.
await withPage({}, async (page) => {
  await page.goto(`${server}/ui/runs/${run}`);
  const slider = page.getByLabel("As it stood");
  await slider.focus();
  for (let at = last - 1; at >= 1; at--) {
    await page.keyboard.press("ArrowLeft");
    await page.waitForURL(new RegExp(`[?&]at=${at}(&|$)`));
    const then = await api("GET", `/runs/${run}?at=${at}`);
    const about = events.find((event) => event.seq === at).payload.step ?? then.current_step ?? then.steps[0].key;
    const { title } = then.steps.find((step) => step.key === about);
    await page.getByRole("heading", { level: 2, name: title }).waitFor();
    await page.waitForFunction(([n, states]) => {
      const shown = [...document.querySelectorAll(".steps li")].map((step) => step.className);
      return document.querySelector("output").textContent.includes(`after event ${n} of`) && shown.join() === states;
    }, [at, then.steps.map((step) => step.state).join()]);
    assert.equal(await page.getByRole("button", { name: "Complete step" }).count(), 0);
  }
  const refusal = (await api("GET", `/runs/${run}/exceptions`)).items.find((one) => one.kind === "refusal").seq;
  await page.keyboard.press("Shift+ArrowRight");
  await page.waitForURL(new RegExp(`[?&]at=${refusal}(&|$)`));
  await page.goto(`${server}/ui/runs/${run}?at=${last - 1}&step=alert`); // the address can be sent to others
  await page.getByText("now: Low").waitFor();
  await page.getByRole("button", { name: "Back to now" }).click();
  await page.waitForURL((url) => !url.search.includes("at="));
});

// The browser verifies by itself, and sees one altered character.
await withPage({ locale: "fr-FR" }, async (page) => {
  await page.goto(`${server}/ui/runs/${run}`);
  await page.getByRole("button", { name: "Vérifier…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(`Les ${last} événements sont intacts.`).nth(1).waitFor();
  await dialog.getByRole("button", { name: "Montrer une altération" }).click();
  await dialog.getByText(/son empreinte n’est pas celle de ses octets/).waitFor();
});

// What a server shows differently from what it hashed is found, wherever it is.
for (const [what, forge] of Object.entries({
  "a disclosed value": (events) => { Object.values(events.at(-1).disclosures)[0].value += "!"; },
  "a value that is shown": (events) => { events.at(-1).payload.slots.severity = "medium"; },
  "an actor": (events) => { events[1].actor = "somebody"; },
  "a missing event": (events) => { events.splice(2, 1); },
  "two events in another order": (events) => { [events[1], events[2]] = [events[2], events[1]]; },
})) {
  await withPage({}, async (page, context) => {
    await context.route(`**/runs/${run}/events?**`, async (route) => {
      const response = await route.fetch();
      const body = await response.json();
      forge(body.items);
      await route.fulfill({ response, json: body });
    });
    await context.route(`**/runs/${run}/events/stream`, (route) => route.fulfill({ status: 204 }));
    await page.goto(`${server}/ui/runs/${run}`);
    await page.locator(".events li").first().waitFor();
    await page.getByRole("button", { name: "Verify…" }).click();
    await page.locator("dialog .notice.bad").waitFor().catch(() => assert.fail(`${what} is not found`));
  });
}

// There is no verdict as long as events are missing.
await withPage({ refused: ["500"] }, async (page, context) => {
  await context.route(`**/runs/${run}/events?**`, (route) => route.fulfill({ status: 500 }));
  await context.route(`**/runs/${run}/events/stream`, (route) => route.fulfill({ status: 204 }));
  await page.goto(`${server}/ui/runs/${run}`);
  await page.getByRole("button", { name: "Verify…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(`The trail is incomplete: 0 of ${last} events are here.`).waitFor();
  assert.equal(await dialog.getByText("All 0 events hold.").count(), 0);
  await context.unroute(`**/runs/${run}/events?**`);
  await dialog.getByText(`All ${last} events hold.`).nth(1).waitFor();
});

// A long trail is shown page by page as it is scrolled, and nobody waits for it to fill in the form.
await withPage({}, async (page) => {
  const long = await start("LONG");
  for (let i = 0; i < 450; i++) {
    await api("PATCH", `/runs/${long}/steps/alert`, { slots: { incident_id: `INC-${String(i).padStart(6, "0")}` } });
  }
  const { seq } = await api("GET", `/runs/${long}`);
  await page.goto(`${server}/ui/runs/${long}`);
  await page.locator(".events li", { hasText: `#${seq}` }).waitFor();
  assert.ok(await page.locator(".events li").count() <= 201);
  await page.waitForFunction((all) => {
    const list = document.querySelector(".events");
    list.scrollTop = list.scrollHeight;
    return list.children.length === all;
  }, seq, { polling: 100 });
});

// The report has everything, also on paper.
await withPage({ locale: "fr-FR" }, async (page) => {
  await page.goto(`${server}/ui/runs/${run}/report`);
  await page.getByRole("heading", { level: 1, name: /Rapport/ }).waitFor();
  await page.getByText("read from the wrong line").first().waitFor();
  await page.getByText("Passerelle").first().waitFor(); // the words of the definition are read by themselves
  await page.emulateMedia({ media: "print" });
  const paper = await page.locator("article").innerText();
  for (const word of ["Alerte", "Cellule de crise", "Diagnostic", "Remédiation", "Validation", "Clôture", "INC-450123", "Passerelle", "par un assistant",
    "Élevée est devenu Faible", "zoe", "refus", run]) {
    assert.ok(paper.includes(word), `${word} is not in the report:\n${paper}`);
  }
  assert.ok(!(await page.locator(".top").isVisible()));
  assert.ok(paper.includes(events.at(-1).hash));
  assert.equal((await page.pdf()).subarray(0, 5).toString(), "%PDF-");
});

await close();
